"""A theme that the rules cannot read: the alarm sounds, and nothing is laid to the author's charge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli.main import variorum
from flows import quality as watching
from flows.steps import ingest
from storage.archive import Archive
from tests.flows.blog import Blog, Post
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
