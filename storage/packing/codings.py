"""What can be told in fewer bytes of a stored response, in a way that gives the very bytes back.

A patch between two gzip bodies is worth nothing, however alike the pages are. So a response is unfolded before it is
packed, where folding it again gives what came: chunk framing always can be, gzip where the server's library was zlib
with settings that can be found (nginx, Apache and PHP are such). Whatever cannot be stays as it came. Beside that the
heads of WARC records are emptied of digests, which can be computed, and of the random halves of record ids, which are
written as bytes. Pure. docs/pack-format.md describes the result.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from storage.packing.frames import FrameError, read_varint, varint
from storage.warc import payload_of, sha1_base32
from variorum import messages

_BODY, _GZIP, _CHUNKS, _IDS = b"b", b"g", b"c", b"i"
_FLUSH = b"\x00\x00\xff\xff"  # what an empty stored block ends with: Z_SYNC_FLUSH, Z_FULL_FLUSH
_MODES = (zlib.Z_SYNC_FLUSH, zlib.Z_FULL_FLUSH)
_MOST_FLUSHES = 200
_GZIP_HEAD, _GZIP_TAIL = 10, 8
_CHUNK_HEAD = re.compile(rb"([0-9a-f]+)\r\n")
_PIECE = 32768  # bytes after which a guess is compared: a wrong one is given up early
_MOST_BODY = 100_000_000  # bytes of a body that is unfolded: a small coded one may be a bomb
_MOST_MISSES = 8  # bodies for which no guess was right, and none ever was: then only the likeliest are tried
_CONTENT_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n")
_ID = re.compile(rb"<urn:uuid:([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})>")
_EMPTY_ID = re.compile(rb"<urn:uuid:(\d*)>")
_DIGESTS: Mapping[bytes, Callable[[bytes], bytes]] = {
    b"\r\nWARC-Payload-Digest: sha1:": payload_of,
    b"\r\nWARC-Block-Digest: sha1:": lambda block: block,
}


@dataclass(frozen=True, slots=True)
class Deflate:
    """Settings of zlib, the head of the gzip member, and at which offsets of the body the stream was flushed."""

    level: int
    window: int  #: bits
    memory: int
    mode: int = 0  #: how it was flushed: a constant of zlib
    flushes: tuple[int, ...] = ()
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How records are made of a content: what to lay on its bytes from `start` on, and what to fill in."""

    start: int = 0
    length: int = 0
    deflate: Deflate | None = None
    chunks: tuple[int, ...] | None = None  #: sizes, without the last one of zero
    ids: tuple[bytes, ...] | None = None  #: sixteen bytes each; None where heads are as they were

    def to_bytes(self) -> bytes:
        """Return it as it is kept behind the content."""
        parts = []
        if self.deflate is not None or self.chunks is not None:
            parts += [_BODY, varint(self.start), varint(self.length)]
        if self.deflate is not None:
            how = self.deflate
            steps = [end - begin for begin, end in zip((0, *how.flushes), how.flushes, strict=False)]
            numbers = (how.level, how.window, how.memory, how.mode, len(steps), *steps)
            parts += [_GZIP, how.head, *map(varint, numbers)]
        if self.chunks is not None:
            parts += [_CHUNKS, varint(len(self.chunks)), *map(varint, self.chunks)]
        if self.ids is not None:
            parts += [_IDS, varint(len(self.ids)), *self.ids]
        return b"".join(parts)


def read_recipe(data: bytes) -> Recipe:
    """Read a recipe.

    Raises:
        FrameError: It is none.
    """
    start = length = at = 0
    deflate, chunks, ids = None, None, None
    while at < len(data):
        layer, at = data[at : at + 1], at + 1
        if layer == _BODY:
            (start, length), at = _numbers(data, at, 2)
        elif layer == _GZIP:
            head, at = data[at : at + _GZIP_HEAD], at + _GZIP_HEAD
            (level, window, memory, mode), at = _numbers(data, at, 4)
            steps, at = _counted(data, at)
            flushes = tuple(sum(steps[: number + 1]) for number in range(len(steps)))
            deflate = Deflate(level, window, memory, mode, flushes, head)
        elif layer == _CHUNKS:
            chunks, at = _counted(data, at)
        elif layer == _IDS:
            count, at = read_varint(data, at)
            ids = tuple(data[at + 16 * number : at + 16 * number + 16] for number in range(min(count, len(data))))
            at += 16 * count
        else:
            raise FrameError(f"the recipe names a layer that is not known: {layer!r}")
    return Recipe(start, length, deflate, chunks, ids)


