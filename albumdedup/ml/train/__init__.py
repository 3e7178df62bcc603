"""Reproducible training of the descriptor. ``python -m albumdedup.ml.train --help``."""
