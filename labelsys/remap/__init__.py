"""Annotations of one label set in the classes of another, by a crosswalk."""
