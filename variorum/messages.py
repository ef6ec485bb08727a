"""From the bytes of an HTTP/1.1 response to its payload: head, framing (RFC 9112), content codings (RFC 9110 §8.4).

Pure, and bounded: no input makes more than the limit asked for, however small it is. httpx's own decoders are not
used: they have no bound, stop after the first gzip member, and pass a cut body as whole.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import brotli
from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

MAX_CODINGS = 2
_PIECE = 65536  # bytes out of a decoder at a time
_SLICE = 8192  # bytes into it: what it hands back unused is copied, so keep that small
_MAX_MEMBERS = 1000  # gzip members or zstd frames of one body
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/1\.[0-9] ([1-9][0-9]{2})(?=[ \r\n])")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\n]*)?\r?")
_ZSTD_OPTIONS: dict[int, int] = {DecompressionParameter.window_log_max: 23}  # RFC 9659: 8 MB for a content coding


# --------------------------------------------------------------------------------------------- the message
@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A response taken apart. `raw[start:end]` is the message itself, without 1xx before and rest after it."""

    status: int
    headers: tuple[tuple[str, str], ...]  #: names as sent, values stripped, latin-1
    coded: bytes  #: body without chunk framing, content coding left in
    start: int
    end: int
    expected: int | None  #: Content-Length where it frames the body
    complete: bool  #: as far as the framing tells; a body that ends with the connection always is
    broken: bool = False  #: chunk framing that is none


def find_head(raw: bytes | bytearray) -> tuple[int, int] | None:
    """Return start and end (after the empty line) of the head of the final response; None if it is not all there.

    Interim responses (1xx, but 101) are skipped.
    """
    start = 0
    while (found := _HEAD_END.search(raw, start)) is not None:
        status = _STATUS_LINE.match(raw, start, found.end())
        if status is None or not status[1].startswith(b"1") or status[1] == b"101":
            return start, found.end()
        start = found.end()
    return None


def read_message(raw: bytes) -> Message | None:
    """Take a response apart; None if it has no whole head, or one that is not HTTP/1."""
    head = find_head(raw)
    if head is None or (status_line := _STATUS_LINE.match(raw, *head)) is None:
        return None
    start, body = head
    status = int(status_line[1])
    headers = read_headers(raw[start:body])
    codings = [word for value in values(headers, "transfer-encoding") for word in words(value)]
    lengths = {word for value in values(headers, "content-length") for word in words(value)}
    coded, end, expected, complete, broken = raw[body:], len(raw), None, True, False
    if status in (204, 304) or status < 200:
        coded, end = b"", body
    elif codings and codings[-1] == "chunked":
        coded, end, complete, broken = dechunk(raw, body)
    elif len(lengths) == 1 and (length := lengths.pop()).isdecimal():
        expected = int(length)
        end = min(len(raw), body + expected)
        coded, complete = raw[body:end], len(raw) >= body + expected
    return Message(
        status=status,
        headers=headers,
        coded=coded,
        start=start,
        end=end,
        expected=expected,
        complete=complete,
        broken=broken,
    )


def read_headers(head: bytes) -> tuple[tuple[str, str], ...]:
    """Return the header lines of a head: duplicates and order kept, folded lines joined with a blank."""
    headers: list[tuple[str, str]] = []
    for line in head.decode("latin-1").split("\n")[1:]:
        if line.startswith((" ", "\t")) and headers and line.strip():
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {line.strip()}".strip())
        elif ":" in line:
            name, _, value = line.partition(":")
            headers.append((name.strip(" \t\r"), value.strip(" \t\r")))
    return tuple(headers)


def values(headers: Iterable[tuple[str, str]], name: str) -> list[str]:
    """Return all values of one header, *name* in small letters."""
    return [value for key, value in headers if key.lower() == name]


def words(value: str) -> list[str]:
    """Return the members of a comma list, in small letters."""
    return [word for part in value.split(",") if (word := part.strip().lower())]


def dechunk(raw: bytes, start: int) -> tuple[bytes, int, bool, bool]:
    """Remove chunk framing (RFC 9112 §7.1).

    Returns:
        The body as far as it came, the offset after the message, whether the last chunk was there, whether a chunk
        size was none.
    """
    pieces: list[bytes] = []
    at = start
    while (line_end := raw.find(b"\n", at)) >= 0:
        size_line = _CHUNK_SIZE.fullmatch(raw, at, line_end)
        if size_line is None:
            return b"".join(pieces), at, False, True
        size = int(size_line[1], 16)
        at = line_end + 1
        if size == 0:
            while (line_end := raw.find(b"\n", at)) >= 0:  # trailers, up to an empty line
                empty = raw[at:line_end] in (b"", b"\r")
                at = line_end + 1
                if empty:
                    return b"".join(pieces), at, True, False
            return b"".join(pieces), len(raw), False, False
        pieces.append(raw[at : at + size])
        if len(raw) < at + size + 2:
            return b"".join(pieces), len(raw), False, False
        at += size + (2 if raw[at + size : at + size + 2] == b"\r\n" else 1)
    return b"".join(pieces), len(raw), False, False


