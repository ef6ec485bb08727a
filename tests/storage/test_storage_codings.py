"""Codings come off and on again exactly, frames hold what was put into them, and rubbish is refused."""

from __future__ import annotations

import contextlib
import gzip
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.packing import codings, frames
from storage.packing.codings import Guesses, folded, read_recipe, unfolded
from storage.packing.frames import Dictionary, FrameError, Head, Spot
from storage.packing.packs import pack_name, pack_number
from storage.warc import record_bytes
from tests.storage.made import HOME


def page(number: int, edit: int = 0) -> bytes:
    """Return a page of some words."""
    dice = random.Random(f"{number}")
    words = ["".join(dice.choices("abcdefghijklmnop", k=dice.randint(2, 9))) for _ in range(900)]
    return f"<p>{' '.join(words)}</p><p>{edit}</p>".encode()


# ------------------------------------------------------------------------------------------------ codings
def response(payload: bytes, *fields: str) -> bytes:
    head = "\r\n".join(("HTTP/1.1 200 OK", *fields, "", "")).encode()
    told = {"WARC-Record-ID": "<urn:uuid:01234567-89ab-4def-8123-456789abcdef>", "WARC-Target-URI": HOME}
    return record_bytes("response", told, head + payload)


def zipped(body: bytes, level: int, window: int, memory: int, cuts: tuple[int, ...] = (), mode: int = 0) -> bytes:
    """Return a gzip member as a server makes it that may flush on the way."""
    encoder = zlib.compressobj(level, zlib.DEFLATED, 16 + window, memory)
    parts, begin = [], 0
    for cut in cuts:
        parts += [encoder.compress(body[begin:cut]), encoder.flush(mode)]
        begin = cut
    return b"".join([*parts, encoder.compress(body[begin:]), encoder.flush()])


@pytest.mark.parametrize(
    ("level", "window", "memory", "cuts", "mode"),
    [
        *((level, 15, 8, (), 0) for level in range(1, 10)),  # nginx that does not know the length; its own is 1
        (6, 15, 9, (), 0),  # Apache
        (6, 13, 6, (), 0),  # nginx that knows it
        (6, 15, 9, (700, 2400), zlib.Z_SYNC_FLUSH),  # PHP's zlib.output_compression
        (6, 15, 8, (1000, 3600), zlib.Z_FULL_FLUSH),
        (1, 15, 8, (1, 3600), zlib.Z_SYNC_FLUSH),
    ],
)  # fmt: skip
def test_gzip_of_servers_is_taken_off(level: int, window: int, memory: int, cuts: tuple[int, ...], mode: int) -> None:
    body = page(7)[:3700]
    coded = zipped(body, level, window, memory, cuts, mode)
    record = response(coded, "Content-Encoding: gzip", f"Content-Length: {len(coded)}")
    found = unfolded(record, Guesses())
    assert found.recipe.deflate is not None and found.coding == "gzip"
    assert body in found.content
    recipe = read_recipe(found.recipe.to_bytes())
    assert recipe == found.recipe
    assert folded(found.content, recipe) == record


