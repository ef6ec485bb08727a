"""What the rings hand to one another. Values only: frozen, comparable, picklable, no behaviour but derivation.

All times are aware UTC `datetime`; text is NFC `str` with one block (paragraph, heading, list item, table row) a line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

WorkType = Literal["post", "page", "comment"]
#: Who tells of a work, best witness first: the platform's API, its feeds, the HTML that readers saw.
WitnessKind = Literal["rest", "feed", "html"]
#: Kinds that open a version (DESIGN §3.4).
VersionKind = Literal["first", "source", "metadata", "technical", "gone", "restored", "flap", "merged", "takedown"]
#: Kinds of versions that say nothing: the text stands no more, or is told elsewhere.
WORDLESS = frozenset(("gone", "merged", "takedown"))
#: Kinds that leave a visit and nothing else.
QuietKind = Literal["same", "boilerplate", "format", "encoding", "error", "missing", "suspect"]
_OPENING = frozenset(get_args(VersionKind))
#: How far a takedown goes: the text is not shown; nor archived again; nor kept.
TakedownLevel = Literal["hide", "refuse", "destroy"]
#: exact: the same text. duplicate: all but the same. variant: each holds half of the other, or most of it with words
#: changed. excerpt: the shorter one is part of the longer one.
LikeKind = Literal["exact", "duplicate", "variant", "excerpt"]
#: original: the first that said it. crosspost: a copy by the same blog or author; syndicated: one by another. excerpt:
#: a part of another one in the group.
LikeRole = Literal["original", "syndicated", "excerpt", "crosspost"]


#: Before the number that a work had on a platform which the blog has left: "was:blogger:12".
_RETIRED = "was:"


def retired(native_id: str, platform: str | None) -> str:
    """Return what a native id is called once its platform counts no more."""
    return f"{_RETIRED}{platform or ''}:{native_id}"


def is_retired(native_id: str | None) -> bool:
    """Return whether a native id is one of a platform that the blog has left."""
    return native_id is not None and native_id.startswith(_RETIRED)


# --------------------------------------------------------------------------------------------- sources
@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A blog that is watched."""

    id: int
    slug: str  #: short unique name, from the host
    url: str  #: home page when it was added, canonical: what its records name it by
    name: str | None = None
    platform: str | None = None  #: "wordpress", "mezzanine", …; None until recognised
    settings: Mapping[str, object] = field(default_factory=dict)  #: rest_root, feeds, sitemaps, …: what discovery found
    every_s: int | None = None  #: seconds between ingests, None: only by hand
    added_at: datetime | None = None
    last_ingest_at: datetime | None = None

    @property
    def home(self) -> str:
        """Its home page now: another one than `url` where the blog has moved."""
        return str(self.settings.get("home") or self.url)


# --------------------------------------------------------------------------------------------- fetching
@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET to be made."""

    url: str
    role: str = "page"  #: why it is fetched: robots, home, rest-posts, rest-comments, feed, sitemap, page, thread
    etag: str | None = None  #: validators to send, as the server gave them
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One attempt to fetch one URL, with the exact bytes of both messages. A failure is an exchange too.

    `request` and `response` are what came over the wire after TLS (chunk framing and content coding left in); `body`
    is the payload with both removed, empty when there was none. `error` is None when a whole response came.
    """

    url: str
    role: str
    requested_at: datetime
    duration_s: float
    request: bytes = b""
    response: bytes = b""
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()  #: names as sent, values decoded as latin-1
    body: bytes = b""
    address: str | None = None  #: IP address of the server
    error: str | None = None  #: "timeout: …", "refused by robots.txt: …", "truncated: …"; one line
    transient: bool = False  #: worth another attempt: timeout, 429, 5xx
    redirect_to: str | None = None  #: absolute URL of a 3xx answer

    def header(self, name: str) -> str | None:
        """Return the first header of that name, case-blind."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def ok(self) -> bool:
        """A whole 2xx response with a body that may be extracted from."""
        return self.error is None and self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The answer to one request: every hop, robots.txt included where it had to be read, in order of time."""

    exchanges: tuple[Exchange, ...]  #: at least one

    @property
    def final(self) -> Exchange:
        """The exchange that answers the request: the last hop."""
        return self.exchanges[-1]


