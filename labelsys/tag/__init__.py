"""What is said of concepts that no source says: tags, each with the tagger's name and version."""
