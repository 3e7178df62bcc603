"""Album Deduplicator: finds equal and similar photos and cleans them up safely."""

__version__ = "0.1.0"
