"""From a capture back to its bytes: the WARC record, and the body that readers' browsers made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from storage.database import Database
from storage.reading import time_of, to_text
from storage.warc import read_record
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


def read_body(database: Database, folder: Path, capture_id: int) -> StoredBody:
    """Read the body of a capture out of its WARC file; see `storage.archive.Archive.body`."""
    row = database.one("SELECT * FROM capture WHERE id = :id", id=capture_id)
    if row is None:
        raise StorageError(f"there is no capture {capture_id}")
    lost = destroyed_captures(database, [capture_id]).get(capture_id)
    if lost is not None:
        raise DestroyedError(f"capture {capture_id} was destroyed at {to_text(lost.at)}: {lost.reason}")
    record = read_record(folder / "warc", row["warc_file"], row["warc_offset"], row["warc_length"])
    where = f"{folder / 'warc' / row['warc_file']} at {row['warc_offset']}"
    if record.place.record_id != row["warc_record_id"]:
        raise StorageError(f"{where}: another record lies there; run variorum check --deep")
    message = messages.read_message(record.block)
    if message is None:
        raise StorageError(f"{where}: no HTTP response lies there; run variorum check --deep")
    return StoredBody(
        body=body_of(message, row["size"]),
        url=row["url"],
        content_type=next((value for name, value in message.headers if name.lower() == "content-type"), None),
        headers=message.headers,
        status=row["status"],
        observed_at=time_of(row["observed_at"]),
    )


def body_of(message: messages.Message, most: int) -> bytes:
    """Return the body of a response without its content codings, *most* bytes of it: a body too large was kept cut."""
    codings = [word for value in messages.values(message.headers, "content-encoding") for word in messages.words(value)]
    return messages.decode(message.coded, codings, most).body
