"""The service: an API, a web page and metrics around a runtime."""
