"""Decoding in processes that may die: pool, worker, what goes between them, what was in hand."""
