"""Making and upgrading the schema."""
