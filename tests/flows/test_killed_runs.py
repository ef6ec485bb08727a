"""A run that dies after its documents were kept and before its works were written: the next one hears 304, and goes on.

The moment is exact here (tests/flows/test_crash.py kills real ingests at random ones): `Writer.write` is the blow.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import steps
from storage.archive import Archive
from storage.writer import Writer
from tests.flows.blog import ALL, Blog, Post, Remark
from variorum.settings import Settings


@pytest.fixture
def blog() -> Iterator[Blog]:
    with Blog() as blog:
        yield blog


def ingest(folder: str, blog: Blog) -> Any:
    return steps.ingest(folder, blog.url, Settings())


def kill_ingest(folder: str, blog: Blog, monkeypatch: pytest.MonkeyPatch, *, writes: int = 0) -> None:
    """Begin an ingest that dies when it is about to write its batch number *writes*, counted from 0."""
    write, left = Writer.write, [writes]

    def dying(self: Writer, *args: Any, **values: Any) -> Any:
        if not left[0]:
            raise KeyboardInterrupt  # the one error after which a run is left as a kill leaves it: not ended
        left[0] -= 1
        return write(self, *args, **values)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Writer, "write", dying)
        ingest(folder, blog)


def told(folder: str) -> list[tuple[Any, ...]]:
    """Return what an archive says, without times and numbers of rows."""
    with Archive.open(folder) as archive:
        names = ("work_type", "native_id", "version_no", "kind", "state", "title", "text", "authors", "tags")
        return sorted(tuple(str(record[name]) for name in names) for record in archive.records())


def change_everything(blog: Blog) -> None:
    """Change one thing of each post; two are left alone, one comes, one goes."""
    blog.post(1).pages[0] += " A line was added."
    blog.post(2).title = "Ein anderer Titel"
    blog.post(3).tags.append("ledger")
    blog.post(4).author = "Bea"
    blog.post(5).comments.append(Remark(205, "Ben", "ما أجمل هذا"))
    blog.post(6).comments[0].text = "I have read it three times."
    blog.post(7).comments.clear()
    blog.post(8).pages[0] += " It goes on."
    blog.post(8).pages.append("This is the second page, where the story of the ledger comes to its end.")
    blog.posts.append(Post(20, "新しい記事", ["港の帳簿には、すべての船の名が記されている。" * 5]))
    blog.posts.remove(blog.post(9))


@pytest.mark.parametrize("offers", [ALL, {"rest"}, {"feed"}, {"sitemap"}, set()], ids=lambda o: "+".join(sorted(o)))
def test_what_a_dead_run_fetched_is_archived_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offers: set[str]
) -> None:
    calm, shaken = str(tmp_path / "calm"), str(tmp_path / "shaken")
    with Blog(11) as blog:
        blog.offers, blog.links_pages = set(offers), False
        for folder in (calm, shaken):
            ingest(folder, blog)
        first = len(told(calm))
        change_everything(blog)
        kill_ingest(shaken, blog, monkeypatch)
        before = len(blog.answers)
        for _ in range(3):  # what is missing is looked for twice
            ingest(shaken, blog)
            ingest(calm, blog)
            assert told(shaken) == told(calm)
        assert 304 in {status for _, status in blog.answers[before:]}
        assert len(told(calm)) == first + 11, "a version for each change; the post that is gone takes its comment along"


def test_a_first_run_that_dies_is_done_by_the_next(blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calm, shaken = str(tmp_path / "calm"), str(tmp_path / "shaken")
    kill_ingest(shaken, blog, monkeypatch)
    assert told(shaken) == []
    ingest(shaken, blog)
    ingest(calm, blog)
    assert told(shaken) == told(calm) != []


def test_an_edit_that_is_taken_back_after_a_dead_run_archived_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The listings are as the last whole run remembers them, the archive is not: they vouch for nothing."""
    folder = str(tmp_path / "archive")
    with Blog(steps.BATCH + 5) as blog:
        ingest(folder, blog)
        text = blog.post(1).pages[0]
        blog.post(1).pages[0] += " A line was added."
        kill_ingest(folder, blog, monkeypatch, writes=1)
        blog.post(1).pages[0] = text
        assert ingest(folder, blog).posts.get("flap") == 1
        with Archive.open(folder) as archive:
            work = archive.find_work(blog.root + blog.post(1).path)
            assert [version.kind for version in archive.versions(work.id)] == ["first", "source", "flap"]


def test_a_page_that_fails_is_no_edit(blog: Blog, tmp_path: Path) -> None:
    """A post in three pages of which one answers 503 for a day is not shorter for that."""
    folder = str(tmp_path / "archive")
    blog.offers = {"sitemap"}
    blog.post(2).pages += ["The second page tells of the winter in the harbour.", "The third page ends the story."]
    ingest(folder, blog)
    blog.broken.add("/2026/post-2/2/")
    report = ingest(folder, blog)
    assert [(outcome.status, outcome.url[-3:]) for outcome in report.failed] == [(503, "/2/")]
    assert report.posts == {"same": 2, "suspect": 1}
    blog.broken.clear()
    assert ingest(folder, blog).posts == {"same": 3}


def test_pages_that_no_theme_links_to_are_found_and_not_asked_for_again(blog: Blog, tmp_path: Path) -> None:
    folder = str(tmp_path / "archive")
    blog.offers, blog.links_pages = {"feed"}, False
    blog.post(2).pages += ["The second page tells of the winter in the harbour.", "The third page ends the story."]
    ingest(folder, blog)
    with Archive.open(folder) as archive:
        [version] = archive.versions(archive.find_work(blog.root + blog.post(2).path).id)
    assert version.text == "\n".join(blog.post(2).pages)
    before = len(blog.answers)
    assert ingest(folder, blog).posts == {"same": 3}
    assert "/2026/post-1/2/" not in {path for path, _ in blog.answers[before:]}
    del blog.post(2).pages[1:]
    assert ingest(folder, blog).posts == {"same": 2, "source": 1}
    with Archive.open(folder) as archive:
        assert archive.version_at(archive.find_work(blog.root + blog.post(2).path).id).text == blog.post(2).pages[0]  # type: ignore[union-attr]
