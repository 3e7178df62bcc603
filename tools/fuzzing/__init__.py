"""Hostile files out of sound ones, and what must hold when they are read (``tools/fuzz.py``)."""
