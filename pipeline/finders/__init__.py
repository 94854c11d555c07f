"""Finders: who is where in a whole picture, as boxes."""
