"""From what was seen to what is to be written: what comments are known by, and what a run tells of a small blog."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows import steps
from flows.collating import comment_keys
from storage.archive import Archive
from storage.rows import Work
from tests.flows.blog import Blog, Remark
from variorum.records import Comment, Report
from variorum.settings import Settings

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def blog() -> Iterator[Blog]:
    with Blog() as blog:
        yield blog


def ingest(folder: Path, blog: Blog) -> Report:
    return steps.ingest(str(folder), blog.url, Settings())


def comments_of(folder: Path, blog: Blog, number: int) -> list[Work]:
    with Archive.open(folder) as archive:
        post = archive.find_work(blog.root + blog.post(number).path)
        return [work for work in archive.works() if work.work_type == "comment" and work.post_id == post.id]


def test_comments_without_ids_are_known_by_what_they_say_and_their_number_among_equals() -> None:
    told = [
        Comment(native_id=None, text="+1", author="Ann", published=AT),
        Comment(native_id="7", text="+1", author="Ann", published=AT),
        Comment(native_id=None, text="+1", author="Ann", published=AT),
        Comment(native_id=None, text="+1", author="Ben", published=AT),
        Comment(native_id=None, text="+1", author="Ann", published=AT),
    ]
    keys = list(comment_keys(told))
    assert keys[1] == "7"
    assert len(set(keys)) == 5
    assert all(key.startswith("~") for key in keys if key != "7")
    assert list(comment_keys(told[:3])) == keys[:3], "what comes after an equal one takes no key away"


def test_equal_comments_without_ids_are_two(blog: Blog, tmp_path: Path) -> None:
    blog.offers, blog.is_wordpress = {"sitemap"}, False
    blog.post(1).comments = [Remark(None, "Ann", "Me too."), Remark(None, "Ann", "Me too."), Remark(None, "Ben", "هنا")]
    ingest(tmp_path, blog)
    assert len(comments_of(tmp_path, blog, 1)) == 3
    assert set(ingest(tmp_path, blog).comments) == {"same"}
    del blog.post(1).comments[0]
    for _ in range(2):
        ingest(tmp_path, blog)
    assert sorted(work.state for work in comments_of(tmp_path, blog, 1)) == ["gone", "open", "open"]


def test_an_edit_of_a_comment_without_an_id_is_one_gone_and_one_come(blog: Blog, tmp_path: Path) -> None:
    blog.offers, blog.is_wordpress = {"sitemap"}, False
    blog.post(1).comments = [Remark(None, "Ann", "Me too.")]
    ingest(tmp_path, blog)
    blog.post(1).comments[0].text = "Not me."
    for _ in range(2):
        ingest(tmp_path, blog)
    assert sorted(work.state for work in comments_of(tmp_path, blog, 1)) == ["gone", "open"]


def test_a_post_behind_a_password_is_counted_as_such(blog: Blog, tmp_path: Path) -> None:
    blog.post(2).password = True
    first, second = ingest(tmp_path, blog), ingest(tmp_path, blog)
    assert (first.found, first.posts, first.comments) == (3, {"first": 2, "protected": 1}, {"first": 2})
    assert (second.found, second.posts, second.comments) == (3, {"same": 2, "protected": 1}, {"same": 2})
    assert second.vouched == 3, "the listings vouch for it"
    blog.post(2).password = False
    assert ingest(tmp_path, blog).posts == {"first": 1, "same": 2}


def test_a_feed_alone_does_not_archive_the_form_of_a_protected_post(blog: Blog, tmp_path: Path) -> None:
    blog.offers = {"feed"}
    blog.post(2).password = True
    blog.broken.add(blog.post(2).path)
    report = ingest(tmp_path, blog)
    assert report.posts == {"first": 2, "protected": 1}
