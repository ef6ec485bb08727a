"""One work, several witnesses: REST is the better witness for text and parents, HTML proves what readers saw.

The best witness gives the text, each field comes from the best witness that tells it, and where they disagree the
disagreement is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from operator import is_
from typing import Any, Literal, NamedTuple, TypeVar

import orjson

from collation.normalise import clean_text, fingerprint, legible, meta_digests, text_sha256
from variorum.digests import sha256_hex
from variorum.records import Comment, Content, Page, Removed, Thread, Witness, WitnessKind
from variorum.times import to_rfc3339

RANK: Mapping[WitnessKind, int] = {"rest": 0, "feed": 1, "html": 2}

#: Fields whose change is a change of the work. `modified` is not among them: it moves when nothing else does.
POST_FIELDS = ("title", "authors", "published", "tags", "categories")
#: What is told also when it is empty: an untitled post has no title, whatever its theme prints in place of one.
_TELLS_EMPTY: Mapping[WitnessKind, frozenset[str]] = {
    "rest": frozenset(("title", "tags", "categories")),
    "feed": frozenset(("title",)),
    "html": frozenset(),
}
_MIXED_IN_FEEDS = frozenset(("tags", "categories"))
COMMENT_FIELDS = ("author", "author_url", "published", "parent")
_Seen = TypeVar("_Seen", Page, Comment)


@dataclass(frozen=True, slots=True)
class SeenPage:
    """A post or page as one witness shows it, and the captures that it was read from."""

    page: Page
    capture_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SeenComment:
    """A comment as one witness shows it, and the captures that it was read from."""

    comment: Comment
    witness: WitnessKind
    capture_ids: tuple[int, ...]
    extractor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """What all witnesses of one visit say together."""

    content: Content
    witnesses: tuple[Witness, ...]
    state: Literal["open", "protected"] = "open"
    suspect: bool = False
    native_id: str | None = None
    url: str = ""


class _TextDigests(NamedTuple):
    """The two identities of a text."""

    sha256: str
    fingerprint: str


class _Digests(dict[str, _TextDigests]):
    """Text → its digests, each made once: the witnesses of one work mostly tell the very same text."""

    def __missing__(self, text: str) -> _TextDigests:
        made = self[text] = _TextDigests(text_sha256(text), fingerprint(text))
        return made


def reconcile_page(seen: Sequence[SeenPage]) -> Reconciled:
    """Put together what witnesses say of one post.

    Args:
        seen: At least one; of several of one kind the first counts. One that shows only a part (a summary, one page
            of several) gives no text unless there is no other; of such ones the longest does.
    """
    by_kind: dict[WitnessKind, SeenPage] = {}
    seen = _with_partial_feeds([SeenPage(_legible(item.page), item.capture_ids) for item in seen])
    for item in sorted(seen, key=_trust):
        by_kind.setdefault(item.page.witness, item)
    ranked = sorted(by_kind.values(), key=_trust)
    best = ranked[0].page
    digests = _Digests()
    meta, sources, told = _fields(ranked)
    whole = [item for item in ranked if not item.page.partial] or ranked[:1]
    text = clean_text(best.text)
    extra = {
        "authors": meta["authors"] or [],
        "published": meta["published"],
        "modified": _first(ranked, lambda page: page.modified and to_rfc3339(page.modified)),
        "lang": _first(ranked, lambda page: page.lang),
        "tags": meta["tags"] or [],
        "categories": meta["categories"] or [],
        "platform": _first(ranked, lambda page: page.platform),
        "links": [[link.url, link.text] for link in best.links],
        "images": [[image.url, image.text] for image in best.images],
        "removed": [_removed(cut) for item in ranked for cut in item.page.removed],
        "warnings": sorted({warning for item in ranked for warning in item.page.warnings}),
        "sources": {name: _source(name, by_kind[kind].page) for name, kind in sources.items()},
        "disagreements": _disagreements(whole, told, digests),
        "extractor": best.extractor,
        "score": best.score,
        "suspect": best.suspect,
        "text_witness": best.witness,
    }
    return Reconciled(
        content=Content(
            title=str(meta["title"] or ""),
            text=text,
            markdown=best.markdown,
            text_sha256=digests[text].sha256,
            fingerprint=digests[text].fingerprint,
            meta=extra,
        ),
        witnesses=tuple(
            Witness(
                kind=item.page.witness,
                capture_ids=item.capture_ids,
                extractor=item.page.extractor,
                text_sha256="" if item.page.partial and item.page is not best else digests[item.page.text].sha256,
                fingerprint="" if item.page.partial and item.page is not best else digests[item.page.text].fingerprint,
                meta=meta_digests(_compared(told[item.page.witness]), whole=item.page.witness == "rest")
                | (meta_digests({"title": told["feed"]["title"]}, whole=True) if item.page.witness == "feed" else {}),
            )
            for item in ranked
        ),
        state="protected" if any(item.page.state == "protected" for item in ranked) else "open",
        suspect=best.suspect,
        native_id=_first(ranked, lambda page: page.native_id),
        url=best.url,
    )


def _trust(item: SeenPage) -> tuple[bool, int, int]:
    page = item.page
    return page.partial, -len(page.text) if page.partial else 0, RANK[page.witness]


def _with_partial_feeds(seen: Sequence[SeenPage]) -> list[SeenPage]:
    """Return what was seen, a feed as partial where the HTML is that of several pages: it holds the first alone."""
    if not any(item.page.witness == "html" and (item.page.partial or len(item.capture_ids) > 1) for item in seen):
        return list(seen)
    return [
        SeenPage(replace(item.page, partial=True), item.capture_ids) if item.page.witness == "feed" else item
        for item in seen
    ]


def _legible(seen: _Seen) -> _Seen:
    """Return a page or a comment without halves of surrogate pairs in any of its texts.

    They are looked for by writing it as JSON in UTF-8, which takes a fifth of the time of a look at each text.
    """
    try:
        orjson.dumps(seen, default=repr)
    except TypeError:
        mended: _Seen = _mended(seen)
        return mended
    return seen


def _mended(value: Any) -> Any:
    """Return a value with all its texts legible; the very value where they are.

    A thread is left as it is: its comments come one by one.
    """
    if isinstance(value, str):
        return legible(value)
    if isinstance(value, tuple):
        told = tuple(map(_mended, value))
        return value if all(map(is_, told, value)) else told
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is None or isinstance(value, Thread):
        return value
    held = ((name, getattr(value, name)) for name in names)
    changed = {name: new for name, old in held if (new := _mended(old)) is not old}
    return replace(value, **changed) if changed else value


def _removed(cut: Removed) -> dict[str, Any]:
    return {
        "kind": cut.kind,
        "rule": cut.rule,
        "chars": len(cut.text),
        "sha256": sha256_hex(cut.text),
        "text": cut.text,
    }


def _told_by(page: Page) -> dict[str, Any]:
    return {
        "title": " ".join(page.title.split()),
        "authors": [{"name": person.name, "url": person.url} for person in page.authors],
        "published": page.published and to_rfc3339(page.published),
        "tags": sorted(page.tags),
        "categories": sorted(page.categories),
    }


def _compared(told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what counts as a change: an author's name does, the link that one theme puts on it does not."""
    return {**told, "authors": [person["name"] for person in told["authors"]]}


