"""Extractors: pixels to descriptors. The only home of torch."""
