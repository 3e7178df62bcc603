"""What is kept on disk: SQLite catalog and decisions, Milvus vectors."""
