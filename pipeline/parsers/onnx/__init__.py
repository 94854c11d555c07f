"""`onnx`: any human-parsing network that was exported, described by a card (ADR 28)."""
