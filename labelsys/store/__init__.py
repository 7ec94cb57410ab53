"""Where a built label system is kept and read from."""
