"""One file a platform, each with its `PLATFORM`; `extractors/registry.py` gathers them. docs/extraction.md says how."""
