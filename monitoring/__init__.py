"""What watches over Footfall: Prometheus' rules, and Grafana's boards, which are made here."""
