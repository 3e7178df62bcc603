"""The program over HTTP, on this computer: optional, off by default (docs/service.md)."""
