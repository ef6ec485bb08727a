"""A theme that the rules cannot read: the alarm sounds, and nothing is laid to the author's charge."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lxml import html

from cli.main import variorum
from extractors import page as pages
from fetchers import Fetcher
from flows import quality as watching
from flows.steps import ingest
from storage.archive import Archive
from tests.flows.blog import Blog, Post
from tests.lab import Lab
from variorum.records import Exchange, Fetched, Page, Request
from variorum.settings import Settings

ABOUT = (
    "This blog is kept by the harbour office, which has kept one since the old lighthouse was sold, and it will be "
    "kept by whoever comes after us, for as long as anybody wants to know when the ferry leaves and who was late."
)


def by_script(post: Post, _text: str) -> str:
    """Return a page of a theme that loads the post by a script, beside a paragraph about the blog."""
    return (
        f"<!doctype html><html><head><title>{post.title}</title></head><body><div class='zz'><h1>{post.title}</h1>"
        f"<div id='app'></div><script>load({post.number})</script></div><div class='yy'><p>{ABOUT}</p></div></body>"
    )


@pytest.fixture
def blog() -> Iterator[Blog]:
    with Blog(14) as made:
        made.offers = {"feed", "sitemap"}
        made.per_feed = 5
        yield made


def run(folder: Path, blog: Blog) -> dict[str, int]:
    return dict(ingest(str(folder), blog.url, Settings()).posts)


def quality(folder: Path) -> Any:
    with Archive.open(folder) as archive:
        return archive.status()[0].quality


def versions(folder: Path) -> list[dict[str, Any]]:
    with Archive.open(folder) as archive:
        return list(archive.records())


def test_a_theme_that_no_rule_knows_sounds_the_alarm(blog: Blog, tmp_path: Path) -> None:
    run(tmp_path, blog)
    assert quality(tmp_path)["drift"] is None
    assert quality(tmp_path)["agreement"] == 1.0
    before = [record["record_id"] for record in versions(tmp_path)]
    blog.theme = by_script
    run(tmp_path, blog)
    told = quality(tmp_path)
    assert told["agreement"] < 0.1
    assert "fell from 1.00 to 0.0" in told["drift"]
    status = CliRunner().invoke(variorum, ["--archive", str(tmp_path), "status"]).output
    assert "its pages are read worse than before, since 2" in status
    assert "the agreement of its pages with feeds or REST fell" in status
    spoken = json.loads(CliRunner().invoke(variorum, ["--archive", str(tmp_path), "status", "--json"]).output)
    assert spoken["quality"]["drift"] == told["drift"]
    since = told["since"]
    run(tmp_path, blog)
    assert quality(tmp_path)["since"] == since
    blog.theme = None
    run(tmp_path, blog)
    assert quality(tmp_path)["drift"] is None
    assert quality(tmp_path)["since"] is None
    assert [record["record_id"] for record in versions(tmp_path)] == before


def test_what_is_read_badly_for_long_is_believed_in_the_end(
    blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "HOLD", 2)
    run(tmp_path, blog)
    blog.theme = by_script
    assert [run(tmp_path, blog) for _ in range(3)] == [{"suspect": 14}, {"suspect": 14}, {"source": 14}]
    assert quality(tmp_path)["drift"] is not None
    changed = [record for record in versions(tmp_path) if record["kind"] == "source"]
    assert all(record["extraction"]["suspect"] for record in changed)


def test_versions_of_such_a_run_are_suspect(blog: Blog, tmp_path: Path) -> None:
    blog.generator = "a feed of five posts, and no more of them"
    run(tmp_path, blog)
    blog.theme = by_script
    known = {record["version_id"] for record in versions(tmp_path)}
    blog.posts.insert(0, Post(99, "An old one found again", ["It was behind the radiator, and it was still warm."]))
    run(tmp_path, blog)
    fresh = [record for record in versions(tmp_path) if record["version_id"] not in known]
    assert [record["title"] for record in fresh] == ["An old one found again"]
    assert fresh[0]["extraction"]["suspect"]
    assert any("read worse than before" in warning for warning in fresh[0]["extraction"]["warnings"])
    assert not any(record["extraction"]["suspect"] for record in versions(tmp_path) if record["version_id"] in known)


def test_rules_that_break_sound_the_alarm(blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, blog)
    extract = pages.extract_page

    def broken(*told: Any, **asked: Any) -> Page:
        page = extract(*told, **asked)
        return replace(page, text="".join(page.text.split()[:3]))

    monkeypatch.setattr(pages, "extract_page", broken)
    run(tmp_path, blog)
    assert "agreement" in quality(tmp_path)["drift"]
    assert {record["kind"] for record in versions(tmp_path)} == {"first"}


def test_with_rest_the_text_is_believed_and_the_alarm_still_sounds(blog: Blog, tmp_path: Path) -> None:
    blog.offers = {"rest", "feed", "sitemap"}
    run(tmp_path, blog)
    blog.theme = by_script
    for post in blog.posts:
        post.pages[0] += " And there was an edit."
    assert run(tmp_path, blog) == {"source": 14}
    assert "agreement" in quality(tmp_path)["drift"]
    assert not any(record["extraction"]["suspect"] for record in versions(tmp_path))


def test_a_quiet_run_leaves_the_last_word_as_it_is(blog: Blog, tmp_path: Path) -> None:
    blog.offers = {"rest", "feed", "sitemap"}
    run(tmp_path, blog)
    before = quality(tmp_path)
    run(tmp_path, blog)
    assert quality(tmp_path) == before


def test_edits_of_a_few_posts_are_believed(blog: Blog, tmp_path: Path) -> None:
    run(tmp_path, blog)
    for post in blog.posts[:5]:
        post.pages[0] += " And there was an edit, which everybody liked."
    assert run(tmp_path, blog) == {"same": 9, "source": 5}
    assert quality(tmp_path)["drift"] is None


def test_an_edit_of_all_posts_waits_for_one_more_visit(blog: Blog, tmp_path: Path) -> None:
    blog.offers = {"sitemap"}
    run(tmp_path, blog)
    for post in blog.posts:
        post.pages[0] += " The harbour office moved to the quay."
    assert run(tmp_path, blog) == {"suspect": 14}
    assert "14 of 14 pages show another text at once" in quality(tmp_path)["drift"]
    assert run(tmp_path, blog) == {"source": 14}
    assert quality(tmp_path)["drift"] is None


# ------------------------------------------------------------------------------------------------ a real WordPress
class Themes:
    """Stands between a real WordPress and the fetcher: REST is off, and its theme may be another one."""

    def __init__(self, fetch: Callable[[Fetcher, Request], Fetched]) -> None:
        self.theme: Callable[[str, str], str] | None = None  #: (title, HTML of the post) → page
        self._fetch = fetch

    def fetch(self, fetcher: Fetcher, request: Request) -> Fetched:
        fetched = self._fetch(fetcher, request)
        final = fetched.final
        if "/wp-json/" in request.url or "rest_route=" in request.url:
            return Fetched(exchanges=(*fetched.exchanges[:-1], _answer(final, 404, b"<p>Nothing is here.</p>")))
        if self.theme is None or request.role not in ("page", "thread") or not final.ok:
            return fetched
        page = html.fromstring(final.body)
        body = next((part for part in page.iter("div") if "entry-content" in (part.get("class") or "")), None)
        if body is None or b"post-password-form" in final.body or b"page-links" in final.body:
            return fetched  # no post, or one of those of which a page must tell more than its text
        inner = (body.text or "") + "".join(html.tostring(part, encoding="unicode") for part in body)
        made = self.theme(page.findtext(".//h1") or "", inner).encode()
        return Fetched(exchanges=(*fetched.exchanges[:-1], _answer(final, 200, made)))


def _answer(exchange: Exchange, status: int, body: bytes) -> Exchange:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body))))
    return replace(exchange, status=status, response=head.encode() + body, headers=headers, body=body)


def unknown_container(title: str, body: str) -> str:
    """Return a page that holds the post where no rule looks for it, beside a paragraph about the blog."""
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><table><tr><td class='q7'><p>{ABOUT}</p></td>"
        f"<td class='k2'><h1>{title}</h1><div class='m4'>{body}</div></td></tr></table></body></html>"
    )


def scripted(title: str, body: str) -> str:
    """Return a page that holds the post in a script alone."""
    shown = json.dumps(body).replace("</", "<\\/")
    return (
        f"<!doctype html><html><head><title>{title}</title></head><body><table><tr><td class='q7'><p>{ABOUT}</p></td>"
        f"<td class='k2'><h1>{title}</h1><script>show({shown})</script></td></tr></table></body></html>"
    )


@pytest.fixture
def themes(monkeypatch: pytest.MonkeyPatch) -> Themes:
    made = Themes(Fetcher.fetch)
    monkeypatch.setattr("flows.steps.Fetcher.fetch", lambda fetcher, request: made.fetch(fetcher, request))  # noqa: PLW0108 - it is bound
    return made


@pytest.mark.lab
@pytest.mark.slow
@pytest.mark.parametrize("theme", [unknown_container, scripted])
def test_a_real_wordpress_that_gets_a_theme_that_no_rule_knows(
    tmp_path: Path, themes: Themes, theme: Callable[[str, str], str]
) -> None:
    with Lab(os.environ["VARIORUM_LAB"], f"alarm-{os.getpid()}-{theme.__name__}") as site:
        site.start(theme="twentytwentyone", posts=14, hot=30)
        ingest(str(tmp_path), site.url, Settings())
        first = quality(tmp_path)
        assert first["drift"] is None
        assert first["agreement"] > 0.95
        assert first["compared"] > 10
        before = {record["work_id"]: record["text"] for record in versions(tmp_path) if record["work_type"] == "post"}
        themes.theme = theme
        ingest(str(tmp_path), site.url, Settings())
        told = quality(tmp_path)
        if theme is scripted:
            assert "the agreement of its pages with feeds or REST fell" in told["drift"]
        else:
            assert told["drift"] or told["agreement"] > 0.85, "the alarm sounds where the rules fail, and only there"
        after = {record["work_id"]: record["text"] for record in versions(tmp_path) if record["work_type"] == "post"}
        assert after == before
