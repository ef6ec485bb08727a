"""What migrations and their test agree on."""


def include_object(_thing: object, name: str | None, kind: str, reflected: bool, _compare_to: object) -> bool:
    """Leave alone the tables of the full-text index: the metadata does not know them, alembic would drop them."""
    return not (kind == "table" and reflected and name is not None and (name == "fts" or name.startswith("fts_")))
