"""How a frame flows: sources, parsers, tracking, drawing, and the runtime that moves frames through them."""
