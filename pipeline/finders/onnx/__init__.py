"""Finders of the user's own: exports of YOLOX and of SSD."""
