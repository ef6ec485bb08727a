"""The schema, declared once. Importing this costs a second: only making and upgrading an archive does so.

Reading and writing go through storage/engines/database.py in plain SQL, because a question must be answered in less
time than SQLAlchemy takes to be imported (docs/decisions/0002). Times are ISO 8601 text in UTC with six decimals and Z,
so that their order as text is their order in time, and people can read them.
"""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Big = BigInteger().with_variant(Integer(), "sqlite")  # SQLite gives row numbers to INTEGER keys alone


def _key() -> Column:  # type: ignore[type-arg]
    return Column(Big, primary_key=True)


def _ref(table: str, *, null: bool = True) -> Column:  # type: ignore[type-arg]
    return Column(Big, ForeignKey(f"{table}.id"), nullable=null)


def _bytes() -> Column:  # type: ignore[type-arg]
    return Column(LargeBinary, nullable=False)


def _text(*, null: bool = False) -> Column:  # type: ignore[type-arg]
    return Column(Text, nullable=null)


class SourceRow(SQLModel, table=True):
    """A blog that is watched."""

    __tablename__ = "source"
    id: int | None = Field(default=None, sa_column=_key())
    slug: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    url: str = Field(sa_column=Column(Text, nullable=False, unique=True))  # canonical
    name: str | None = Field(sa_column=_text(null=True))
    platform: str | None = Field(sa_column=_text(null=True))
    settings: str = Field(sa_column=_text())  # JSON object
    every_s: int | None = None
    added_at: str = Field(sa_column=_text())
    last_ingest_at: str | None = Field(sa_column=_text(null=True))


class RunRow(SQLModel, table=True):
    """One ingest, re-extraction or other work on a source. No end: interrupted, or still at it."""

    __tablename__ = "run"
    __table_args__ = (Index(None, "source_id", "id"),)
    id: int | None = Field(default=None, sa_column=_key())
    source_id: int = Field(sa_column=_ref("source", null=False))
    command: str = Field(sa_column=_text())
    process: str = Field(sa_column=_text())  # host:pid, to tell one that still runs from one that was killed
    started_at: str = Field(sa_column=_text())
    ended_at: str | None = Field(sa_column=_text(null=True))
    report: str | None = Field(sa_column=_text(null=True))  # JSON of variorum.records.Report
    error: str | None = Field(sa_column=_text(null=True))


class CaptureRow(SQLModel, table=True):
    """Distinct bytes, content-addressed: the decoded body of a response, and where its first record lies."""

    __tablename__ = "capture"
    id: int | None = Field(default=None, sa_column=_key())
    sha256: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False, unique=True))
    size: int = Field(sa_column=Column(BigInteger, nullable=False))  # bytes of the body
    media_type: str | None = Field(sa_column=_text(null=True))
    status: int  # of the response that brought it first
    url: str = Field(sa_column=_text())
    observed_at: str = Field(sa_column=_text())
    warc_file: str = Field(sa_column=_text())
    warc_offset: int = Field(sa_column=Column(BigInteger, nullable=False))
    warc_length: int = Field(sa_column=Column(BigInteger, nullable=False))
    warc_record_id: str = Field(sa_column=_text())
    payload_sha1: str = Field(sa_column=_text())  # base32, as in WARC-Payload-Digest: of the bytes after the head


