"""What differs between operating systems: trash, file identity."""
