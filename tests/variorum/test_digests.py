"""Digests must never depend on which of two encoders wrote their JSON."""

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from variorum.digests import canonical_json

_SCALARS = st.none() | st.booleans() | st.integers() | st.text()
_VALUES = st.recursive(_SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@given(_VALUES)
def test_the_bytes_are_those_of_the_standard_library(value):
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical_json(value) == plain.encode()


def test_numbers_beyond_64_bits_and_keys_that_are_numbers_are_written():
    assert canonical_json({"n": 2**70, "a": "\x7f\x1f"}) == b'{"a":"\x7f\\u001f","n":1180591620717411303424}'
    assert canonical_json({7: "seven"}) == b'{"7":"seven"}'


def test_half_a_character_is_refused():
    with pytest.raises(UnicodeEncodeError):
        canonical_json({"text": "\ud800"})


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), object(), {1, 2}], ids=["time", "object", "set"])
def test_what_is_no_json_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json([value])
