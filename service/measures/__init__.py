"""What is told to Prometheus, a subject in each file."""