def _numbers(data: bytes, at: int, count: int) -> tuple[tuple[int, ...], int]:
    found = []
    for _ in range(count):
        number, at = read_varint(data, at)
        found.append(number)
    return tuple(found), at


def _counted(data: bytes, at: int) -> tuple[tuple[int, ...], int]:
    count, at = read_varint(data, at)
    if count > len(data):
        raise FrameError("the recipe is cut")
    return _numbers(data, at, count)


def folded(content: bytes, recipe: Recipe) -> bytes:
    """Return the records that *content* makes.

    Raises:
        FrameError: The recipe does not fit the content.
    """
    if recipe.deflate is not None or recipe.chunks is not None:
        end = recipe.start + recipe.length
        if end > len(content):
            raise FrameError("the recipe names bytes that the content does not have")
        body = content[recipe.start : end]
        if recipe.deflate is not None:
            try:
                body = _gzipped(body, recipe.deflate)
            except (ValueError, zlib.error) as error:
                raise FrameError(f"the recipe is none for zlib: {error}") from None
        if recipe.chunks is not None:
            body = _chunked(body, recipe.chunks)
        content = content[: recipe.start] + body + content[end:]
    return content if recipe.ids is None else _filled(content, recipe.ids)


def heads_and_blocks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield head and block of WARC records that stand one behind the other, the head with its empty line.

    Raises:
        FrameError: These are not whole records.
    """
    at = 0
    while at < len(data):
        begin, end = at, data.find(b"\r\n\r\n", at)
        size = _CONTENT_LENGTH.search(data, at, end + 2) if end >= 0 else None
        if size is None:
            raise FrameError("no WARC record begins here")
        block = end + 4
        at = block + int(size[1]) + 4
        if at > len(data):
            raise FrameError("the record is cut")
        yield data[begin:block], data[block : at - 4]


def first_head(content: bytes, recipe: Recipe) -> bytes:
    """Return the head of the first record with its ids, but without digests that were taken out.

    Raises:
        FrameError: The recipe does not fit the content.
    """
    head, _, _ = content.partition(b"\r\n\r\n")
    return head if recipe.ids is None else _with_ids(head, iter(recipe.ids), [])


def _with_ids(head: bytes, left: Iterator[bytes], told: list[bytes]) -> bytes:
    """Fill in record ids: the next of *left*, or one out of *told*, which grows."""

    def id_again(hole: re.Match[bytes]) -> bytes:
        if hole[1]:
            return told[int(hole[1])]
        digits = next(left).hex().encode()
        told.append(
            b"<urn:uuid:%b-%b-%b-%b-%b>" % (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        )
        return told[-1]

    try:
        return _EMPTY_ID.sub(id_again, head)
    except (StopIteration, IndexError):
        raise FrameError("the recipe has fewer record ids than the heads ask for") from None


def _filled(data: bytes, ids: Sequence[bytes]) -> bytes:
    """Return records with ids and digests in their heads again."""
    told: list[bytes] = []
    left = iter(ids)
    parts = []
    for head, block in heads_and_blocks(data):
        whole = _with_ids(head, left, told)
        for name, covered in _DIGESTS.items():
            if name + b"\r\n" in whole:
                digest = sha1_base32(covered(block)).encode()
                whole = whole.replace(name + b"\r\n", name + digest + b"\r\n")
        parts += [whole, block, b"\r\n\r\n"]
    return b"".join(parts)


def _emptied(pairs: Sequence[tuple[bytes, bytes]]) -> tuple[list[bytes], tuple[bytes, ...] | None]:
    """Return heads without what `_filled` puts into them, and the ids that were taken out.

    Where a head holds by itself what looks like a hole, all are left as they are.
    """
    if any(_EMPTY_ID.search(head) or any(name + b"\r\n" in head for name in _DIGESTS) for head, _ in pairs):
        return [head for head, _ in pairs], None
    known: dict[bytes, int] = {}

    def without_id(found: re.Match[bytes]) -> bytes:
        digits = b"".join(found.groups())
        if digits in known:
            return b"<urn:uuid:%d>" % known[digits]
        known[digits] = len(known)
        return b"<urn:uuid:>"

    heads = []
    for head, block in pairs:
        bare = _ID.sub(without_id, head)
        for name, covered in _DIGESTS.items():
            bare = bare.replace(name + sha1_base32(covered(block)).encode() + b"\r\n", name + b"\r\n")
        heads.append(bare)
    return heads, tuple(bytes.fromhex(digits.decode()) for digits in known)


def _gzipped(body: bytes, how: Deflate) -> bytes:
    return how.head + b"".join(_deflated(body, how)) + _gzip_tail(body)


def _gzip_tail(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(4, "little") + (len(body) & 0xFFFFFFFF).to_bytes(4, "little")


def _deflated(body: bytes, how: Deflate) -> Iterator[bytes]:
    """Yield what zlib makes of *body*, piece by piece; the pieces alone never change what comes out."""
    encoder = zlib.compressobj(how.level, zlib.DEFLATED, -how.window, how.memory)
    begin = 0
    for end in how.flushes:
        yield from map(encoder.compress, _pieces(body, begin, end))
        yield encoder.flush(how.mode)
        begin = end
    yield from map(encoder.compress, _pieces(body, begin, len(body)))
    yield encoder.flush()


def _pieces(body: bytes, begin: int, end: int) -> Iterator[bytes]:
    return (body[at : min(at + _PIECE, end)] for at in range(begin, end, _PIECE))


def _chunked(body: bytes, sizes: Sequence[int]) -> bytes:
    parts, at = [], 0
    for size in sizes:
        parts.append(b"%x\r\n%b\r\n" % (size, body[at : at + size]))
        at += size
    return b"".join(parts) + b"0\r\n\r\n"


# ------------------------------------------------------------------------------------------------ unfolding
@dataclass(slots=True)
class Guesses:
    """Settings of zlib that servers have, those first that were right before: the sites of a source run one server."""

    _order: list[tuple[int, int]] = field(
        default_factory=lambda: [(level, memory) for level in (6, 1, 5, 4, 9, 3, 2, 7, 8) for memory in (8, 9, 0)]
    )
    _hits: int = 0
    _misses: int = 0

    def find(self, raw: bytes, body: bytes) -> Deflate | None:
        """Return the settings under which *body* deflates to *raw*, None if there are none among the known ones."""
        flushes = _flushes(raw)
        if flushes is None:
            return None
        hopeless = not self._hits and self._misses >= _MOST_MISSES
        for number, (level, memory) in enumerate(self._order[: 3 if hopeless else None]):
            window, bits = (15, memory) if memory else _fitted(len(body))
            if not memory and (window, bits) == (15, 8):
                continue  # tried already
            for mode in _MODES if flushes else (0,):
                how = Deflate(level, window, bits, mode, flushes)
                if _makes(raw, body, how):
                    self._order.insert(0, self._order.pop(number))
                    self._hits += 1
                    return how
        self._misses += 1
        return None


def _fitted(length: int) -> tuple[int, int]:
    """Return window and memory as nginx sets them for a body whose length it knows (ngx_http_gzip_filter_module)."""
    window, memory = 15, 8
    while window > 9 and length < (1 << (window - 1)) - 262:
        window, memory = window - 1, memory - 1
    return window, max(memory, 1)


def _flushes(raw: bytes) -> tuple[int, ...] | None:
    """Return at which offsets of its body a deflate stream was flushed; None if there are too many to be true."""
    if raw.count(_FLUSH) > _MOST_FLUSHES:
        return None
    decoder = zlib.decompressobj(-15)
    found, at, done = [], 0, 0
    while (mark := raw.find(_FLUSH, at)) >= 0:
        end = mark + len(_FLUSH)
        done += len(decoder.decompress(raw[at:end]))
        at = end
        found.append(done)
    return tuple(found)


def _makes(raw: bytes, body: bytes, how: Deflate) -> bool:
    at = 0
    for piece in _deflated(body, how):
        if raw[at : at + len(piece)] != piece:
            return False
        at += len(piece)
    return at == len(raw)


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The content of a frame, the recipe that makes the records of it, and how its body was coded."""

    content: bytes
    recipe: Recipe
    coding: str | None = None  #: the content coding that the body came in

    @property
    def is_coded(self) -> bool:
        """Return whether the body is in its content coding still."""
        return self.coding is not None and self.recipe.deflate is None


