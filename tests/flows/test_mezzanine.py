"""A blog whose pages are never byte-identical and tell their dates in words alone: no false version."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import steps
from storage.archive import Archive
from tests.flows.truth import folded
from tests.lab import Lab
from variorum.settings import Settings

pytestmark = [pytest.mark.lab, pytest.mark.slow]


@pytest.fixture
def blog() -> Iterator[Lab]:
    """A Mezzanine of the test's own."""
    with Lab(os.environ["VARIORUM_LAB"], f"mezzanine-{os.getpid()}-{secrets.token_hex(3)}", "mezzanine") as site:
        yield site.start()


def test_three_ingests_without_a_change_make_one_version(blog: Lab, tmp_path: Path) -> None:
    folder = str(tmp_path / "archive")
    for _ in range(3):
        report = steps.ingest(folder, blog.url, Settings())
        assert report.failed == ()
    truth = blog.truth()
    with Archive.open(folder) as archive:
        works = list(archive.works())
        kinds = {tuple(version.kind for version in archive.versions(work.id)) for work in works}
        assert kinds == {("first",)}
        posts = {work.url: archive.version_at(work.id) for work in works if work.work_type == "post"}
        shown = [post for post in truth["posts"] if post["public"]]
        told = {version.title: folded(version.text) for version in posts.values() if version}
        assert {post["title"]: folded(post["text"]) for post in shown} == told
        comments = {work.native_id: archive.version_at(work.id) for work in works if work.work_type == "comment"}
        public = {str(comment["id"]): comment for comment in truth["comments"] if comment["public"]}
        assert comments.keys() == public.keys()
        for native_id, version in comments.items():
            assert version is not None
            assert folded(version.text) == folded(public[str(native_id)]["text"])


def test_an_edit_and_a_comment_make_one_version_each(blog: Lab, tmp_path: Path) -> None:
    folder = str(tmp_path / "archive")
    steps.ingest(folder, blog.url, Settings())
    post = next(post for post in blog.truth()["posts"] if post["public"])
    blog.mutate("edit-post", post=post["id"], how="add")
    blog.mutate("add-comment", post=post["id"], text="One more voice.", author="Ann")
    report = steps.ingest(folder, blog.url, Settings())
    assert (report.posts.get("source"), report.comments.get("first")) == (1, 1)
