"""The finder that comes with Footfall."""
