"""Where results go: event sinks lose nothing they accepted, frame sinks do their best."""