# --------------------------------------------------------------------------------------------- content codings
@dataclass(frozen=True, slots=True)
class Decoded:
    """A body without its content codings, and what was wrong with them: "truncated: …", "too large: …", …"""

    body: bytes
    error: str | None = None


class _Cut(Exception):
    """The coded bytes end too early."""


class _Bad(Exception):
    """These bytes are not in that coding."""


def decode(coded: bytes, codings: list[str], limit: int) -> Decoded:
    """Undo content codings.

    Args:
        coded: Body as it came, framing removed.
        codings: Members of Content-Encoding in the order in which they were laid on.
        limit: Most bytes to give back; a body that would be longer is cut there.

    Returns:
        What could be decoded. With a coding that is unknown or does not fit, the body is as it came.
    """
    codings = [coding for coding in codings if coding not in ("identity", "none", "")]
    if not codings and len(coded) <= limit:
        return Decoded(coded)
    unknown = [coding for coding in codings if coding not in _DECODERS]
    if unknown:
        return Decoded(coded[:limit], f"bad coding: Content-Encoding {unknown[0]!r} is not known")
    if len(codings) > MAX_CODINGS:
        return Decoded(coded[:limit], f"bad coding: {len(codings)} content codings, at most {MAX_CODINGS} are undone")
    pieces: Iterator[bytes] = (coded[at : at + _SLICE] for at in range(0, len(coded), _SLICE))
    for coding in reversed(codings):
        pieces = _DECODERS[coding](pieces)
    out = bytearray()
    try:
        for piece in pieces if coded else ():
            out += piece
            if len(out) > limit:
                return Decoded(bytes(out[:limit]), f"too large: more than {limit} bytes once decoded")
    except _Cut:
        return Decoded(bytes(out), f"truncated: the {codings[-1]} body ends after {len(out)} decoded bytes")
    except _Bad as error:
        if not out:
            return Decoded(coded[:limit], f"bad coding: no {' in '.join(codings)} body ({error})")
        return Decoded(bytes(out), f"bad coding: broken after {len(out)} decoded bytes ({error})")
    return Decoded(bytes(out))


def _inflate(pieces: Iterable[bytes], wbits: int) -> Iterator[bytes]:
    """Undo zlib's formats. gzip may have several members (RFC 1952 §2.2); rubbish after a whole one is dropped."""
    decoder = zlib.decompressobj(wbits)
    rest = b""
    members = 1
    whole = False
    for piece in pieces:
        rest += piece
        while rest or decoder.unconsumed_tail:
            try:
                out = decoder.decompress(rest, _PIECE)
            except zlib.error as error:
                raise _Bad(str(error)) from None
            rest = decoder.unconsumed_tail
            if out:
                yield out
            if decoder.eof:
                whole = True
                rest = decoder.unused_data
                if wbits != 31 or not rest.startswith(b"\x1f\x8b"):
                    return
                decoder, whole, members = zlib.decompressobj(wbits), False, members + 1
                if members > _MAX_MEMBERS:
                    raise _Bad(f"more than {_MAX_MEMBERS} members")
            elif not out and not rest:
                break
    while not whole and not decoder.eof and (out := decoder.decompress(b"", _PIECE)):
        yield out
    if not whole and not decoder.eof:
        raise _Cut


def _gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    return _inflate(pieces, 31)


def _deflate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Undo `deflate`: zlib as RFC 9110 says, or raw as some servers send; the first two bytes tell."""
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= 2:
            break
    is_zlib = len(first) >= 2 and first[0] & 0x0F == 8 and (first[0] << 8 | first[1]) % 31 == 0
    return _inflate(_chain(first, pieces), 15 if is_zlib else -15)


def _chain(first: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from pieces


def _brotli(pieces: Iterator[bytes]) -> Iterator[bytes]:
    decoder = brotli.Decompressor()
    try:
        for piece in pieces:
            if decoder.is_finished():
                return
            out = decoder.process(piece, output_buffer_limit=_PIECE)
            # can_accept_more_data() turns true while output is still pending: drain until nothing comes.
            while out or not decoder.can_accept_more_data():
                yield out
                out = decoder.process(b"", output_buffer_limit=_PIECE)
    except brotli.error as error:
        raise _Bad(str(error)) from None
    if not decoder.is_finished():
        raise _Cut


def _zstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Undo zstd, one frame after another (RFC 8878 §3.1)."""
    decoder = ZstdDecompressor(options=_ZSTD_OPTIONS)
    started = False
    frames = 0
    try:
        for piece in pieces:
            data = piece
            while data or not decoder.needs_input:
                if decoder.eof:
                    decoder, started = ZstdDecompressor(options=_ZSTD_OPTIONS), False
                frames += not started
                if frames > _MAX_MEMBERS:
                    raise _Bad(f"more than {_MAX_MEMBERS} frames")
                out = decoder.decompress(data, max_length=_PIECE)
                started = True
                if out:
                    yield out
                data = decoder.unused_data if decoder.eof else b""
                if decoder.eof and not data:
                    break
    except ZstdError as error:
        raise _Bad(str(error)) from None
    if started and not decoder.eof:
        raise _Cut


_DECODERS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
    "zstd": _zstd,
}
