"""Class names come in: bundled lists and readers, one a format."""
