"""What travels through Footfall: frames, label maps, parsed persons, events. NumPy, pydantic and the standard library only."""