# --------------------------------------------------------------------------------------------- extraction
@dataclass(frozen=True, slots=True)
class Person:
    """An author as the page names them."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """Something that was stripped, and by which rule: `kept + removed` gives the input again.

    `start` and `end` are character offsets into the input text where it was plain text, None where a node of a
    tree was cut.
    """

    kind: str  #: comment_form, share, like, related, navigation, byline, footer, cookie, subscribe, comment_list, other
    rule: str  #: name of the rule, e.g. "wordpress/jp-relatedposts"
    text: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An outgoing link or an image of the article: absolute URL, and its text or alternative text."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What a page says of one of its fields in another place than the one that was believed."""

    field: str  #: title, authors, published
    source: str  #: which of the page's words: json-ld, meta, byline, text, …
    value: str  #: names are joined by "; ", times are RFC 3339


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment as one witness shows it."""

    native_id: str | None  #: the platform's own id; None where the markup has none
    text: str
    author: str = ""
    author_url: str | None = None
    published: datetime | None = None  #: aware UTC; None where the page tells no date, or only a relative one
    parent_id: str | None = None  #: native id of the comment that this one answers
    parent_known: bool = True  #: False where the witness cannot tell (a feed, a flat list)
    depth: int = 0  #: 0 for a comment on the post itself
    position: int = 0  #: order of appearance in the thread, from 0
    permalink: str | None = None
    kind: Literal["comment", "pingback", "trackback"] = "comment"
    by_author: bool = False  #: written by the post's author, where the page says so
    post_id: str | None = None  #: native id of the post, where the witness tells (REST)
    post_url: str | None = None  #: permalink of the post, where the witness tells (feeds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The part of a comment thread that one document shows."""

    comments: tuple[Comment, ...] = ()
    claimed: int | None = None  #: how many the page says there are
    complete: bool = True  #: this document shows all of it: no other comment page, nothing cut
    closed: bool | None = None
    other_pages: tuple[str, ...] = ()  #: absolute URLs of further comment pages that the document links to


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One work (post or static page) as one witness shows it, with what the document tells about its thread."""

    witness: WitnessKind
    url: str  #: permalink: canonical where told, else where it was fetched
    extractor: str  #: module that made it and its revision, e.g. "wordpress/1", "generic/1", "rest/1"
    work_type: Literal["post", "page", "other"] = "post"  #: "other": a listing, a home page, an error page
    state: Literal["open", "protected"] = "open"  #: protected: a password form stands where the text would
    native_id: str | None = None
    platform: str | None = None
    title: str = ""
    authors: tuple[Person, ...] = ()
    published: datetime | None = None
    published_on: date | None = None  #: the day on which readers saw it appear, in the page's own zone, where it tells
    modified: datetime | None = None
    lang: str | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    text: str = ""
    markdown: str = ""
    links: tuple[Link, ...] = ()
    images: tuple[Link, ...] = ()
    removed: tuple[Removed, ...] = ()
    thread: Thread | None = None  #: None: this document says nothing about comments
    partial: bool = False  #: a summary or one page of several; never opens a version by itself
    #: title, authors, published → which of the page's words told it: "json-ld", "h1", "byline", …; absent where unknown
    sources: Mapping[str, str] = field(default_factory=dict)
    disagreements: tuple[Disagreement, ...] = ()
    next_pages: tuple[str, ...] = ()  #: further pages of the same post ("/2/"), absolute, in order
    warnings: tuple[str, ...] = ()
    suspect: bool = False
    score: float = 1.0  #: 0 to 1: how likely the text is the whole article and nothing else


# --------------------------------------------------------------------------------------------- collation
@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What one witness said of a work, in digests: enough to tell whether it says the same next time."""

    kind: WitnessKind
    capture_ids: tuple[int, ...]  #: the captures it was read from, in order
    extractor: str
    text_sha256: str  #: hex, over the NFC text
    fingerprint: str  #: hex, over the canonical words (collation/normalise.py)
    #: field → short digest of its value, only for fields that this witness told: title, authors, published, tags,
    #: categories; for comments author, published, parent. A field that is not told has not changed.
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a version says: the reconciled best of all witnesses."""

    title: str = ""
    text: str = ""
    markdown: str = ""
    text_sha256: str = ""
    fingerprint: str = ""
    #: JSON-ready: authors, published, modified, lang, tags, categories, links, images, removed, platform, warnings,
    #: disagreements; for comments author, author_url, published, kind, permalink, by_author
    meta: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownText:
    """A version as far as a decision needs it."""

    version_id: int
    number: int
    kind: VersionKind
    text_sha256: str
    fingerprint: str
    text_len: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the archive holds of a work."""

    work_id: int
    work_type: WorkType
    native_id: str | None
    state: Literal["open", "gone", "protected", "missing"]
    head: KnownText | None  #: current version, None if none was ever seen open
    older: tuple[KnownText, ...] = ()  #: earlier versions, newest first (flap looks there)
    witnesses: tuple[Witness, ...] = ()  #: the last word of each kind of witness
    absences: int = 0  #: complete views without it since it was last seen
    pending_sha256: str | None = None  #: text of a suspect extraction that waits for a second visit
    parent_work_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is to be recorded about a work after a visit. `opens` says whether it is a version."""

    kind: VersionKind | QuietKind
    content: Content | None = None  #: of the version to open; None for quiet kinds and gone
    witnesses: tuple[Witness, ...] = ()  #: the new last words, all kinds
    same_text_as: int | None = None  #: version id, for flap and restored
    reason: str | None = None  #: for people: "404 and no longer listed", "password"
    absences: int = 0
    pending_sha256: str | None = None

    @property
    def opens(self) -> bool:
        """Whether this decision opens a version."""
        return self.kind in _OPENING


@dataclass(frozen=True, slots=True, kw_only=True)
class LikePost:
    """A post whose text is like that of others, as far as its role among them depends on it."""

    work_id: int
    source_id: int
    said_at: str  #: when it was published, or first seen where that is earlier or all that is known; sorts as text
    authors: frozenset[str] = frozenset()  #: names without case


@dataclass(frozen=True, slots=True, kw_only=True)
class LikeLink:
    """Two posts whose texts are alike."""

    low_id: int  #: the work with the lower number
    high_id: int
    kind: LikeKind
    jaccard: float  #: shingles of both by shingles of either
    containment: float  #: shingles of both by those of the text that has fewer
    method: str  #: what the kind was told by: text_sha256, jaccard/5, containment/5, containment/3
    shorter_id: int | None = None  #: excerpt: which of the two is part of the other

    def other(self, work_id: int) -> int:
        """Return the other end."""
        return self.high_id if work_id == self.low_id else self.low_id

    @property
    def similarity(self) -> float:
        """How alike, 0 to 1: by what it was told."""
        return self.containment if self.method.startswith("containment") else self.jaccard


@dataclass(frozen=True, slots=True, kw_only=True)
class LikePlace:
    """The place of a post in the group of those that say the same."""

    work_id: int
    group_id: int  #: lowest work of the group
    exact_id: int | None  #: lowest work of those with the very same text; None where it is alone with its text
    role: LikeRole
    of_id: int | None  #: the work that it is compared with: the original if they are linked; None for the original
    similarity: float  #: to that one; 1 for the original
    method: str | None


# --------------------------------------------------------------------------------------------- storage
@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A stored exchange."""

    id: int
    url: str
    capture_id: int | None  #: None when no response came
    unchanged: bool  #: the payload equals the one of the visit of this URL before it
    exchange: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkUpdate:
    """All that one ingest step says about one work; storage writes it in one transaction with its batch."""

    source_id: int
    work_id: int | None  #: None: a new work
    work_type: WorkType
    native_id: str | None
    url: str
    observed_at: datetime  #: when the response came that this rests on
    decision: Decision
    visit_ids: tuple[int, ...] = ()  #: evidence
    post_work_id: int | None = None  #: comments: the post
    post_native_id: str | None = None  #: comments whose post is new in the same batch
    parent_native_id: str | None = None
    depth: int = 0
    position: int = 0
    aliases: tuple[tuple[str, str], ...] = ()  #: (url, reason): redirect, canonical, permalink
    comments: Mapping[str, object] | None = None  #: posts: {"seen": n, "claimed": n|None, "complete": bool}
    state: Literal["open", "gone", "protected", "missing", "merged"] = "open"
    merged_into: int | None = None  #: decisions of kind merged: the work that it is the same as
    merged_by: str = "the blog"  #: who says so; a blog does by a redirect


# --------------------------------------------------------------------------------------------- reports
@dataclass(frozen=True, slots=True)
class Outcome:
    """How one page ended."""

    url: str
    status: int | None
    kind: str  #: first, source, …, same, error
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an ingest did, in numbers and, where something went wrong, page by page."""

    source: str
    started_at: datetime
    ended_at: datetime
    found: int = 0  #: posts and pages that the listers told of
    fetched: int = 0  #: requests made
    not_modified: int = 0  #: answered 304 or with the payload known
    vouched: int = 0  #: pages not fetched because a complete listing vouched that nothing changed
    posts: Mapping[str, int] = field(default_factory=dict)  #: decision kind → number
    comments: Mapping[str, int] = field(default_factory=dict)
    failed: tuple[Outcome, ...] = ()
    warnings: tuple[str, ...] = ()
    capped: int = 0  #: pages left for the next run because of --limit
    bytes_received: int = 0