def unfolded(records: bytes, guesses: Guesses) -> Unfolded:
    """Take chunk framing and content coding off the response that comes first in *records*, and empty all heads.

    Args:
        records: Whole WARC records.
        guesses: What is known of the server; learns.

    Returns:
        Content and recipe of which `folded` makes *records* again.

    Raises:
        FrameError: *records* are none.
    """
    pairs = list(heads_and_blocks(records))
    heads, ids = _emptied(pairs)
    blocks = [block for _, block in pairs]
    response, rest = blocks[0], _joined(heads[1:], blocks[1:])
    message, head = messages.read_message(response), messages.find_head(response)
    coding, bare = None, None
    if message is not None and head is not None and b"\r\nWARC-Type: response\r\n" in pairs[0][0]:
        coding = ", ".join(messages.values(message.headers, "content-encoding")).strip().lower() or None
        bare = _bare(response[head[1] :], message.coded, coding, guesses)
    if bare is None or head is None:
        return Unfolded(heads[0] + response + b"\r\n\r\n" + rest, Recipe(ids=ids), coding)
    body, deflate, chunks = bare
    start = len(heads[0]) + head[1]
    content = heads[0] + response[: head[1]] + body + b"\r\n\r\n" + rest
    return Unfolded(content, Recipe(start, len(body), deflate, chunks, ids), coding)


