"""Drawn people with known answers: a source that needs no camera, for trying Footfall out and for tests."""
