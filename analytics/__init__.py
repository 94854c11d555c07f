"""What the numbers mean: pure functions and small state machines, with no clock but the frame's own."""
