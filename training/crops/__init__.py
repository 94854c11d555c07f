"""`lite` on crops: one person in the middle of the picture, parsed against everybody and everything else."""
