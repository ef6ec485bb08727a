"""Compare an archive with what a blog platform itself says that it showed: the judge of the main job."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage.archive import Archive
from storage.rows import Version, Work
from variorum.times import parse_time

Truth = Mapping[str, Any]
Record = Mapping[str, Any]


@dataclass
class Verdict:
    """What was compared and what differs."""

    compared: int = 0
    differences: list[str] = field(default_factory=list)
    parents_differ: int = 0
    late: int = 0  #: comments that were known to be gone one ingest later

    def expect(self, what: str, expected: object, found: object) -> None:
        """Compare one fact."""
        self.compared += 1
        if expected != found:
            self.differences.append(f"{what}: the platform says {expected!r:.300}, the archive {found!r:.300}")


def folded(text: str) -> str:
    """White space does not count: the platform's export puts a whole code block on one line."""
    return re.sub(r"\s+", " ", text).strip()


def public_posts(truth: Truth) -> Iterator[Record]:
    """Yield the posts that anybody may read."""
    return (post for post in truth["posts"] if post["public"] and not post.get("password"))


def public_comments(truth: Truth) -> Iterator[Record]:
    """Yield the comments that anybody may read: approved ones under public posts."""
    posts = {post["id"] for post in public_posts(truth)}
    return (comment for comment in truth["comments"] if comment["public"] and comment["post"] in posts)


def shown_comments(truth: Truth) -> Iterator[Record]:
    """Yield the comments that a page shows: WordPress leaves out answers to a comment that it hides."""
    public = {comment["id"]: comment for comment in public_comments(truth)}
    for comment in public.values():
        parent = comment["parent"]
        while parent and parent in public:
            parent = public[parent]["parent"]
        if not parent:
            yield comment


class Comparison:
    """An archive beside the platform's own word at each ingest.

    With `rest` false, the platform's REST interface was switched off: parents that differ are counted, not held
    against the archive; what readers do not see is not expected; a comment may be known to be gone one ingest later,
    when its page was seen without it twice.
    """

    def __init__(self, archive: Archive, ingests: Sequence[tuple[datetime, Truth]], *, rest: bool = True) -> None:
        self.archive, self.ingests, self.rest = archive, ingests, rest
        self.verdict = Verdict()
        works = list(archive.works())
        self.posts = {work.native_id: work for work in works if work.work_type != "comment"}
        self.comments = {work.native_id: work for work in works if work.work_type == "comment"}
        self.by_id = {work.id: work for work in works}
        self.states: dict[tuple[str, str], list[object]] = defaultdict(list)

    def run(self) -> Verdict:
        """Compare everything."""
        for at, truth in self.ingests:
            shown = {str(post["id"]): post for post in public_posts(truth)}
            for native_id in sorted(shown.keys() | self.posts.keys(), key=str):
                self._post(at, str(native_id), shown.get(str(native_id)))
            list_of = public_comments if self.rest else shown_comments
            told = {str(comment["id"]): comment for comment in list_of(truth)}
            for native_id in sorted(told.keys() | self.comments.keys(), key=str):
                self._comment(at, str(native_id), told.get(str(native_id)))
        for kind, works in (("post", self.posts), ("comment", self.comments)):
            for native_id in {number for told_kind, number in self.states if told_kind == kind}:
                self._versions(kind, native_id, works.get(native_id))
        return self.verdict

    def _at(self, work: Work | None, at: datetime) -> Version | None:
        """Return the version that stood at a time, None if none stood."""
        version = self.archive.version_at(work.id, at) if work else None
        return None if version is None or version.kind == "gone" else version

    def _post(self, at: datetime, native_id: str, post: Record | None) -> None:
        work, expect = self.posts.get(native_id), self.verdict.expect
        version, name = self._at(work, at), f"post {native_id} at {at:%H:%M:%S}"
        told = post and (folded(post["title"]), folded(post["text"]), post["date_gmt"], post["author"], *post["tags"])
        self.states["post", native_id].append(told)
        expect(f"{name} stands", post is not None, version is not None)
        if post is None or version is None or work is None:
            return
        expect(f"{name} text", folded(post["text"]), folded(version.text))
        if self.rest or post["title"]:  # a page and a feed may print a word in place of a title that is none
            expect(f"{name} title", folded(post["title"]), folded(version.title))
        if self.rest or work.work_type == "post":  # themes print neither author nor date of a static page
            expect(f"{name} author", [post["author"]], [person["name"] for person in version.meta["authors"]])  # type: ignore[attr-defined]
            expect(f"{name} date", parse_time(post["date_gmt"]), _time(version.meta["published"]))

    def _comment(self, at: datetime, native_id: str, comment: Record | None) -> None:
        work, expect = self.comments.get(native_id), self.verdict.expect
        version, name = self._at(work, at), f"comment {native_id} at {at:%H:%M:%S}"
        told = self.states["comment", native_id]
        told.append(comment and (comment["text"], comment["author"]))
        if comment is None and version is not None and not self.rest and len(told) > 1 and told[-2] is not None:
            self.verdict.late += 1
            return
        expect(f"{name} stands", comment is not None, version is not None)
        if comment is None or version is None or work is None:
            return
        expect(f"{name} text", folded(comment["text"]), folded(version.text))
        expect(f"{name} author", folded(comment["author"]), folded(str(version.meta["author"])))
        expect(f"{name} date", parse_time(comment["date_gmt"]), _time(version.meta["published"]))
        parent = self.by_id[work.parent_id].native_id if work.parent_id else None
        wanted = str(comment["parent"]) if comment["parent"] else None
        if self.rest:
            expect(f"{name} parent", wanted, parent)
        elif wanted != parent:
            self.verdict.parents_differ += 1

    def _versions(self, kind: str, native_id: str, work: Work | None) -> None:
        """Count: a work has as many versions as it had states, one after another; anything more is a false version."""
        told = self.states[kind, native_id]
        changes = [now for before, now in zip([None, *told], told, strict=False) if now != before]
        versions = self.archive.versions(work.id) if work else []
        kinds = [version.kind for version in versions]
        if not self.rest and len(kinds) == len(changes) - 1 and told[-1] is None:
            return  # gone since the last ingest: the next one will know
        self.verdict.expect(f"{kind} {native_id} versions {kinds}", len(changes), len(kinds))


def never_public(truths: Sequence[Truth]) -> set[str]:
    """Return texts that were never to be seen by the public: of held, spam, trashed, draft, private, future works."""
    shown = " ".join(
        folded(record["text"]) for truth in truths for record in (*public_posts(truth), *public_comments(truth))
    )
    texts = {folded(record["text"])[:80] for truth in truths for record in (*truth["posts"], *truth["comments"])}
    return {text for text in texts if text and text not in shown}


def _time(value: object) -> datetime | None:
    return parse_time(value) if isinstance(value, str) else None
