"""`report.html`: one self-contained page about a run, which opens without a network."""
