"""Which synset an item is: by identifiers that it has, and by words."""
