"""Ranked concepts become mappings and one hierarchy."""
