"""A real WordPress whose listers are off but for one: each alone finds what it can know, and takes nothing away.

What is off answers 404 in a double of `Fetcher.fetch`, as with a plugin that switches it off; what is on is real.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows import steps
from storage.archive import Archive
from tests.flows.truth import folded, public_comments, public_posts
from tests.lab import Lab
from variorum.records import Exchange, Fetched, Report, Request
from variorum.settings import Settings
from variorum.times import parse_time, utc_now

pytestmark = [pytest.mark.lab, pytest.mark.slow]

ALL = frozenset(("rest", "feed", "sitemap"))

#: Nothing but REST tells whose a static page is and of when, for no theme prints it.
UNPRINTED = {"author of the page", "date of the page"}


def blind(lister: str, theme: str) -> set[str]:
    """Return the facts that a lister cannot know, even with the HTML of what it lists.

    A feed lists no static page; links lead to one where the theme has a menu, as block themes do.
    """
    if lister == "feed" or (lister == "links" and theme == "twentytwentyone"):
        return {"the page"}
    return UNPRINTED if lister in ("sitemap", "links") else set()


def kind_of(url: str) -> str:
    """Return which lister an address belongs to, "" for a page that readers see."""
    if "/wp-json/" in url or "rest_route=" in url:
        return "rest"
    return "feed" if "/feed/" in url else "sitemap" if "sitemap" in url else ""


def offering(fetch: Callable[..., Fetched], on: set[str]) -> Callable[..., Fetched]:
    """Return a `fetch` that finds all listers switched off but those in *on*, which may change between two runs."""

    def refusing(self: object, request: Request) -> Fetched:
        kind = kind_of(request.url)
        if not kind or kind in on:
            return fetch(self, request)
        body = b"<html><title>Not found</title><body><p>Nothing is here.</p></body></html>"
        head = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body)
        exchange = Exchange(
            url=request.url,
            role=request.role,
            requested_at=utc_now(),
            duration_s=0.0,
            request=b"GET / HTTP/1.1\r\n\r\n",
            response=head + body,
            status=404,
            headers=(("Content-Type", "text/html"),),
            body=body,
        )
        return Fetched(exchanges=(exchange,))

    return refusing


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The listers that are switched on."""
    listers: set[str] = set(ALL)
    monkeypatch.setattr("flows.steps.Fetcher.fetch", offering(steps.Fetcher.fetch, listers))
    return listers


def switch(on: set[str], lister: str) -> None:
    """Leave one lister on; with "links" none, with "all" all."""
    on.clear()
    on.update(ALL if lister == "all" else {lister} & ALL)


@pytest.fixture(scope="module", params=["twentytwentyone", "twentytwentythree"], ids=["classic", "block"])
def wordpress(request: pytest.FixtureRequest) -> Any:
    """A seeded WordPress that nobody changes, with a classic and a block theme."""
    with Lab(os.environ["VARIORUM_LAB"], f"alone-{os.getpid()}-{request.param}") as site:
        site.start(theme=request.param, posts=14, hot=30)
        site.info["theme"] = request.param
        yield site


def unknown(folder: str, truth: dict[str, Any]) -> set[str]:
    """Return the facts that the archive does not tell as the platform does; "" stands for no difference at all."""
    found: set[str] = set()
    with Archive.open(folder) as archive:
        works = list(archive.works())
        posts = {work.native_id: work for work in works if work.work_type != "comment" and work.versions}
        comments = {work.native_id for work in works if work.work_type == "comment"}
        assert posts.keys() <= {str(post["id"]) for post in public_posts(truth)}
        assert comments <= {str(comment["id"]) for comment in public_comments(truth)}
        for post in public_posts(truth):
            name = "the page" if post["type"] == "page" else f"post {post['id']}"
            work = posts.get(str(post["id"]))
            if work is None:
                found.add(name)
                continue
            [version] = archive.versions(work.id)
            told = {
                "text": (folded(post["text"]), folded(version.text)),
                "title": (folded(post["title"]), folded(version.title)),
                "author": ([post["author"]], [person["name"] for person in version.meta["authors"]]),  # type: ignore[attr-defined]
                "date": (parse_time(post["date_gmt"]), _time(version.meta["published"])),
            }
            if post["type"] == "page" or post["title"]:
                found |= {f"{fact} of {name}" for fact, (wanted, is_) in told.items() if wanted != is_}
            else:  # a theme and a feed may print a word in place of a title that is none
                found |= {f"{f} of {name}" for f, (wanted, is_) in told.items() if f != "title" and wanted != is_}
        found |= {f"comment {c['id']}" for c in public_comments(truth) if str(c["id"]) not in comments}
        assert all(len(archive.versions(work.id)) == 1 for work in works if work.versions)
        assert all(work.state != "gone" for work in works)
    return found


