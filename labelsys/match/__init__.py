"""A name becomes ranked concepts."""
