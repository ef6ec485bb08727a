"""Compare an archive with what a blog platform itself says that it showed: the judge of the main job."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.archive import Archive
from variorum.times import parse_time

Truth = Mapping[str, Any]


@dataclass
class Verdict:
    """What was compared and what differs."""

    compared: int = 0
    differences: list[str] = field(default_factory=list)
    parents_differ: int = 0

    def expect(self, what: str, expected: object, found: object) -> None:
        self.compared += 1
        if expected != found:
            self.differences.append(f"{what}: the platform says {expected!r:.300}, the archive {found!r:.300}")


def folded(text: str) -> str:
    """White space does not count: the platform's export puts a whole code block on one line."""
    return re.sub(r"\s+", " ", text).strip()


def public_posts(truth: Truth) -> Iterator[Mapping[str, Any]]:
    """Yield the posts that anybody may read."""
    return (post for post in truth["posts"] if post["public"] and not post.get("password"))


def public_comments(truth: Truth) -> Iterator[Mapping[str, Any]]:
    """Yield the comments that anybody may read: approved ones under public posts."""
    posts = {post["id"] for post in public_posts(truth)}
    return (comment for comment in truth["comments"] if comment["public"] and comment["post"] in posts)


def state_of(record: Mapping[str, Any] | None) -> object:
    """Return what counts of a post or comment, None where it does not stand."""
    if record is None:
        return None
    return (folded(record["title"]) if "title" in record else record["author"], folded(record["text"]))


def compare(
    archive: Archive, ingests: Sequence[tuple[datetime, Truth]], *, parents: bool = True, dates: bool = True
) -> Verdict:
    """Compare the archive as of each ingest with the truth that stood at it.

    Args:
        archive: Of one WordPress source.
        ingests: (end of an ingest, the platform's own export at that time), in order of time.
        parents: False where the witness cannot tell parents: they are counted, not held against the archive.
    """
    verdict = Verdict()
    posts = {work.native_id: work for work in archive.works(work_type="post")}
    posts |= {work.native_id: work for work in archive.works(work_type="page")}
    comments = {work.native_id: work for work in archive.works(work_type="comment")}
    by_work = {work.id: work for work in comments.values()}
    states: dict[tuple[str, str], list[object]] = defaultdict(list)
    for at, truth in ingests:
        shown = {str(post["id"]): post for post in public_posts(truth)}
        for native_id in shown.keys() | posts.keys():
            post, work = shown.get(native_id or ""), posts.get(native_id)
            version = archive.version_at(work.id, at) if work else None
            name = f"post {native_id} at {at:%H:%M:%S}"
            states["post", str(native_id)].append(
                state_of(post) and (*state_of(post), post["date_gmt"], post["author"], *post["tags"])
            )
            if post is None:
                verdict.expect(f"{name} stands", False, version is not None and version.kind != "gone")
                continue
            verdict.expect(f"{name} stands", True, version is not None and version.kind != "gone")
            if version is None:
                continue
            verdict.expect(f"{name} text", folded(post["text"]), folded(version.text))
            verdict.expect(f"{name} title", folded(post["title"]), folded(version.title))
            verdict.expect(f"{name} author", [post["author"]], [person["name"] for person in version.meta["authors"]])
            if dates:
                verdict.expect(f"{name} date", parse_time(post["date_gmt"]), _time(version.meta["published"]))
        told = {str(comment["id"]): comment for comment in public_comments(truth)}
        for native_id in told.keys() | comments.keys():
            comment, work = told.get(native_id or ""), comments.get(native_id)
            version = archive.version_at(work.id, at) if work else None
            name = f"comment {native_id} at {at:%H:%M:%S}"
            states["comment", str(native_id)].append(comment and (comment["text"], comment["author"]))
            verdict.expect(f"{name} stands", comment is not None, version is not None and version.kind != "gone")
            if comment is None or version is None or work is None:
                continue
            verdict.expect(f"{name} text", folded(comment["text"]), folded(version.text))
            verdict.expect(f"{name} author", folded(comment["author"]), folded(str(version.meta["author"])))
            verdict.expect(f"{name} date", parse_time(comment["date_gmt"]), _time(version.meta["published"]))
            parent = by_work[work.parent_id].native_id if work.parent_id else None
            wanted = str(comment["parent"]) if comment["parent"] else None
            if parents:
                verdict.expect(f"{name} parent", wanted, parent)
            elif wanted != parent:
                verdict.parents_differ += 1
    _count_versions(archive, posts, comments, states, verdict)
    return verdict


def _count_versions(archive, posts, comments, states, verdict) -> None:  # type: ignore[no-untyped-def]
    """A work has as many versions as it had states, one after another: anything more is a false version."""
    for (kind, native_id), told in states.items():
        work = (posts if kind == "post" else comments).get(native_id)
        changes = [now for before, now in zip([None, *told], told, strict=False) if now != before]
        versions = archive.versions(work.id) if work else []
        verdict.expect(f"{kind} {native_id} versions {[v.kind for v in versions]}", len(changes), len(versions))


def never_public(truths: Sequence[Truth]) -> set[str]:
    """Return texts that were never to be seen by the public: of held, spam, trashed, draft, private, future works."""
    shown = " ".join(
        folded(record["text"]) for truth in truths for record in (*public_posts(truth), *public_comments(truth))
    )
    hidden = set()
    for truth in truths:
        for record in (*truth["posts"], *truth["comments"]):
            text = folded(record["text"])[:80]
            if text and text not in shown:
                hidden.add(text)
    return hidden


def _time(value: object) -> datetime | None:
    return parse_time(value) if isinstance(value, str) else value  # type: ignore[return-value]