class VisitTable(SQLModel, table=True):
    """One attempt to fetch one address, also one that failed or found nothing new."""

    __tablename__ = "visit"
    __table_args__ = (
        Index(None, "source_id", "good", "url", "id"),  # the last good visit of each address, without the rows
        Index(None, "url", "id"),
        Index(None, "capture_id", "id"),
    )
    id: int | None = Field(default=None, sa_column=_key())
    source_id: int = Field(sa_column=_ref("source", null=False))
    run_id: int = Field(sa_column=_ref("run", null=False))
    url: str = Field(sa_column=_text())
    role: str = Field(sa_column=_text())
    requested_at: str = Field(sa_column=_text())
    duration_us: int
    status: int | None = None
    error: str | None = Field(sa_column=_text(null=True))
    transient: int = 0
    capture_id: int | None = Field(sa_column=_ref("capture"))
    unchanged: int = 0
    good: int = 0  # brought or confirmed a payload: 2xx or 304, whole
    etag: str | None = Field(sa_column=_text(null=True))
    last_modified: str | None = Field(sa_column=_text(null=True))
    redirect_to: str | None = Field(sa_column=_text(null=True))
    address: str | None = Field(sa_column=_text(null=True))
    payload_sha1: str | None = Field(sa_column=_text(null=True))
    revisit_of: str | None = Field(sa_column=_text(null=True))  # record id of the response that holds the payload
    warc_file: str | None = Field(sa_column=_text(null=True))
    warc_offset: int | None = Field(sa_column=Column(BigInteger))
    warc_length: int | None = Field(sa_column=Column(BigInteger))
    warc_record_id: str | None = Field(sa_column=_text(null=True))
    row_sum: int | None = Field(sa_column=Column(BigInteger))  # storage/proof/sums.py


class WorkRow(SQLModel, table=True):
    """A post, a static page or a comment."""

    __tablename__ = "work"
    __table_args__ = (
        UniqueConstraint("source_id", "work_type", "scope", "native_id"),
        Index(None, "post_id", "position", "id"),
        Index(None, "source_id", "work_type", "id"),
    )
    id: int | None = Field(default=None, sa_column=_key())
    source_id: int = Field(sa_column=_ref("source", null=False))
    work_type: str = Field(sa_column=_text())
    #: The platform's own number. One that was made up for a comment without any ("~" and a digest) is unique only
    #: within its post: there `scope` is the post's id, else 0.
    native_id: str | None = Field(sa_column=_text(null=True))
    scope: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    url: str = Field(sa_column=_text())
    state: str = Field(sa_column=_text())  # open, gone, protected, missing
    head_id: int | None = Field(sa_column=Column(Big))  # current version; no foreign key: it would be a circle
    versions: int = 0
    first_seen: str = Field(sa_column=_text())
    last_seen: str = Field(sa_column=_text())
    gone_at: str | None = Field(sa_column=_text(null=True))
    absences: int = 0
    pending_sha256: str | None = Field(sa_column=_text(null=True))
    witnesses: str = Field(sa_column=_text())  # JSON: the last word of each kind of witness
    comments: str | None = Field(sa_column=_text(null=True))  # JSON, posts: seen, claimed, complete
    post_id: int | None = Field(sa_column=_ref("work"))
    parent_native_id: str | None = Field(sa_column=_text(null=True))
    depth: int = 0
    position: int = 0
    row_sum: int | None = Field(sa_column=Column(BigInteger))  # storage/proof/sums.py
    seen_sum: int | None = Field(sa_column=Column(BigInteger))


class WorkUrlRow(SQLModel, table=True):
    """An address under which a work was found. The newest one holds where two works had it."""

    __tablename__ = "work_url"
    url: str = Field(sa_column=Column(Text, primary_key=True))
    work_id: int = Field(sa_column=Column(Big, ForeignKey("work.id"), primary_key=True))
    reason: str = Field(sa_column=_text())
    first_seen: str = Field(sa_column=_text())
    last_seen: str = Field(sa_column=_text())
    row_sum: int | None = Field(sa_column=Column(BigInteger))  # storage/proof/sums.py
    seen_sum: int | None = Field(sa_column=Column(BigInteger))


class ExtractorRow(SQLModel, table=True):
    """A set of extraction rules, by its fingerprint."""

    __tablename__ = "extractor"
    id: int | None = Field(default=None, sa_column=_key())
    fingerprint: str = Field(sa_column=Column(Text, nullable=False, unique=True))  # name version config_sha256
    first_used: str = Field(sa_column=_text())


_PLAIN = text("content IS NULL")


