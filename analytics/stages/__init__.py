"""What is counted: one stage a file, each with its settings and its state. `base` says what a stage is."""