def _fields(
    ranked: Sequence[SeenPage],
) -> tuple[dict[str, Any], dict[str, WitnessKind], dict[WitnessKind, dict[str, Any]]]:
    """Return the value of each field, the witness that it came from, and what each witness told.

    A feed mixes tags and categories: it tells neither where another witness does, and what another calls a category
    is no tag.
    """
    told = {item.page.witness: _told_by(item.page) for item in ranked}
    by_rank = sorted(ranked, key=lambda item: RANK[item.page.witness])
    values: dict[str, Any] = dict.fromkeys(POST_FIELDS)
    sources: dict[str, WitnessKind] = {}
    for name in POST_FIELDS:
        for item in by_rank if name not in _MIXED_IN_FEEDS else sorted(by_rank, key=_is_feed):
            value = told[item.page.witness][name]
            if value not in (None, "", []) or name in _TELLS_EMPTY[item.page.witness]:
                values[name], sources[name] = value, item.page.witness
                break
    if sources.get("tags") == "feed" and sources.get("categories") != "feed":
        values["tags"] = [tag for tag in values["tags"] if tag not in (values["categories"] or ())]
    return values, sources, told


def _is_feed(item: SeenPage) -> bool:
    return item.page.witness == "feed"


def _source(name: str, page: Page) -> str:
    """Return the witness of a field and, where it says so, which of its words: "rest", "html/json-ld"."""
    return "/".join(filter(None, (page.witness, page.sources.get(name))))


