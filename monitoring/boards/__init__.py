"""Grafana's boards, a board in each file. `python -m monitoring.boards` writes them."""
