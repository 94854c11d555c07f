"""How a frame flows: sources, parsers, tracking, drawing, and the runner that moves frames through them."""
