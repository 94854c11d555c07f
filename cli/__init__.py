"""The command `footfall`."""
