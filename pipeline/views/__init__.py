"""Each visit from its best views: who is parsed in which frame."""
