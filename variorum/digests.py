"""Digests, spelt the same everywhere."""

import hashlib
import json
from typing import Any

import orjson

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


def sha256_hex(data: bytes | str) -> str:
    """Return the SHA-256 of bytes, or of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def canonical_json(value: Any) -> bytes:
    """Return *value* as JSON with sorted keys, no blanks, UTF-8: equal values give equal bytes.

    Meant for digests: give it no floats, for their text is not the same everywhere (RFC 8785 has the rules that we do
    without).
    """
    try:
        return orjson.dumps(value, option=_OPTIONS)  # the same bytes in a sixth of the time
    except TypeError:  # numbers beyond 64 bits, keys that are no texts, halves of surrogate pairs
        return _ENCODER.encode(value).encode()
