"""The answers of the archive: what a question gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from variorum.records import TakedownLevel, WorkType


@dataclass(frozen=True, slots=True, kw_only=True)
class Takedown:
    """Why a text is not shown."""

    id: int
    work_id: int  #: whose takedown it is: of a comment, its own or its post's
    level: TakedownLevel
    reason: str
    by: str
    at: datetime
    thread: bool  #: the comments of the post, too
    done: bool  #: False while bytes are still to be destroyed: it was interrupted


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A post, page or comment, as it stands now."""

    id: int
    source_id: int
    work_type: WorkType
    native_id: str | None
    url: str  #: its current address
    title: str
    state: str  #: open, gone, protected, missing
    first_seen: datetime
    last_seen: datetime
    gone_at: datetime | None
    versions: int
    post_id: int | None = None  #: comments: work id of the post
    parent_id: int | None = None  #: comments: work id of the comment that it answers
    depth: int = 0
    position: int = 0
    comments: Mapping[str, object] | None = None  #: posts: {"seen", "claimed", "complete"}
    takedown: Takedown | None = None  #: why it has no title here


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A work that was given up for another one."""

    id: int
    work_id: int
    into_id: int
    url: str
    into_url: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Two posts of one source that may be one work."""

    work_id: int  #: the one that would be given up
    into_id: int
    url: str
    into_url: str
    title: str
    similarity: float  #: of their texts, 0 to 1
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a work."""

    id: int
    work_id: int
    number: int  #: 1 is the first text seen
    kind: str
    title: str
    text: str
    markdown: str
    text_sha256: str
    meta: Mapping[str, object]
    observed_first: datetime  #: when the response came that showed it first
    observed_last: datetime  #: the latest visit that found it so
    recorded_at: datetime
    superseded_at: datetime | None
    seq: int
    reason: str | None = None
    same_text_as: int | None = None
    capture_id: int | None = None  #: the best witness's first capture
    witnesses: tuple[Mapping[str, object], ...] = ()
    takedown: Takedown | None = None  #: why nothing of what it says is here


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitRow:
    """One attempt to fetch an address."""

    id: int
    url: str
    role: str
    requested_at: datetime
    status: int | None
    error: str | None
    capture_id: int | None
    unchanged: bool
    warc_file: str | None = None
    warc_offset: int | None = None
    warc_length: int | None = None
    warc_record_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One text that a search found."""

    work: Work
    version: Version
    is_current: bool  #: False: an earlier version, or the last one of what is gone
    snippet: str  #: a passage with the found words between « and »
    cursor: str  #: pass as `after` to go on behind this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that a check found wrong."""

    kind: str  #: missing_bytes, digest_mismatch, orphan_record, broken_reference, event_chain, sqlite, postgresql, …
    where: str
    what: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How a source stands."""

    slug: str
    url: str
    platform: str | None
    posts: int
    comments: int
    gone: int
    last_ingest_at: datetime | None
    last_result: str | None  #: ok, some failed, failed, interrupted, running
    due: bool
    failing: tuple[str, ...] = ()  #: addresses whose last visit failed, at most ten, with the reason
    failing_count: int = 0
    incomplete_threads: int = 0
    suspect: int = 0
    #: how well the last run read its pages: pages, empty, score, compared, agreement (0 to 1), drift (for people, None
    #: where it is as good as ever), at, since; None before any page was read
    quality: Mapping[str, object] | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
