"""Rendered people with known answers."""
