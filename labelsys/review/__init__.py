"""One label set under a magnifying glass: overlaps, confusions, what a change would do."""