class VersionTable(SQLModel, table=True):
    """What a reader would call the text at a time. Rows are added; only observed_last and superseded_at move.

    What it says is in `content`, folded (storage/contents.py). Where that is NULL, it is in `witnesses`, `meta`, `text`
    and `markdown`, which are empty else. Short columns first: SQLite reads a row from its front, and stops before the
    pages of a long text.
    """

    __tablename__ = "version"
    __table_args__ = (
        UniqueConstraint("work_id", "number"),
        Index(None, "work_id", "observed_first", "number"),
        UniqueConstraint("seq"),
        Index(None, "source_id", "seq"),  # the change feed of one source
        Index(None, "text_sha256"),
        Index("ix_version_plain", "id", sqlite_where=_PLAIN, postgresql_where=_PLAIN),  # those to be folded
    )
    id: int | None = Field(default=None, sa_column=_key())
    work_id: int = Field(sa_column=_ref("work", null=False))
    source_id: int = Field(sa_column=_ref("source", null=False))
    run_id: int = Field(sa_column=_ref("run", null=False))
    number: int
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    kind: str = Field(sa_column=_text())
    text_sha256: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    fingerprint: str = Field(sa_column=_text())
    text_len: int  # characters
    lang: str | None = Field(sa_column=_text(null=True))
    published: str | None = Field(sa_column=_text(null=True))  # as the author tells it, in the form of all times here
    extractor_id: int = Field(sa_column=_ref("extractor", null=False))
    capture_id: int | None = Field(sa_column=_ref("capture"))  # the capture that it was read from first of all
    visit_id: int | None = Field(sa_column=_ref("visit"))  # the visit that brought that capture
    same_text_as: int | None = Field(sa_column=Column(Big))
    observed_first: str = Field(sa_column=_text())
    observed_last: str = Field(sa_column=_text())
    seen_sum: int | None = Field(sa_column=Column(BigInteger))  # storage/proof/sums.py
    recorded_at: str = Field(sa_column=_text())
    superseded_at: str | None = Field(sa_column=_text(null=True))
    url: str = Field(sa_column=_text())
    reason: str | None = Field(sa_column=_text(null=True))
    visit_ids: str = Field(sa_column=_text())  # JSON list: all visits that it rests on
    title: str = Field(sa_column=_text())
    witnesses: str = Field(sa_column=_text())  # JSON list of variorum.records.Witness
    meta: str = Field(sa_column=_text())  # JSON of variorum.records.Content.meta
    text: str = Field(sa_column=_text())
    markdown: str = Field(sa_column=_text())
    content: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))


class EventRow(SQLModel, table=True):
    """All that happened to the archive, append-only; each row's digest covers the digest of the one before it."""

    __tablename__ = "event"
    __table_args__ = (  # the last word on a work, where it changed without a version
        Index(
            "ix_event_of_work",
            "work_id",
            "seq",
            sqlite_where=text("kind = 'work'"),
            postgresql_where=text("kind = 'work'"),
        ),
    )
    seq: int | None = Field(default=None, sa_column=_key())
    at: str = Field(sa_column=_text())
    kind: str = Field(sa_column=_text())  # version, run_started, run_ended, source_added, …
    source_id: int | None = Field(sa_column=Column(Big))
    work_id: int | None = Field(sa_column=Column(Big))
    detail: str = Field(sa_column=_text())  # canonical JSON
    chain: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))


class LogNodeRow(SQLModel, table=True):
    """A perfect subtree of the Merkle tree over the events: `number` counts those of its level from the left.

    Only every eighth level is kept (8: 256 events, 16: 65,536, …); what lies between is made from 256 nodes at most.
    """

    __tablename__ = "log_node"
    level: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    number: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hash: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))


class TreeHeadRow(SQLModel, table=True):
    """The root of the Merkle tree over the first `size` events, as it was sealed at a time."""

    __tablename__ = "tree_head"
    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    root: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))
    at: str = Field(sa_column=_text())
    timestamp: bytes | None = Field(sa_column=Column(LargeBinary, nullable=True))  # RFC 3161 reply over the root