def _time(value: object) -> object:
    return parse_time(value) if isinstance(value, str) else None


def opened(report: Report) -> dict[str, int]:
    """Return what a run recorded of changes, posts and comments together."""
    quiet = ("same", "protected")
    return {kind: n for told in (report.posts, report.comments) for kind, n in told.items() if kind not in quiet}


@pytest.mark.parametrize("lister", ["rest", "feed", "sitemap", "links"])
def test_one_lister_is_enough(wordpress: Lab, tmp_path: Path, on: set[str], lister: str) -> None:
    folder, truth = str(tmp_path / "archive"), wordpress.truth()
    switch(on, lister)
    for turn in range(2):
        report = steps.ingest(folder, wordpress.url, Settings())
        assert report.failed == ()
        assert turn == 0 or opened(report) == {}, f"turn {turn}"
        assert unknown(folder, truth) == blind(lister, wordpress.info["theme"])


def test_feeds_are_read_page_by_page(wordpress: Lab, tmp_path: Path, on: set[str]) -> None:
    switch(on, "feed")
    steps.ingest(str(tmp_path / "archive"), wordpress.url, Settings())
    asked = {request["uri"] for request in wordpress.requests()}
    assert {"/feed/", "/feed/?paged=2", "/feed/?paged=3"} <= asked, "ten, the rest, no more"


@pytest.mark.parametrize(
    "turns",
    [
        "all links all feed all",
        "feed rest feed",
        "links rest sitemap all",
    ],
)
def test_switching_listers_off_and_on_changes_nothing(wordpress: Lab, tmp_path: Path, on: set[str], turns: str) -> None:
    """No version, no tombstone, no twin: like is compared with like, and a work is known by its number."""
    folder, truth, unknown_before = str(tmp_path / "archive"), wordpress.truth(), set[str]()
    for turn, lister in enumerate(turns.split()):
        switch(on, lister)
        report = steps.ingest(folder, wordpress.url, Settings())
        assert report.failed == (), lister
        late = {"first": 1} if turn == 1 and "the page" in unknown_before else {}
        assert turn == 0 or opened(report) == late, f"turn {turn}, {lister}: {opened(report)}"
        unknown_before = unknown(folder, truth)
    assert unknown(folder, truth) <= UNPRINTED


def test_a_change_is_told_by_whoever_is_on(tmp_path: Path, on: set[str]) -> None:
    """REST told the first text, its absence does not hide the edits; its return does not tell them once more."""
    with Lab(os.environ["VARIORUM_LAB"], f"alone-{os.getpid()}-changed") as site:
        site.start(theme="twentytwentythree", posts=8, hot=24)
        folder = str(tmp_path / "archive")
        steps.ingest(folder, site.url, Settings())
        for lister in ("feed", "sitemap", "links", "rest", "all"):
            site.mutate("edit-post", post=4, how="add")
            site.mutate("add-comment", post=5, text=f"Heard without the others: {lister}.", author="Ann")
            for turn in range(2):
                switch(on, lister)
                told = opened(steps.ingest(folder, site.url, Settings()))
                assert told == ({"source": 1, "first": 1} if turn == 0 else {}), lister
            switch(on, "all")
            assert opened(steps.ingest(folder, site.url, Settings())) == {}, f"all after {lister}"
