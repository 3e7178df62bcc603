"""The compare panel: two to four photos beside one another, with zoom and pan in step."""