class PackRow(SQLModel, table=True):
    """A pack file: closed WARC segments, folded (docs/pack-format.md). Visits and captures name places in it."""

    __tablename__ = "pack"
    id: int | None = Field(
        default=None, sa_column=Column(Big, primary_key=True, autoincrement=False)
    )  # its file's name
    source_id: int = Field(sa_column=_ref("source", null=False))  # of the first segment
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: bytes = Field(sa_column=Column(LargeBinary(32), nullable=False))  # of the whole file
    frames: int
    segments: str = Field(sa_column=_text())  # JSON list: name, bytes and sha256 of what was folded
    dictionary_pack: int | None = Field(sa_column=Column(BigInteger, nullable=True))  # the dictionary in use
    dictionary_offset: int | None = Field(sa_column=Column(BigInteger, nullable=True))
    made_at: str = Field(sa_column=_text())


class PageSampleRow(SQLModel, table=True):
    """The lines of one page of a source, as digests, from which its template is learnt: a page counts once."""

    __tablename__ = "page_sample"
    source_id: int = Field(sa_column=Column(Big, ForeignKey("source.id"), primary_key=True))
    url: str = Field(sa_column=Column(Text, primary_key=True))
    run_id: int = Field(sa_column=_ref("run", null=False))  # that saw these lines first
    lines: bytes = Field(sa_column=_bytes())  # extractors/memory.py


class SiteProfileRow(SQLModel, table=True):
    """What repeats on the pages of a source; the newest one is in use, old ones tell how old texts were made."""

    __tablename__ = "site_profile"
    __table_args__ = (Index(None, "source_id", "id"),)
    id: int | None = Field(default=None, sa_column=_key())
    source_id: int = Field(sa_column=_ref("source", null=False))
    run_id: int = Field(sa_column=_ref("run", null=False))  # that learnt it
    checked_run_id: int = Field(sa_column=_ref("run", null=False))  # the last one that compared it with the pages
    revision: str = Field(sa_column=_text())  # digest of the lines, part of the extractor's fingerprint
    pages: int  # that it was learnt from
    head: bytes = Field(sa_column=_bytes())
    foot: bytes = Field(sa_column=_bytes())
    middle: bytes = Field(sa_column=_bytes())
    learnt_at: str = Field(sa_column=_text())


class RunQualityRow(SQLModel, table=True):
    """How well the pages that one run read were read."""

    __tablename__ = "run_quality"
    run_id: int = Field(sa_column=Column(Big, ForeignKey("run.id"), primary_key=True))
    source_id: int = Field(sa_column=Column(Big, ForeignKey("source.id"), nullable=False, index=True))
    pages: int  # that were read
    empty: int  # of them without any text
    score: float = Field(sa_column=Column(Float, nullable=False))  # median, 0 to 1
    compared: int  # pages whose text a feed or REST tells too
    agreement: float | None = Field(sa_column=Column(Float, nullable=True))  # median, 0 to 1
    drift: str | None = Field(sa_column=_text(null=True))  # for people, in what it fell; NULL: it did not


class ConsumerRow(SQLModel, table=True):
    """Who reads the versions in order of their seq, and how far they have come."""

    __tablename__ = "consumer"
    name: str = Field(sa_column=Column(Text, primary_key=True))
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    updated_at: str = Field(sa_column=_text())


class NearKeyRow(SQLModel, table=True):
    """A post that has this key (collation/near.py); of a common one the first holders only."""

    __tablename__ = "near_key"
    __table_args__ = {"sqlite_with_rowid": False}
    key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    work_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))


class NearCommonRow(SQLModel, table=True):
    """A key that too many posts have to tell anything, and how many have asked for it."""

    __tablename__ = "near_common"
    __table_args__ = {"sqlite_with_rowid": False}
    key: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    holders: int = Field(sa_column=Column(BigInteger, nullable=False))


