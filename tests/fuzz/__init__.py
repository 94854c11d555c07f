"""`make fuzz`: whole commands on damaged recordings, pictures and settings."""
