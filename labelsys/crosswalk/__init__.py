"""From the classes of one label set to those of another, by way of the hierarchy."""