class NearTextRow(SQLModel, table=True):
    """The version of a post whose keys stand in near_key."""

    __tablename__ = "near_text"
    work_id: int = Field(sa_column=Column(Big, ForeignKey("work.id"), primary_key=True, autoincrement=False))
    version_id: int = Field(sa_column=_ref("version", null=False))


class DupLinkRow(SQLModel, table=True):
    """Two posts whose texts are alike, each pair once."""

    __tablename__ = "dup_link"
    __table_args__ = {"sqlite_with_rowid": False}
    low_id: int = Field(sa_column=Column(Big, ForeignKey("work.id"), primary_key=True, autoincrement=False))
    high_id: int = Field(
        sa_column=Column(Big, ForeignKey("work.id"), primary_key=True, autoincrement=False, index=True)
    )
    kind: str = Field(sa_column=_text())  # exact, duplicate, variant, excerpt
    jaccard: float = Field(sa_column=Column(Float, nullable=False))
    containment: float = Field(sa_column=Column(Float, nullable=False))
    method: str = Field(sa_column=_text())
    shorter_id: int | None = Field(sa_column=Column(BigInteger))  # excerpt: which of the two is in the other


class DupMemberRow(SQLModel, table=True):
    """The place of a post among those that say the same."""

    __tablename__ = "dup_member"
    __table_args__ = (Index(None, "group_id", "work_id"),)
    work_id: int = Field(sa_column=Column(Big, ForeignKey("work.id"), primary_key=True, autoincrement=False))
    group_id: int = Field(sa_column=Column(BigInteger, nullable=False))  # lowest work of the group
    exact_id: int | None = Field(sa_column=Column(BigInteger))  # lowest work of those with the very same text
    role: str = Field(sa_column=_text())  # original, syndicated, excerpt, crosspost
    of_id: int | None = Field(sa_column=Column(BigInteger))  # the work that it is nearest to, the original if it can be
    similarity: float = Field(sa_column=Column(Float, nullable=False))
    method: str | None = Field(sa_column=_text(null=True))


class MergeRow(SQLModel, table=True):
    """A work that turned out to be another one. Rows are never deleted."""

    __tablename__ = "merge"
    __table_args__ = (Index(None, "work_id"),)
    id: int | None = Field(default=None, sa_column=_key())
    work_id: int = Field(sa_column=_ref("work", null=False))
    into_id: int = Field(sa_column=_ref("work", null=False))
    reason: str = Field(sa_column=_text())
    by_whom: str = Field(sa_column=_text())
    at: str = Field(sa_column=_text())
    comments: str = Field(sa_column=_text())  # JSON list: the comments that went with it
    undone_at: str | None = Field(sa_column=_text(null=True))


class TakedownRow(SQLModel, table=True):
    """A text that is not to be shown, not to be archived again, or destroyed, and why. Rows are never deleted."""

    __tablename__ = "takedown"
    __table_args__ = (Index(None, "work_id", "lifted_at"),)
    id: int | None = Field(default=None, sa_column=_key())
    work_id: int = Field(sa_column=_ref("work", null=False))
    level: str = Field(sa_column=_text())  # hide, refuse, destroy
    thread: int  # 1: the comments of the post, too, also those to come
    reason: str = Field(sa_column=_text())
    by_whom: str = Field(sa_column=_text())
    at: str = Field(sa_column=_text())
    done_at: str | None = Field(sa_column=_text(null=True))  # NULL: what it asks for is not all done yet
    lifted_at: str | None = Field(sa_column=_text(null=True))  # undone, or a stricter one has taken its place


class TakedownCaptureRow(SQLModel, table=True):
    """A capture that holds a text that was taken down; by a takedown of level destroy, its bytes are no more."""

    __tablename__ = "takedown_capture"
    capture_id: int = Field(sa_column=Column(Big, ForeignKey("capture.id"), primary_key=True, autoincrement=False))
    takedown_id: int = Field(
        sa_column=Column(Big, ForeignKey("takedown.id"), primary_key=True, autoincrement=False, index=True)
    )
