"""How well persons keep their numbers: our tracker beside that of the package `trackers`, on the same parses."""