def _joined(heads: Sequence[bytes], blocks: Sequence[bytes]) -> bytes:
    return b"".join(head + block + b"\r\n\r\n" for head, block in zip(heads, blocks, strict=True))


def _bare(
    framed: bytes, coded: bytes, coding: str | None, guesses: Guesses
) -> tuple[bytes, Deflate | None, tuple[int, ...] | None] | None:
    """Return the body of a response without what can be laid on again, and that; None if that is nothing.

    Args:
        framed: What follows the head.
        coded: The same without chunk framing.
        coding: Its content coding.
        guesses: As for `unfolded`.
    """
    chunks = None
    if coded != framed:
        chunks = _chunk_sizes(framed)
        if chunks is None or _chunked(coded, chunks) != framed:
            return None
    if coding in ("gzip", "x-gzip") and (found := _gunzipped(coded, guesses)) is not None:
        return *found, chunks
    return (coded, None, chunks) if chunks is not None else None


def _chunk_sizes(framed: bytes) -> tuple[int, ...] | None:
    """Return the sizes of chunks that are framed as most servers do it; None for any other spelling."""
    sizes: list[int] = []
    at = 0
    while (found := _CHUNK_HEAD.match(framed, at)) is not None:
        size = int(found[1], 16)
        if size == 0:
            return tuple(sizes) if framed[at:] == b"0\r\n\r\n" else None
        sizes.append(size)
        at = found.end() + size + 2
    return None


def _gunzipped(coded: bytes, guesses: Guesses) -> tuple[bytes, Deflate] | None:
    """Return body and settings of one whole gzip member; None if it is not one, or cannot be made again."""
    if len(coded) < _GZIP_HEAD + _GZIP_TAIL or coded[:4] != b"\x1f\x8b\x08\x00":  # 0: no name, no comment
        return None
    raw = coded[_GZIP_HEAD:-_GZIP_TAIL]
    decoder = zlib.decompressobj(-15)
    try:
        body = decoder.decompress(raw, _MOST_BODY)
        if not decoder.eof or decoder.unused_data or coded[-_GZIP_TAIL:] != _gzip_tail(body):
            return None
        how = guesses.find(raw, body)
    except zlib.error:
        return None
    return (body, replace(how, head=coded[:_GZIP_HEAD])) if how is not None else None
