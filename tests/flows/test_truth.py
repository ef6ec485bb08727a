"""The main job against a real WordPress: what was public at an ingest stands in the archive, and nothing else does."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from flows import steps
from storage.archive import Archive
from tests.flows.truth import Comparison, Truth, folded, never_public
from tests.lab import Lab
from variorum.records import Exchange, Fetched, Report, Request
from variorum.settings import Settings
from variorum.times import utc_now

pytestmark = [pytest.mark.lab, pytest.mark.slow]

Mutation = tuple[str, dict[str, object]]

#: What changes between one ingest and the next; posts by number, as the lab seeds them.
ROUNDS: tuple[tuple[Mutation, ...], ...] = (
    (
        ("edit-post", {"post": 4, "how": "add"}),
        ("edit-post", {"post": 5, "how": "update-note"}),
        ("edit-post", {"post": 6, "how": "number"}),
        ("edit-post", {"post": 8, "how": "cosmetic"}),
        ("touch-post", {"post": 9}),
        ("retitle", {"post": 11, "title": "Why we keep more than paper — & “quotes”"}),
    ),
    (
        ("slug", {"post": 12, "slug": "weather-in-winter"}),
        ("redate", {"post": 13}),
        ("edit-post", {"post": 14, "how": "rewrite"}),
        ("edit-post", {"post": 15, "how": "drop"}),
        ("edit-post", {"post": 28, "content": "Back on Friday."}),
        ("close-comments", {"post": 16}),
    ),
    (
        ("add-comment", {"post": 7, "count": 3}),
        ("add-comment", {"post": 10, "text": "Somebody answered after all. 日本語も。", "author": "Ann"}),
        ("edit-comment", {"comment": 2, "text": "The tram was number 66, I looked it up."}),
        ("delete-comment", {"comment": 3}),
        ("spam-comment", {"comment": 171}),
        ("hold-comment", {"comment": 185}),
    ),
    (("theme", {"theme": "twentytwentytwo"}), ("locale", {"locale": "fr_FR"}), ("furniture", {"kind": "highlander"})),
    (
        ("trash-post", {"post": 18}),
        ("gone-post", {"post": 20}),
        ("erase-post", {"post": 21}),
        ("password", {"post": 22}),
        ("private", {"post": 23}),
        ("unpublish", {"post": 24}),
    ),
    (),
    (
        ("untrash-post", {"post": 18}),
        ("unpassword", {"post": 22}),
        ("republish", {"post": 24}),
        ("undelete-comment", {"comment": 3}),
        ("erase-comment", {"comment": 172}),
        ("open-comments", {"post": 16}),
    ),
    (
        ("add-post", {"lang": "ja", "title": "新しい灯台", "slug": "new-light"}),
        ("add-post", {"lang": "ar"}),
        ("edit-post", {"post": 4, "how": "drop"}),
    ),
    (("storm", {"count": 20, "seed": 3}),),
    (("option", {"name": "comments_per_page", "value": "7"}), ("option", {"name": "posts_per_rss", "value": "4"})),
    (
        ("theme", {"theme": "twentytwentythree"}),
        ("furniture", {"kind": "jetpack"}),
        ("storm", {"count": 15, "seed": 5}),
    ),
    (("furniture", {"kind": "verbum"}), ("locale", {"locale": "en_US"})),
)


def run(
    lab: Lab, folder: str, rounds: tuple[tuple[Mutation, ...], ...], ingest: Callable[[], Report]
) -> tuple[list[tuple[datetime, Truth]], list[Report]]:
    """Ingest, change the blog, ingest again, and so on; return the truth at each ingest, and the reports."""
    told, reports = [], []
    for mutations in ((), *rounds):
        for action, values in mutations:
            lab.mutate(action, **values)
        reports.append(ingest())
        told.append((utc_now(), lab.truth()))
    return told, reports


@pytest.fixture
def lab_site() -> Iterator[Lab]:
    """A WordPress of the test's own: every one changes it."""
    with Lab(os.environ["VARIORUM_LAB"], f"truth-{os.getpid()}-{secrets.token_hex(3)}") as site:
        yield site


@pytest.mark.parametrize(
    ("theme", "locale"),
    [("twentytwentyone", "en_US"), ("twentytwentythree", "de_DE"), ("twentytwentytwo", "ja")],
)
def test_archive_is_what_the_platform_showed(lab_site: Lab, tmp_path: Path, theme: str, locale: str) -> None:
    lab_site.start(theme=theme, locale=locale)
    folder = str(tmp_path / "archive")
    told, reports = run(lab_site, folder, ROUNDS, lambda: steps.ingest(folder, lab_site.url, Settings()))
    with Archive.open(folder) as archive:
        verdict = Comparison(archive, told).run()
        print(f"{theme} {locale}: {verdict.compared} facts compared, {len(verdict.differences)} differ")
        assert verdict.differences == [], "\n".join(verdict.differences)
        assert verdict.compared > 10_000
        everything = " ".join(folded(json.dumps(record, ensure_ascii=False)) for record in archive.records())
        assert [
            text for text in never_public([truth for _, truth in told]) if json.dumps(text)[1:-1] in everything
        ] == []
        assert archive.check(deep=True) == []
    assert all(not report.failed for report in reports), [report.failed for report in reports if report.failed]


def test_without_rest_nothing_is_lost(lab_site: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plugin that switches REST off answers as this double does; feeds, sitemaps and pages are the real ones."""
    lab_site.start(theme="twentytwentyone")
    folder = str(tmp_path / "archive")
    monkeypatch.setattr("flows.steps.Fetcher.fetch", without_rest(steps.Fetcher.fetch))
    told, _ = run(lab_site, folder, ROUNDS, lambda: steps.ingest(folder, lab_site.url, Settings()))
    with Archive.open(folder) as archive:
        verdict = Comparison(archive, told, rest=False).run()
        print(
            f"without REST: {verdict.compared} facts, {len(verdict.differences)} differ, "
            f"{verdict.parents_differ} parents differ, {verdict.late} known to be gone one ingest later"
        )
        assert verdict.differences == [], "\n".join(verdict.differences)


def without_rest(fetch: Callable[..., Fetched]) -> Callable[..., Fetched]:
    """Return a `fetch` that finds the REST interface switched off."""

    def refusing(self: object, request: Request) -> Fetched:
        if "/wp-json/" not in request.url:
            return fetch(self, request)
        body = b'{"code":"rest_disabled","message":"REST is switched off","data":{"status":401}}'
        head = b"HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        exchange = Exchange(
            url=request.url,
            role=request.role,
            requested_at=utc_now(),
            duration_s=0.0,
            request=b"GET / HTTP/1.1\r\n\r\n",
            response=head + body,
            status=401,
            headers=(("Content-Type", "application/json"),),
            body=body,
        )
        return Fetched(exchanges=(exchange,))

    return refusing
