"""Persons over time: the seam, and the tracker behind it."""
