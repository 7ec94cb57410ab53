"""Where concepts come from."""
