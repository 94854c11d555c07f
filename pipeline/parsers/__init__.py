"""Parsers: every pixel of every person, from one picture."""
