"""Sources: recordings, folders of images, cameras and drawn people."""
