"""The window (PySide6 Widgets)."""
