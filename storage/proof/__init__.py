"""The proof: the event log as a Merkle tree, and time stamps over its root (docs/storage.md)."""
