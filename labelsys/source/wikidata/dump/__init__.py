"""Wikidata's published JSON dump, read in one pass."""
