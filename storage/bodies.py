"""From a capture back to its bytes: the WARC record, and the body that readers' browsers made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from storage.engines.database import Database, Row
from storage.packing.codings import first_head
from storage.packing.frames import Spot
from storage.packing.packs import Frame, Packs, pack_number
from storage.reading import time_of, to_text
from storage.warc import read_headers, read_record
from storage.withheld import destroyed_captures
from variorum import messages
from variorum.errors import DestroyedError, StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredBody:
    """A stored response. Where several addresses answered with the very bytes, `url` is the first of them."""

    body: bytes = field(repr=False)  #: chunk framing and content coding removed
    url: str
    content_type: str | None
    headers: tuple[tuple[str, str], ...]
    status: int
    observed_at: datetime


def read_body(database: Database, folder: Path, capture_id: int, packs: Packs | None = None) -> StoredBody:
    """Read the body of a capture out of its segment or pack; see `storage.archive.Archive.body`."""
    row = _row(database, capture_id)
    packs = packs or Packs(folder / "packs")
    try:
        return _stored(folder, row, packs)
    except StorageError:
        again = _row(database, capture_id)
        if _place(again) == _place(row):
            raise
        return _stored(folder, again, packs)  # it was packed between the two looks


def _row(database: Database, capture_id: int) -> Row:
    row = database.one("SELECT * FROM capture WHERE id = :id", id=capture_id)
    if row is None:
        raise StorageError(f"there is no capture {capture_id}")
    lost = destroyed_captures(database, [capture_id]).get(capture_id)
    if lost is not None:
        raise DestroyedError(f"capture {capture_id} was destroyed at {to_text(lost.at)}: {lost.reason}")
    return row


def _place(row: Row) -> tuple[str, int, int]:
    return row["warc_file"], row["warc_offset"], row["warc_length"]


def _stored(folder: Path, row: Row, packs: Packs) -> StoredBody:
    file, offset, length = _place(row)
    number = pack_number(file)
    if number is None:
        where = f"{folder / 'warc' / file} at {offset}"
        record = read_record(folder / "warc", file, offset, length)
        record_id, head, body = record.place.record_id, *_taken_apart(record.block, row["size"], where)
    else:
        where = f"{folder / 'packs' / file} at {offset}"
        record_id, head, body = _unpacked(packs.frame(Spot(number, offset)), row["size"], where)
    if record_id != row["warc_record_id"]:
        raise StorageError(f"{where}: another record lies there; run variorum check --deep")
    headers = messages.read_headers(head)
    return StoredBody(
        body=body,
        url=row["url"],
        content_type=next((value for name, value in headers if name.lower() == "content-type"), None),
        headers=headers,
        status=row["status"],
        observed_at=time_of(row["observed_at"]),
    )


def _taken_apart(block: bytes, most: int, where: str) -> tuple[bytes, bytes]:
    """Return head and body of an HTTP response."""
    message, head = messages.read_message(block), messages.find_head(block)
    if message is None or head is None:
        raise StorageError(f"{where}: no HTTP response lies there; run variorum check --deep")
    return block[slice(*head)], body_of(message, most)


def _unpacked(frame: Frame, most: int, where: str) -> tuple[str, bytes, bytes]:
    """Return record id, head and body of a packed response. A coding that was taken off is not laid on again."""
    recipe = frame.recipe
    try:
        told = read_headers(first_head(frame.content, recipe))
        record_id, size = told.get("WARC-Record-ID", ""), int(told.get("Content-Length", "0"))
    except ValueError as error:
        raise StorageError(f"{where}: {error}; run variorum check --deep") from None
    _, _, rest = frame.content.partition(b"\r\n\r\n")
    if recipe.deflate is None and recipe.chunks is None:
        return record_id, *_taken_apart(rest[:size], most, where)
    found = messages.find_head(rest)
    if found is None:
        raise StorageError(f"{where}: no HTTP response lies there; run variorum check --deep")
    head = rest[slice(*found)]
    body = frame.content[recipe.start : recipe.start + recipe.length]
    return record_id, head, body[:most] if recipe.deflate else decoded(messages.read_headers(head), body, most)


def body_of(message: messages.Message, most: int) -> bytes:
    """Return the body of a response without its content codings, *most* bytes of it: a body too large was kept cut."""
    return decoded(message.headers, message.coded, most)


def decoded(headers: tuple[tuple[str, str], ...], coded: bytes, most: int) -> bytes:
    """Return a body without its content codings, *most* bytes of it."""
    codings = [word for value in messages.values(headers, "content-encoding") for word in messages.words(value)]
    return messages.decode(coded, codings, most).body
