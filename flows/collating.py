"""From what was seen of a post and its thread to what is to be written: the seam between extraction and storage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from collation.decide import decide, decide_absent
from collation.normalise import fingerprint
from collation.reconcile import Reconciled, SeenComment, SeenPage, reconcile_comment, reconcile_page
from flows.discovery import Listed, Listing
from flows.reading import HtmlView
from flows.visiting import Seen, captures_of, visits_of
from storage.writer import KnownWork
from variorum.digests import sha256_hex
from variorum.records import Comment, Decision, Known, Page, WitnessKind, WorkUpdate, is_retired

_RANK: Mapping[WitnessKind, int] = {"rest": 0, "html": 1, "feed": 2}  #: whose word on parents is best


@dataclass(slots=True)
class Told:
    """What one visit says of a post and its thread."""

    kind: str  #: of the decision about the post; "other" where no post was there, "protected" behind a password
    post: WorkUpdate | None = None
    comments: list[WorkUpdate] = field(default_factory=list)
    listed_by_rest: bool = False
    thread_moved: bool = False  #: a feed counts other comments than it did last time
    excuses_failure: bool = False  #: the failed fetch was an answer: the work is gone

    @property
    def updates(self) -> list[WorkUpdate]:
        """All that is to be written, the post first."""
        return [*([self.post] if self.post else []), *self.comments]


def collate_post(
    source_id: int, listed: Listed | None, known: KnownWork | None, view: HtmlView | None, listing: Listing
) -> Told:
    """Decide what is to be recorded of a post that a lister or its own page tells of."""
    if known is not None and view is not None and view.first.status in (404, 410) and _only_feed(listed):
        return _absent(source_id, known, view, other_view="sitemap" in listing.complete)
    told = _fresh(listed, known, view)
    seen = [SeenPage(page, captures_of(document)) for page, document in told]
    documents = [document for _, document in told]
    if view is not None and view.page is not None:
        seen.append(SeenPage(view.page, captures_of(*view.page_documents)))
        documents.extend(view.documents)
    if not seen:
        if known is not None and view is not None:
            return _absent(source_id, known, view, other_view=False)
        return Told("error" if view is not None and not view.first.found else "other")
    said = reconcile_page(seen)
    decision = decide(known.known if known else None, said)
    native_id = said.native_id or (listed.native_id if listed else None)
    post = WorkUpdate(
        source_id=source_id,
        work_id=known.known.work_id if known else None,
        work_type="page" if any(page.page.work_type == "page" for page in seen) else "post",
        native_id=native_id,
        url=said.url,
        observed_at=_latest(documents),
        decision=decision,
        visit_ids=visits_of(*documents),
        aliases=_aliases(said, listed, view),
        state="gone" if decision.kind == "gone" and said.state == "open" else said.state,
        comments=known.comments if known else None,
    )
    counted = known.comments.get("feed_claimed") if known and known.comments else None
    shut = said.state == "protected" and decision.kind == "same"
    return Told(
        "protected" if shut else decision.kind,
        post,
        listed_by_rest=listed is not None and "rest" in listed.listers,
        thread_moved=listed is not None and listed.claimed is not None and listed.claimed != counted,
    )


def _fresh(listed: Listed | None, known: KnownWork | None, view: HtmlView | None) -> list[tuple[Page, Seen]]:
    """Return what the listers tell today.

    Where the page itself was fetched, a feed that only answered 304 adds nothing to what it was heard to say before.
    If it was not heard, because the run died that fetched it, it adds all but the text: WordPress answers 304 also
    where a text was changed without a new date, and the page is a witness of today.
    """
    told = list(listed.pages) if listed else []
    if view is None or view.page is None:
        return told
    witnesses = known.known.witnesses if known else ()
    heard = {number for witness in witnesses if witness.kind == "feed" for number in witness.capture_ids}
    fresh = []
    for page, seen in told:
        if page.witness != "feed" or seen.exchange.status != 304:
            fresh.append((page, seen))
        elif not heard.issuperset(captures_of(seen)):
            fresh.append((replace(page, partial=True), seen))
    return fresh


def _only_feed(listed: Listed | None) -> bool:
    """Return whether feeds alone tell of a work.

    A feed is no proof that a work still stands: WordPress answers 304 after a deletion, because the newest change that
    it knows of is older than the one that it told before.
    """
    return listed is not None and listed.listers <= {"feed"}


def tell_absent(
    source_id: int, known: KnownWork, view: HtmlView | None, listing: Listing, same_as: int | None = None
) -> Told:
    """Decide about a known post that no lister tells of any more.

    Args:
        source_id: Whose.
        known: The post.
        view: What its address answered.
        listing: Says which listers were read to their end.
        same_as: The other work that its address leads to, and that says the same.
    """
    if view is None:
        return Told("missing")
    kinds = {witness.kind for witness in known.known.witnesses}
    listed_before = ("rest" in kinds and "rest" in listing.complete) or "sitemap" in listing.complete
    return _absent(source_id, known, view, other_view=listed_before, same_as=same_as)


def _absent(source_id: int, known: KnownWork, view: HtmlView, *, other_view: bool, same_as: int | None = None) -> Told:
    first = view.first
    if first.status not in (404, 410) and not first.found:
        return Told("error")
    if first.found:
        reason = f"its address leads to {first.url}" if first.url != view.url else "its address shows no post"
    else:
        reason = f"the server answers {first.status}"
    reason += " and it is listed no more" if other_view else ""
    decision = decide_absent(known.known, reason=reason, views=1 + other_view, definite=first.status == 410)
    if decision.kind == "gone" and same_as is not None:
        decision = replace(decision, kind="merged")
    update = WorkUpdate(
        source_id=source_id,
        work_id=known.known.work_id,
        work_type=known.known.work_type,
        native_id=known.known.native_id,
        url=known.url,
        observed_at=first.exchange.requested_at,
        decision=decision,
        visit_ids=visits_of(first),
        state=_state_of(decision, known.known),
        comments=known.comments,
        merged_into=same_as if decision.kind == "merged" else None,
    )
    return Told(decision.kind, update, excuses_failure=True)


def _state_of(decision: Decision, known: Known) -> Literal["gone", "merged", "missing"]:
    if decision.kind == "merged":
        return "merged"
    return "gone" if decision.kind == "gone" or known.state == "gone" else "missing"


def _latest(documents: Iterable[Seen]) -> datetime:
    return max(document.exchange.requested_at for document in documents)


def _aliases(said: Reconciled, listed: Listed | None, view: HtmlView | None) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    if listed is not None:
        found[listed.url] = "listed"
    if view is not None:
        found.setdefault(view.url, "listed")
        found.setdefault(view.first.url, "redirect")
        if view.page is not None:
            found.setdefault(view.page.url, "canonical")
    found.pop(said.url, None)
    return tuple(found.items())


# ------------------------------------------------------------------------------------------------ threads
def collate_comments(
    told: Told,
    listed: Listed | None,
    known: KnownWork | None,
    held: Sequence[Known],
    view: HtmlView | None,
    listing: Listing,
) -> Told:
    """Add to *told* what is to be recorded of the post's comments.

    Args:
        told: What was decided about the post.
        listed: With the comments that REST and feeds told.
        known: The post as the archive knows it.
        held: The comments that the archive has of this post.
        view: With the comments that readers saw; None if the post's page was not fetched.
        listing: Says which listers were read to their end.
    """
    if told.post is None or told.kind == "merged":  # then the thread goes on below the other post
        return told
    if told.post.state in ("gone", "protected"):
        _close_thread(told, held)
        return told
    groups = _by_comment(listed, view)
    by_id = _by_key(held, groups)
    rest_whole = "rest-comments" in listing.complete
    html_whole = view is not None and view.thread_seen and view.thread_complete
    for key in [key for key, group in groups.items() if _is_stale(group, by_id.get(key), rest_whole, html_whole)]:
        del groups[key]
    shown = {comment.work_id for key, comment in by_id.items() if key in groups}
    order = sorted(groups, key=lambda key: _order(groups[key][0][0], key))
    for position, key in enumerate(order):
        told.comments.append(_collate_comment(told.post, key, groups[key], by_id.get(key), position))
    for comment in held:
        if comment.work_id in shown or comment.state == "gone":
            continue
        kinds = {witness.kind for witness in comment.witnesses}
        views = ("rest" in kinds and rest_whole) + ("html" in kinds and html_whole)
        if views:
            told.comments.append(_absent_comment(told.post, comment, views, "it is not in its thread any more"))
    told.post = _with_thread(told, listed, known, view, rest_whole=rest_whole, html_whole=html_whole)
    return told


def _by_key(
    held: Sequence[Known], groups: Mapping[str, list[tuple[Comment, WitnessKind, Seen]]]
) -> dict[str | None, Known]:
    """Return the comments that are held by their native ids; those of a platform that was left by what they say."""
    found = {comment.native_id: comment for comment in held}
    waiting: dict[str, list[Known]] = {}
    for comment in held:
        if is_retired(comment.native_id) and comment.head is not None:
            waiting.setdefault(comment.head.fingerprint, []).append(comment)
    if waiting:
        for key, group in groups.items():
            if key not in found and (alike := waiting.get(fingerprint(group[0][0].text))):
                found[key] = alike.pop(0)
    return found


def _is_stale(
    group: list[tuple[Comment, WitnessKind, Seen]], known: Known | None, rest_whole: bool, html_whole: bool
) -> bool:
    """Return whether a feed alone still shows a comment that a complete view does not show any more."""
    if any(kind != "feed" for _, kind, _ in group):
        return False
    kinds = {witness.kind for witness in known.witnesses} if known else set()
    return html_whole or (rest_whole and "rest" in kinds)


def _by_comment(listed: Listed | None, view: HtmlView | None) -> dict[str, list[tuple[Comment, WitnessKind, Seen]]]:
    told: list[tuple[Comment, WitnessKind, Seen]] = list(listed.comments) if listed else []
    if view is not None:
        told.extend((comment, "html", seen) for comment, seen in view.comments)
        told.extend((comment, "feed", seen) for comment, seen in view.pings)
    groups: dict[str, list[tuple[Comment, WitnessKind, Seen]]] = {}
    documents: dict[tuple[WitnessKind, int], list[tuple[Comment, Seen]]] = {}
    for comment, kind, seen in told:
        documents.setdefault((kind, id(seen)), []).append((comment, seen))
    for (kind, _), shown in documents.items():
        for key, (comment, seen) in zip(comment_keys([comment for comment, _ in shown]), shown, strict=True):
            group = groups.setdefault(key, [])
            if all(kind != other for _, other, _ in group):  # a comment page and the post's own may both show it
                group.append((comment, kind, seen))
    return groups


def comment_keys(comments: Iterable[Comment]) -> Iterator[str]:
    """Yield what to know each comment of one document by: its native id, or what stands for one.

    Where the markup has none, that is a digest of author, date and text, and of how many of the very same stand before
    it: two equal comments are two. An edit of such a comment shows as one gone and another one come: there is nothing
    to tell it by.
    """
    before: Counter[str] = Counter()
    for comment in comments:
        if comment.native_id is not None:
            yield comment.native_id
            continue
        told = f"{comment.author}\n{comment.published}\n{comment.text}"
        digest = sha256_hex(f"{told}\n{before[told]}" if told in before else told)
        before[told] += 1
        yield f"~{digest[:20]}"


def _order(comment: Comment, key: str) -> tuple[object, ...]:
    at = comment.published.timestamp() if comment.published else float("inf")
    return (at, int(key)) if key.isdecimal() else (at, comment.position)


def _collate_comment(
    post: WorkUpdate, key: str, group: list[tuple[Comment, WitnessKind, Seen]], known: Known | None, position: int
) -> WorkUpdate:
    said = reconcile_comment([SeenComment(comment, kind, captures_of(seen)) for comment, kind, seen in group])
    by_rank = sorted(group, key=lambda item: (not item[0].parent_known, _RANK[item[1]]))
    best, shown = by_rank[0][0], next((comment for comment, kind, _ in group if kind == "html"), group[0][0])
    return WorkUpdate(
        source_id=post.source_id,
        work_id=known.work_id if known else None,
        work_type="comment",
        native_id=key,
        url=next((comment.permalink for comment, _, _ in by_rank if comment.permalink), f"{post.url}#{key}"),
        observed_at=_latest(seen for _, _, seen in group),
        decision=decide(known, said),
        visit_ids=visits_of(*(seen for _, _, seen in group)),
        post_work_id=post.work_id,
        post_native_id=post.native_id,
        parent_native_id=best.parent_id,
        depth=shown.depth,
        position=position,
    )


def _close_thread(told: Told, held: Sequence[Known]) -> None:
    assert told.post is not None
    reason = "its post is gone" if told.post.state == "gone" else "its post asks for a password"
    for comment in held:
        if comment.state != "gone":
            told.comments.append(_absent_comment(told.post, comment, 2, reason))


def _absent_comment(post: WorkUpdate, comment: Known, views: int, reason: str) -> WorkUpdate:
    decision: Decision = decide_absent(comment, reason=reason, views=views)
    return WorkUpdate(
        source_id=post.source_id,
        work_id=comment.work_id,
        work_type="comment",
        native_id=comment.native_id,
        url="",  # its address stays
        observed_at=post.observed_at,
        decision=decision,
        visit_ids=post.visit_ids,
        post_work_id=post.work_id,
        post_native_id=post.native_id,
        state="gone" if decision.kind == "gone" else "missing",
    )


def _with_thread(
    told: Told,
    listed: Listed | None,
    known: KnownWork | None,
    view: HtmlView | None,
    *,
    rest_whole: bool,
    html_whole: bool,
) -> WorkUpdate:
    assert told.post is not None
    before = dict(known.comments or {}) if known else {}
    shown = sum(update.state == "open" for update in told.comments)
    thread = view.page.thread if view is not None and view.page is not None else None
    return replace(
        told.post,
        comments={
            "seen": shown if view is not None or rest_whole else before.get("seen", shown),
            "claimed": thread.claimed if thread is not None else before.get("claimed"),
            "complete": html_whole or rest_whole or (view is None and bool(before.get("complete"))),
            "feed_claimed": listed.claimed if listed and listed.claimed is not None else before.get("feed_claimed"),
        },
    )
