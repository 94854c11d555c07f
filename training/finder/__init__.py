"""The finder: a small network that says where in a picture people are, for others to look closely."""