@pytest.mark.parametrize(
    "record",
    [
        response(b"\x1f\x8b\x08\x00", "Content-Encoding: gzip"),
        response(gzip.compress(page(1)) + b"rest", "Content-Encoding: gzip"),
        response(gzip.compress(page(1)) * 2, "Content-Encoding: gzip"),
        response(gzip.compress(page(1))[:-3], "Content-Encoding: gzip"),
        response(gzip.compress(page(1))[:-8] + b"12345678", "Content-Encoding: gzip"),
        response(b"\x0b\x80brotli, perhaps", "Content-Encoding: br"),
        response(b"5 \r\nabcde\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        response(b"05\r\nabcde\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        response(b"5;x=y\r\nabcde\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        response(b"5\r\nabcde\r\n0\r\nTrailer: x\r\n\r\n", "Transfer-Encoding: chunked"),
        response(b"5\r\nabc", "Transfer-Encoding: chunked"),
        response(b"abc", "Content-Length: 2"),
        record_bytes("response", {}, b"no HTTP at all"),
        record_bytes("response", {"X": "<urn:uuid:>", "WARC-Payload-Digest": "sha1:"}, b"HTTP/1.1 200 OK\r\n\r\nx"),
        record_bytes("revisit", {"WARC-Refers-To": "<urn:uuid:01234567-89ab-4def-8123-456789abcdef>"}, b""),
        record_bytes("request", {"X": "<urn:uuid:7>"}, b"GET / HTTP/1.1\r\n\r\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_off_stays(record: bytes) -> None:
    found = unfolded(record, Guesses())
    assert found.recipe.deflate is None
    assert folded(found.content, read_recipe(found.recipe.to_bytes())) == record


@given(
    body=st.binary(max_size=400),
    coding=st.sampled_from(["gzip", "br", "deflate", "x-gzip", "gzip, gzip", "identity"]),
    coded=st.booleans(),
    chunks=st.lists(st.integers(1, 90), max_size=5),
    head=st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=30),
    tail=st.binary(max_size=3),
)
def test_any_response_comes_back(
    body: bytes, coding: str, coded: bool, chunks: list[int], head: str, tail: bytes
) -> None:
    payload = gzip.compress(body, mtime=0) if coded else body
    fields = [f"Content-Encoding: {coding}", f"X: {head}"]
    if chunks:
        fields.append("Transfer-Encoding: chunked")
        parts = [payload[at : at + size] for at, size in zip(range(0, len(payload), 91), chunks, strict=False)]
        payload = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts if part) + b"0\r\n\r\n"
    record = response(payload + tail, *fields) + record_bytes("request", {"X": head}, head.encode())
    found = unfolded(record, Guesses())
    assert folded(found.content, read_recipe(found.recipe.to_bytes())) == record


@given(st.binary(max_size=60))
def test_a_recipe_of_anything_is_refused_or_read(data: bytes) -> None:
    with contextlib.suppress(FrameError):
        folded(b"WARC/1.1\r\nContent-Length: 2\r\n\r\nab\r\n\r\n", read_recipe(data))


def test_a_server_whose_gzip_cannot_be_made_is_not_tried_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(codings, "_makes", lambda raw, body, how: tried.append(how))
    guesses = Guesses()
    counts = []
    for _ in range(12):
        tried.clear()
        assert guesses.find(zlib.compress(page(1))[2:-4], page(1)) is None
        counts.append(len(tried))
    assert counts[0] > 20 > 3 >= counts[-1]


# ------------------------------------------------------------------------------------------------ frames
@given(
    kind=st.sampled_from([frames.DICTIONARY, frames.RECORDS]),
    pack=st.integers(0, 2**40),
    offset=st.integers(0, 2**40),
    numbers=st.tuples(st.integers(0, 300), st.integers(0, 2**40), st.integers(0, 2**20)),
    sha256=st.binary(min_size=32, max_size=32),
)
def test_heads_are_read_as_they_were_written(
    kind: bytes, pack: int, offset: int, numbers: tuple[int, int, int], sha256: bytes
) -> None:
    head = Head(kind, Spot(pack, offset) if pack else None, *numbers, sha256)
    assert frames.read_head(frames.head_bytes(head)) == head


@given(st.binary(max_size=80))
def test_a_head_of_anything_is_refused_or_read(data: bytes) -> None:
    for start in (b"", frames.MAGIC + len(data).to_bytes(4, "little")):
        with contextlib.suppress(FrameError):
            frames.read_head(start + data)


def test_a_frame_needs_its_own_base() -> None:
    base, content = page(1), page(1, 4)
    for frame in (frames.patch(content, base), frames.compressed_with(content, Dictionary(base))):
        assert frames.decompressed(frame, base) == content
        for wrong in (None, page(2)):
            with pytest.raises(FrameError):
                frames.decompressed(frame, wrong)
        for broken in (frame[:-1], frame + b"x", frame + frame, b""):
            with pytest.raises(FrameError):
                frames.decompressed(broken, base)


def test_numbers_in_names() -> None:
    assert pack_name(7) == "00000007.pack"
    assert [pack_number(name) for name in ("00000007.pack", "123456789.pack", "7.pack", "x.warc.gz")] == [
        7,
        123456789,
        None,
        None,
    ]
