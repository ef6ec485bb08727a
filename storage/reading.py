"""From rows to the records that the archive answers with, and the columns that they need."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import orjson

from storage.engines.database import Row
from storage.rows import Version, VisitRow, Work
from variorum.records import Content, Source, Witness

_WITNESS_FIELDS = tuple(field.name for field in fields(Witness))
#: Works `w` with the title of their head `h` and, for comments, the comment `p` that they answer.
WORK_COLUMNS = (
    "w.id, w.source_id, w.work_type, w.native_id, w.url, h.title, w.state, w.first_seen, w.last_seen, w.gone_at, "
    "w.versions, w.post_id, p.id AS parent_id, w.depth, w.position, w.comments"
)
WORK_TABLES = (
    "work w LEFT JOIN version h ON h.id = w.head_id "
    "LEFT JOIN work p ON p.source_id = w.source_id AND p.work_type = 'comment' AND p.scope = 0 "
    "AND p.native_id = w.parent_native_id AND p.post_id = w.post_id"
)


def work_of(row: Row) -> Work:
    """Read a work from a row of `WORK_COLUMNS`."""
    return Work(
        id=row["id"],
        source_id=row["source_id"],
        work_type=row["work_type"],
        native_id=row["native_id"],
        url=row["url"],
        title=row["title"] or "",
        state=row["state"],
        first_seen=time_of(row["first_seen"]),
        last_seen=time_of(row["last_seen"]),
        gone_at=maybe_time(row["gone_at"]),
        versions=row["versions"],
        post_id=row["post_id"],
        parent_id=row["parent_id"],
        depth=row["depth"],
        position=row["position"],
        comments=json.loads(row["comments"]) if row["comments"] else None,
    )


def version_of(row: Row) -> Version:
    """Read a version from a whole row of its table."""
    return Version(
        id=row["id"],
        work_id=row["work_id"],
        number=row["number"],
        kind=row["kind"],
        title=row["title"],
        text=row["text"],
        markdown=row["markdown"],
        text_sha256=row["text_sha256"].hex(),
        meta=json.loads(row["meta"]),
        observed_first=time_of(row["observed_first"]),
        observed_last=time_of(row["observed_last"]),
        recorded_at=time_of(row["recorded_at"]),
        superseded_at=maybe_time(row["superseded_at"]),
        seq=row["seq"],
        reason=row["reason"],
        same_text_as=row["same_text_as"],
        capture_id=row["capture_id"],
        witnesses=tuple(json.loads(row["witnesses"])),
    )


def visit_of(row: Row) -> VisitRow:
    """Read a visit from a whole row of its table."""
    return VisitRow(
        id=row["id"],
        url=row["url"],
        role=row["role"],
        requested_at=time_of(row["requested_at"]),
        status=row["status"],
        error=row["error"],
        capture_id=row["capture_id"],
        unchanged=bool(row["unchanged"]),
        warc_file=row["warc_file"],
        warc_offset=row["warc_offset"],
        warc_length=row["warc_length"],
        warc_record_id=row["warc_record_id"],
    )


def time_of(text: str) -> datetime:
    """Read a time of a row."""
    return datetime.fromisoformat(text)


def maybe_time(text: str | None) -> datetime | None:
    """Read a time of a row that may be missing."""
    return datetime.fromisoformat(text) if text else None


def object_of(text: str | None) -> Mapping[str, Any]:
    """Read a JSON object of a row; nothing is an empty one."""
    found: Mapping[str, Any] = orjson.loads(text) if text else {}
    return found


def source_of(row: Row) -> Source:
    """Read a source from a whole row of its table."""
    return Source(
        id=row["id"],
        slug=row["slug"],
        url=row["url"],
        name=row["name"],
        platform=row["platform"],
        settings=json.loads(row["settings"]),
        every_s=row["every_s"],
        added_at=time_of(row["added_at"]),
        last_ingest_at=maybe_time(row["last_ingest_at"]),
    )


def witness_of(told: Mapping[str, Any]) -> Witness:
    """Read a witness back from its JSON."""
    return Witness(**{**told, "capture_ids": tuple(told["capture_ids"])})


def to_text(at: datetime) -> str:
    """Return a time as it stands in rows: UTC, six decimals, Z; order as text is order in time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def storable(text: str) -> str:
    """Return a text without zero bytes, which PostgreSQL has no place for: U+FFFD stands for each."""
    return text.replace("\0", "\ufffd")


def json_text(value: Any) -> str:
    """Return a value as it stands in rows: JSON with sorted keys, no blanks; times as `to_text` gives them."""
    try:
        return orjson.dumps(value, default=_plain, option=_OPTIONS).decode()
    except TypeError:  # as in `canonical_json`
        return _ENCODER.encode(value)


def content_of(row: Row) -> Content:
    """Read what a version says from its row."""
    return Content(
        title=row["title"],
        text=row["text"],
        markdown=row["markdown"],
        text_sha256=row["text_sha256"].hex(),
        fingerprint=row["fingerprint"],
        meta=object_of(row["meta"]),
    )


def witnesses_text(witnesses: Iterable[Witness]) -> str:
    """Return witnesses as they stand in rows; `witness_of` reads each back."""
    return json_text([{name: getattr(witness, name) for name in _WITNESS_FIELDS} for witness in witnesses])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
