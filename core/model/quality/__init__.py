"""How good answers are. NumPy only."""
