"""How exact crossings and stays are, on composed scenes with truth."""
