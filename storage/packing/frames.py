"""The frames of a pack file, as docs/pack-format.md describes them. Pure: bytes in, bytes out.

A frame is a skippable zstd frame that holds its head, and a zstd frame that holds its content (RFC 8878 §3.1): tools
that know zstd alone can walk through a pack. A frame that names a base is compressed with that frame's content as raw
dictionary, which for a decoder is the same as a prefix.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FORMAT = "variorum-pack/1"
ZSTD_VERSION = zstd.zstd_version
MAGIC = (0x184D2A56).to_bytes(4, "little")  # one of sixteen for skippable frames
HEADER, DICTIONARY, RECORDS = b"H", b"D", b"R"
FULL_LEVEL = 9
PATCH_LEVEL = 3  # at 9 a patch costs three times the CPU, and a tenth less in size
_DICTIONARY_LEVEL = 12
_MOST_WINDOW = 27  # 128 MB: what decoders take without being asked
_LONG_DISTANCE = 20  # from 1 MB on the match finder alone loses sight of the base: 5 MB unchanged came out as 3.9
_SHA256 = 32


class FrameError(ValueError):
    """These bytes are not the frame that they should be."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a frame begins: number of the pack, offset in it."""

    pack: int
    offset: int


@dataclass(frozen=True, slots=True)
class Head:
    """What is told of a frame."""

    kind: bytes  #: one of HEADER, DICTIONARY, RECORDS
    base: Spot | None = None  #: the frame whose content must be known to decompress this one
    patches: int = 0  #: patches since the keyframe, this one included; 0 for a keyframe
    stored: int = 0  #: bytes of the zstd frame that follows
    recipe: int = (
        0  #: bytes at the end of what it holds that tell how records are made of the rest (storage/packing/codings.py)
    )
    sha256: bytes = b""  #: of the records; of the content itself for a dictionary
    told: bytes = b""  #: JSON of a HEADER


class Dictionary:
    """Bytes that a frame may be compressed against, loaded into the library once."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @cached_property
    def loaded(self) -> zstd.ZstdDict:
        """Return it as the library wants it."""
        return zstd.ZstdDict(self.content, is_raw=True)


def compressed(content: bytes, level: int = FULL_LEVEL) -> bytes:
    """Return a zstd frame that needs no base."""
    return zstd.compress(content, options=_options(level, len(content)))


class Compressor:
    """Makes one small frame after the other against a dictionary, without checksums: half the CPU of `compressed_with`.

    Not shared between threads.
    """

    def __init__(self, dictionary: Dictionary, level: int) -> None:
        name = zstd.CompressionParameter
        options: dict[int, int] = {name.compression_level: level, name.checksum_flag: 0}
        self._library = zstd.ZstdCompressor(options=options, zstd_dict=dictionary.loaded.as_digested_dict)

    def compressed(self, content: bytes) -> bytes:
        """Return a zstd frame."""
        self._library.set_pledged_input_size(len(content))
        return self._library.compress(content, zstd.ZstdCompressor.FLUSH_FRAME)


def compressed_with(content: bytes, dictionary: Dictionary, level: int = FULL_LEVEL) -> bytes:
    """Return a zstd frame whose base is the dictionary of a site."""
    return zstd.compress(
        content,
        options={zstd.CompressionParameter.compression_level: level, zstd.CompressionParameter.checksum_flag: 1},
        zstd_dict=dictionary.loaded.as_digested_dict,
    )


def patch(content: bytes, base: bytes, level: int = PATCH_LEVEL, *, checksum: bool = True) -> bytes:
    """Return a zstd frame that tells in what *content* differs from *base*."""
    prefix = zstd.ZstdDict(base, is_raw=True).as_prefix
    options = _options(level, len(content) + len(base)) | {zstd.CompressionParameter.checksum_flag: int(checksum)}
    return zstd.compress(content, options=options, zstd_dict=prefix)


def dictionary_frame(content: bytes) -> bytes:
    """Return the zstd frame of a dictionary."""
    return compressed(content, _DICTIONARY_LEVEL)


def _options(level: int, span: int) -> dict[int, int]:
    """Return parameters under which all of *span* bytes stays in sight: the library's own window may be shorter."""
    name = zstd.CompressionParameter
    window = min(max(span.bit_length(), 10), _MOST_WINDOW)
    options: dict[int, int] = {name.compression_level: level, name.checksum_flag: 1, name.window_log: window}
    if window > _LONG_DISTANCE:
        options[name.enable_long_distance_matching] = 1
    return options


def decompressed(frame: bytes, base: bytes | None) -> bytes:
    """Return the content of one zstd frame.

    Raises:
        FrameError: It is damaged, or *base* is not its base.
    """
    try:
        size = zstd.get_frame_info(frame).decompressed_size
        prefix = zstd.ZstdDict(base, is_raw=True).as_prefix if base is not None else None
        decoder = zstd.ZstdDecompressor(zstd_dict=prefix)
        content = decoder.decompress(frame)
    except (zstd.ZstdError, ValueError) as error:
        raise FrameError(str(error)) from None
    if not decoder.eof or decoder.unused_data or size != len(content):
        raise FrameError("it is not one whole zstd frame")
    return content


# ------------------------------------------------------------------------------------------------ heads
def head_bytes(head: Head) -> bytes:
    """Return a head as a skippable frame."""
    base = (varint(head.base.pack) + varint(head.base.offset)) if head.base else varint(0)
    return skippable(
        head.kind + varint(head.patches) + base + varint(head.stored) + varint(head.recipe) + head.sha256 + head.told
    )


def skippable(payload: bytes) -> bytes:
    """Return a skippable frame."""
    return MAGIC + len(payload).to_bytes(4, "little") + payload


def skippable_length(start: bytes) -> int:
    """Return how many bytes the skippable frame takes that begins with these eight.

    Raises:
        FrameError: None begins so.
    """
    if len(start) < 8 or start[:4] != MAGIC:
        raise FrameError("no frame begins here")
    return 8 + int.from_bytes(start[4:8], "little")


def read_head(data: bytes) -> Head:
    """Read the head out of a whole skippable frame.

    Raises:
        FrameError: It is none.
    """
    if len(data) < 9 or skippable_length(data) != len(data):
        raise FrameError("the head is cut")
    kind = data[8:9]
    if kind == HEADER:
        return Head(HEADER, told=data[9:])
    if kind not in (DICTIONARY, RECORDS):
        raise FrameError(f"the head tells a kind of frame that is not known: {kind!r}")
    patches, at = read_varint(data, 9)
    pack, at = read_varint(data, at)
    base = None
    if pack:
        offset, at = read_varint(data, at)
        base = Spot(pack, offset)
    stored, at = read_varint(data, at)
    recipe, at = read_varint(data, at)
    if len(data) - at != _SHA256:
        raise FrameError("the head does not have its length")
    return Head(kind, base, patches, stored, recipe, data[at:])


def varint(number: int) -> bytes:
    """Return a number as LEB128: seven bits a byte, lowest first, the top bit set on all but the last."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the number that begins at *at*, and where it ends.

    Raises:
        FrameError: It is cut, or longer than any that is written.
    """
    number = shift = 0
    while at < len(data) and shift < 63:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return number, at
    raise FrameError("a number is cut")