def _disagreements(
    whole: Sequence[SeenPage], told: Mapping[WitnessKind, Mapping[str, Any]], digests: _Digests
) -> list[dict[str, Any]]:
    best = whole[0].page
    found: list[dict[str, Any]] = [
        {"field": other.field, f"{item.page.witness}/{other.source}": other.value}
        for item in whole
        for other in item.page.disagreements
    ]
    for item in whole[1:]:
        page = item.page
        one_text, other_text = digests[best.text], digests[page.text]
        if one_text.fingerprint != other_text.fingerprint:
            found.append({"field": "text", best.witness: one_text.sha256, page.witness: other_text.sha256})
        for name in ("title", "published"):
            one, other = told[best.witness][name], told[page.witness][name]
            if one and other and one != other and fingerprint(str(one)) != fingerprint(str(other)):
                found.append({"field": name, best.witness: one, page.witness: other})
        names = [[person["name"] for person in told[kind]["authors"]] for kind in (best.witness, page.witness)]
        if all(names) and names[0] != names[1]:
            found.append({"field": "authors", best.witness: names[0], page.witness: names[1]})
    return found


def _first(ranked: Sequence[SeenPage], get: Callable[[Page], Any]) -> Any:
    return next((value for item in ranked if (value := get(item.page))), None)


def join_pages(pages: Sequence[Page]) -> Page:
    """Join the pages of one post into one; the first tells all but text, links, images and what was removed.

    Args:
        pages: At least one, in order.
    """
    return replace(
        pages[0],
        text="\n".join(page.text for page in pages if page.text),
        markdown="\n\n".join(page.markdown for page in pages if page.markdown),
        links=tuple(link for page in pages for link in page.links),
        images=tuple(image for page in pages for image in page.images),
        removed=tuple(cut for page in pages for cut in page.removed),
        warnings=tuple(dict.fromkeys(warning for page in pages for warning in page.warnings)),
        suspect=any(page.suspect for page in pages),
        thread=next((page.thread for page in pages if page.thread is not None), None),
        partial=False,
        next_pages=(),
    )


def reconcile_comment(seen: Sequence[SeenComment]) -> Reconciled:
    """Put together what witnesses say of one comment.

    Args:
        seen: At least one; of several of one kind the first counts.
    """
    by_kind: dict[WitnessKind, SeenComment] = {}
    for item in seen:
        if item.witness not in by_kind:
            mended = _legible(item.comment)
            by_kind[item.witness] = item if mended is item.comment else replace(item, comment=mended)
    # a feed is the poorest witness of a comment: it has no parents; but a classic theme shows no text of a ping
    rank = {"rest": 0, "html": 1, "feed": 2}
    ranked = sorted(by_kind.values(), key=lambda item: (not item.comment.text, rank[item.witness]))
    best = ranked[0].comment
    text = clean_text(best.text)
    digests = _Digests()
    published = next((at for item in ranked if (at := item.comment.published)), None)
    parents = [item.comment.parent_id for item in ranked if item.comment.parent_known]
    disagreements: list[dict[str, Any]] = []
    for item in ranked[1:]:
        if digests[item.comment.text].fingerprint != digests[text].fingerprint:
            told_texts: dict[str, Any] = {
                ranked[0].witness: digests[text].sha256,
                item.witness: digests[item.comment.text].sha256,
            }
            disagreements.append({"field": "text", **told_texts})
        if item.comment.parent_known and ranked[0].comment.parent_known and item.comment.parent_id != best.parent_id:
            told: dict[str, Any] = {ranked[0].witness: best.parent_id, item.witness: item.comment.parent_id}
            disagreements.append({"field": "parent", **told})
    meta = {
        "author": next((item.comment.author for item in ranked if item.comment.author), ""),
        "author_url": next((url for item in ranked if (url := item.comment.author_url)), None),
        "published": _rfc3339(published),
        "parent": parents[0] if parents else None,
        "kind": next((item.comment.kind for item in ranked if item.comment.kind != "comment"), "comment"),
        "permalink": next((url for item in ranked if (url := item.comment.permalink)), None),
        "by_author": any(item.comment.by_author for item in ranked),
        "disagreements": disagreements,
        "text_witness": ranked[0].witness,
    }
    return Reconciled(
        content=Content(text=text, text_sha256=digests[text].sha256, fingerprint=digests[text].fingerprint, meta=meta),
        witnesses=tuple(
            Witness(
                kind=item.witness,
                capture_ids=item.capture_ids,
                extractor=item.extractor,
                text_sha256=digests[item.comment.text].sha256,
                fingerprint=digests[item.comment.text].fingerprint,
                meta=meta_digests(_comment_told(item.comment)),
            )
            for item in ranked
        ),
        native_id=best.native_id,
        url=str(meta["permalink"] or ""),
    )


def _comment_told(comment: Comment) -> dict[str, Any]:
    return {
        "author": comment.author,
        "published": _rfc3339(comment.published),
        "parent": comment.parent_id if comment.parent_known else None,
    }


def _rfc3339(at: datetime | None) -> str | None:
    return to_rfc3339(at) if at is not None else None
