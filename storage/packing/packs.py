"""Reading packs: the frames in which `compact` keeps WARC records (docs/pack-format.md)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.packing.codings import Recipe, folded, read_recipe
from storage.packing.frames import (
    HEADER,
    RECORDS,
    FrameError,
    Head,
    Spot,
    decompressed,
    read_head,
    skippable_length,
)
from storage.warc import Record, split_records
from variorum.errors import StorageError

SUFFIX = ".pack"
_NAME = re.compile(r"(\d{8,})\.pack")
_MOST_KEPT = 32_000_000  # bytes of bases that are held, so that their patches need not read them again
_MOST_DEEP = 3  # a patch, its keyframe, the dictionary of that


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame with its content."""

    spot: Spot
    length: int  #: bytes in the pack, head included
    head: Head
    held: bytes  #: what is compressed: content and recipe
    content: bytes
    recipe: Recipe

    def records(self) -> bytes:
        """Return the bytes of the WARC records, checked against their digest.

        Raises:
            FrameError: They are not what was packed.
        """
        data = folded(self.content, self.recipe)
        if hashlib.sha256(data).digest() != self.head.sha256:
            why = "; perhaps the zlib of this machine is another than the packer's" if self.recipe.deflate else ""
            raise FrameError(f"the records do not have their digest{why}")
        return data


def pack_name(number: int) -> str:
    """Return the file name of a pack."""
    return f"{number:08d}{SUFFIX}"


def pack_number(name: str) -> int | None:
    """Return the number of a pack by its file name, None if it is no pack's."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None


class Packs:
    """The packs of one archive, to be read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._drafts: dict[int, Path] = {}
        self._contents: dict[Spot, bytes] = {}
        self._kept = 0

    def read_from(self, number: int, path: Path) -> None:
        """Read the pack of that number from another file: it is being written, and has no name yet."""
        self._drafts[number] = path

    def drafts(self) -> Mapping[int, Path]:
        """Return what `read_from` was told."""
        return self._drafts

    def path(self, number: int) -> Path:
        """Return the file of a pack."""
        return self._drafts.get(number, self.folder / pack_name(number))

    def frame(self, spot: Spot) -> Frame:
        """Read one frame, and those that it is based on.

        Raises:
            StorageError: One of them is missing or damaged.
        """
        return self._frame(spot, 1)

    def head(self, spot: Spot) -> tuple[Head, int]:
        """Read the head of a frame, and the length of the whole frame.

        Raises:
            StorageError: It is missing or damaged.
        """
        head, data = self._stored(spot, content=False)
        return head, len(data) + head.stored

    def _frame(self, spot: Spot, depth: int) -> Frame:
        head, data = self._stored(spot, content=True)
        base = None
        if head.base is not None:
            if depth >= _MOST_DEEP:
                raise StorageError(f"{self.path(spot.pack)}: the frame at {spot.offset} rests on too many others")
            base = self.held(head.base, depth + 1)
        try:
            held = decompressed(data[-head.stored :], base)
            if head.recipe > len(held):
                raise FrameError("it holds no whole recipe")
            content, recipe = held[: len(held) - head.recipe], read_recipe(held[len(held) - head.recipe :])
        except FrameError as error:
            raise self._damaged(spot, error) from None
        return Frame(spot, len(data), head, held, content, recipe)

    def held(self, spot: Spot, depth: int = 1) -> bytes:
        """Return all that a frame holds on which others are based.

        Raises:
            StorageError: It is missing or damaged.
        """
        found = self._contents.get(spot)
        if found is None:
            found = self._frame(spot, depth).held
            self._keep(spot, found)
        return found

    def _keep(self, spot: Spot, content: bytes) -> None:
        while self._contents and self._kept + len(content) > _MOST_KEPT:
            self._kept -= len(self._contents.pop(next(iter(self._contents))))
        self._contents[spot] = content
        self._kept += len(content)

    def _stored(self, spot: Spot, *, content: bool) -> tuple[Head, bytes]:
        """Return the head of a frame, and its bytes, or those of its head alone."""
        path = self.path(spot.pack)
        try:
            with path.open("rb") as stream:
                stream.seek(spot.offset)
                data = stream.read(8)
                data += stream.read(skippable_length(data) - 8)
                head = read_head(data)
                if head.kind == HEADER:
                    raise FrameError("no content lies here")
                if content:
                    data += stream.read(head.stored)
        except OSError as error:
            raise StorageError(f"{path} cannot be read: {error.strerror}") from error
        except FrameError as error:
            raise self._damaged(spot, error) from None
        return head, data

    def _damaged(self, spot: Spot, error: FrameError) -> StorageError:
        return StorageError(f"{self.path(spot.pack)}: the frame at {spot.offset} is damaged: {error}")

    def header(self, number: int) -> dict[str, Any]:
        """Return what a pack tells of itself.

        Raises:
            StorageError: It is missing or damaged.
        """
        path = self.path(number)
        try:
            with path.open("rb") as stream:
                data = stream.read(8)
                head = read_head(data + stream.read(skippable_length(data) - 8))
            if head.kind != HEADER:
                raise FrameError("it does not begin with a header")
            told = json.loads(head.told)
        except OSError as error:
            raise StorageError(f"{path} cannot be read: {error.strerror}") from error
        except ValueError as error:  # a FrameError, or no JSON
            raise StorageError(f"{path} is damaged: {error}") from None
        if not isinstance(told, dict):
            raise StorageError(f"{path} is damaged: its header is no object")
        return told

    def spots(self, number: int) -> Iterator[tuple[Spot, Head, int]]:
        """Yield where the frames of a pack lie, with head and length; the header is left out.

        Raises:
            StorageError: What lies at a place is no frame; nothing behind it can be found then.
        """
        path = self.path(number)
        try:
            size = path.stat().st_size
        except OSError as error:
            raise StorageError(f"{path} cannot be read: {error.strerror}") from error
        at = len(_header_frame(path))
        while at < size:
            spot = Spot(number, at)
            head, length = self.head(spot)
            if at + length > size:
                raise self._damaged(spot, FrameError("it is cut"))
            yield spot, head, length
            at += length


def _header_frame(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(8)
            return data + stream.read(skippable_length(data) - 8)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    except FrameError as error:
        raise StorageError(f"{path} is damaged: {error}") from None


def packed_records(frame: Frame, length: int) -> list[tuple[bytes, Record]]:
    """Return the records of a frame, each with its bytes.

    Raises:
        StorageError: They are not what was packed.
    """
    name = pack_name(frame.spot.pack)
    try:
        if frame.head.kind != RECORDS:
            raise FrameError("it is a dictionary")
        if frame.length != length:
            raise FrameError(f"it has {frame.length} bytes, not {length}")
        return split_records(frame.records(), name, frame.spot.offset, frame.length)
    except ValueError as error:
        raise StorageError(f"{name}: the frame at {frame.spot.offset} is damaged: {error}") from None
