"""Choosing concepts with expressions: parsed, planned, and evaluated on arrays."""
