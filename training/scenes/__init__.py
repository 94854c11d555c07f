"""Rendered people whose every pixel is known: bodies, clothes, walks, rooms, cameras, films and the truth about them."""
