"""Concepts from Wikidata."""
