"""What curators decided."""
