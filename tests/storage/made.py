"""A made-up blog in a made-up archive: what storage is asked to keep, without fetching or extracting anything."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from storage.archive import Archive
from storage.engines.database import open_database
from storage.engines.place import address_of
from storage.writer import Writer
from variorum.records import Content, Decision, Exchange, Visit, Witness, WorkUpdate

HOME = "https://blog.example/"
START = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    """Return a time so many hours after the first."""
    return START + timedelta(hours=hours)


def exchange(
    url: str = HOME,
    body: bytes = b"<p>Hello</p>",
    *,
    hours: float = 0,
    status: int | None = 200,
    coding: str = "",
    chunked: bool = False,
    headers: Sequence[tuple[str, str]] = (),
    error: str | None = None,
    role: str = "page",
) -> Exchange:
    """Return an exchange as a fetcher would hand it over, with the exact bytes of both messages."""
    sent = f"GET {url} HTTP/1.1\r\nHost: blog.example\r\n\r\n".encode()
    if status is None:
        return Exchange(url=url, role=role, requested_at=at(hours), duration_s=0.1, request=sent, error=error)
    payload = gzip.compress(body, mtime=0) if coding == "gzip" else body
    told = [("Content-Type", "text/html; charset=utf-8"), *headers]
    if coding:
        told.append(("Content-Encoding", coding))
    if status == 304:
        payload = body = b""
    if chunked:
        told.append(("Transfer-Encoding", "chunked"))
        half = len(payload) // 2
        parts = [part for part in (payload[:half], payload[half:]) if part]
        payload = b"".join(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"
    elif status != 304:
        told.append(("Content-Length", str(len(payload))))
    head = f"HTTP/1.1 {status} Whatever\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told) + "\r\n"
    return Exchange(
        url=url,
        role=role,
        requested_at=at(hours),
        duration_s=0.25,
        request=sent,
        response=head.encode("latin-1") + payload,
        status=status,
        headers=tuple(told),
        body=body,
        address="192.0.2.7",
        error=error,
    )


def content(text: str, *, title: str = "", **meta: Any) -> Content:
    """Return what a version says."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    told = {"authors": [{"name": "Ann", "url": None}], "lang": "en", "published": "2025-12-31T08:00:00Z", **meta}
    return Content(title=title, text=text, markdown=text, text_sha256=digest, fingerprint=digest[:32], meta=told)


def decision(
    kind: str, text: str = "", *, title: str = "", captures: Sequence[int] = (), meta: Any = None, **more: Any
) -> Decision:
    """Return a decision; one that opens a version has content and a witness that tells it."""
    said = (
        None if kind in ("gone", "same", "missing", "error", "format") else content(text, title=title, **(meta or {}))
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    witness = Witness(
        kind="html",
        capture_ids=tuple(captures),
        extractor="wordpress/1",
        text_sha256=digest,
        fingerprint=digest[:32],
        meta={"title": "abc"},
    )
    return Decision(kind=kind, content=said, witnesses=(witness,), **more)  # type: ignore[arg-type]


def update(source_id: int, kind: str = "first", text: str = "", **more: Any) -> WorkUpdate:
    """Return an update of a post; `title`, `captures`, `meta`, `reason` and the like go into its decision."""
    names = ("title", "captures", "meta", "reason", "absences", "pending_sha256", "same_text_as")
    said = {name: more.pop(name) for name in names if name in more}
    fields: dict[str, Any] = {
        "source_id": source_id,
        "work_id": None,
        "work_type": "post",
        "native_id": "1",
        "url": f"{HOME}hello/",
        "observed_at": at(more.pop("hours", 0)),
        "state": "gone" if kind == "gone" else "open",
        **more,
    }
    return WorkUpdate(decision=decision(kind, text, **said), **fields)


def comment(source_id: int, native_id: str, kind: str = "first", text: str = "", **more: Any) -> WorkUpdate:
    """Return an update of a comment on post 1."""
    meta = {"author": "Bo", "author_url": None, "kind": "comment", "permalink": f"{HOME}hello/#comment-{native_id}"}
    return update(
        source_id,
        kind,
        text,
        **{
            "work_type": "comment",
            "native_id": native_id,
            "url": f"{HOME}hello/#comment-{native_id}",
            "post_native_id": "1",
            "meta": meta,
            **more,
        },
    )


def forge(folder: Path, statement: str, **values: object) -> int:
    """Change rows behind the archive's back, references or not; return how many."""
    database = open_database(address_of(folder), write=True)
    database.run(
        "PRAGMA foreign_keys = OFF" if database.dialect == "sqlite" else "SET session_replication_role = replica"
    )
    changed = database.run(statement, **values)
    database.close()
    return changed


class Blog:
    """An archive with one source and one open run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = Archive.open(folder, create=True)
        self.writer: Writer = self.archive.writer()
        self.source_id = self.writer.add_source(HOME, name="A blog").id
        self.run_id = self.writer.begin_run(self.source_id, "ingest")

    def keep(self, *exchanges: Exchange) -> tuple[Visit, ...]:
        return self.writer.keep(self.run_id, self.source_id, exchanges)

    def write(self, *updates: WorkUpdate) -> tuple[int, ...]:
        return self.writer.write(self.run_id, updates, extractor="variorum 0.1.0 0123456789abcdef")

    def post(self, kind: str = "first", text: str = "", **more: Any) -> tuple[int, ...]:
        return self.write(update(self.source_id, kind, text, **more))

    def comment(self, native_id: str, kind: str = "first", text: str = "", **more: Any) -> tuple[int, ...]:
        return self.write(comment(self.source_id, native_id, kind, text, **more))

    def close(self) -> None:
        with self.writer:
            pass
        self.archive.close()
