"""How right a network of the embedded parser is: `make evaluate`. Stands above the parser, unlike `training` (ADR 0007)."""
