"""The domain: no Qt, no torch, no Milvus, no SQLite."""
