"""What an operator may turn: defaults < YAML < environment < flags."""
