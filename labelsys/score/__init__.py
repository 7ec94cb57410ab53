"""Predictions in one label set, scored against the truth in another."""
