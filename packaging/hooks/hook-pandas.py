"""The stand-in has no hidden parts."""
