"""How the embedded parser's weights and the demo clip are made."""
