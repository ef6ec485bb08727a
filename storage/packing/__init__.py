"""The packs: closed WARC segments in a tenth of the room, and the way back (docs/pack-format.md)."""
