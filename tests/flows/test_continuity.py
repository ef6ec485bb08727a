"""A work stays the same work when its blog moves: to another host, to another platform, to other addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flows import merging, steps
from flows.discovery import Listing
from flows.matching import counts_anew, match
from storage.archive import Archive
from storage.rows import Work
from storage.writer import KnownWork
from tests.flows.blog import Blog, Post, Remark
from variorum.errors import UsageError
from variorum.records import Known, Report
from variorum.settings import Settings

INSIDE = Settings(allow_private="127.0.0.0/8")


@pytest.fixture
def old() -> Iterator[Blog]:
    with Blog() as blog:
        yield blog


@pytest.fixture
def new() -> Iterator[Blog]:
    with Blog() as blog:
        yield blog


def ingest(folder: Path, key: str) -> Report:
    return steps.ingest(str(folder), key, INSIDE)


def works(folder: Path, work_type: str = "post") -> list[Work]:
    with Archive.open(folder) as archive:
        return [work for work in archive.works() if work.work_type == work_type]


def sound(folder: Path) -> None:
    with Archive.open(folder) as archive:
        assert archive.check(deep=True) == []


# ---------------------------------------------------------------------------------------------- another host
def test_a_blog_whose_home_leads_to_another_host_keeps_its_works(tmp_path: Path, old: Blog, new: Blog) -> None:
    old.offers = new.offers = {"sitemap"}  # no numbers: addresses alone tell posts apart
    old.is_wordpress = new.is_wordpress = False
    ingest(tmp_path, old.url)
    before = works(tmp_path)
    for path in ("/", *(post.path for post in old.posts)):
        old.moved[path] = new.root + path
    report = ingest(tmp_path, old.url)
    assert dict(report.posts) == {"same": 3}
    assert set(report.comments) <= {"same"}
    after = works(tmp_path)
    assert [work.id for work in after] == [work.id for work in before]
    assert {work.url for work in after} == {new.root + post.path for post in new.posts}
    with Archive.open(tmp_path) as archive:
        assert archive.find_work(old.root + "/2026/post-1/").id == archive.find_work(new.root + "/2026/post-1/").id
    sound(tmp_path)


@pytest.mark.parametrize("offers", [{"sitemap"}, {"rest", "feed", "sitemap"}], ids=["addresses", "numbers"])
def test_a_blog_that_is_said_to_go_on_elsewhere_keeps_its_works(
    tmp_path: Path, old: Blog, new: Blog, offers: set[str]
) -> None:
    old.offers = new.offers = offers
    ingest(tmp_path, old.url)
    slug = steps.add(str(tmp_path), new.url, INSIDE, continues=old.url)[0].slug
    new.post(2).pages[0] += " The clerk has signed it since."
    new.posts.append(Post(9, "Post number nine", ["Only the new address has this entry, which is about the tide."]))
    report = ingest(tmp_path, slug)
    assert dict(report.posts) == {"same": 2, "source": 1, "first": 1}
    with Archive.open(tmp_path) as archive:
        (source,) = archive.sources()
        assert (source.url, source.home) == (old.url, new.url)
        assert archive.source(new.url) == archive.source(old.url) == source
    assert ingest(tmp_path, slug).posts == {"same": 4}
    sound(tmp_path)


def test_a_blog_goes_on_at_no_address_that_is_another_one_s(tmp_path: Path, old: Blog, new: Blog) -> None:
    for blog in (old, new):
        steps.add(str(tmp_path), blog.url, INSIDE)
    with pytest.raises(UsageError, match="is watched as"):
        steps.add(str(tmp_path), new.url, INSIDE, continues=old.url)


# ---------------------------------------------------------------------------------------------- another platform
def renumber(blog: Blog, by: int) -> None:
    for post in blog.posts:
        post.number += by
        for remark in post.comments:
            remark.number = (remark.number or 0) + by


def keep_paths(blog: Blog, monkeypatch: pytest.MonkeyPatch, by: int) -> None:
    monkeypatch.setattr(Post, "path", property(lambda post: f"/2026/post-{post.number % by}/"))


def test_numbers_of_another_platform_make_no_new_works(
    tmp_path: Path, old: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    old.post(1).comments.append(Remark(333, "Ben", "I have not.", "2026-03-02T10:00:00+00:00"))
    ingest(tmp_path, old.url)
    before, said = works(tmp_path), works(tmp_path, "comment")
    keep_paths(old, monkeypatch, 50)
    renumber(old, 50)
    old.post(51).comments.append(Remark(990, "Cem", "هذا جديد", "2026-03-09T10:00:00+00:00"))
    report = ingest(tmp_path, old.url)
    assert dict(report.posts) == {"same": 3}
    assert dict(report.comments) == {"same": 4, "first": 1}
    assert any("another platform" in warning for warning in report.warnings)
    assert [work.id for work in works(tmp_path)] == [work.id for work in before]
    assert [work.native_id for work in works(tmp_path)] == ["51", "52", "53"]
    assert [work.id for work in works(tmp_path, "comment")][: len(said)] == [work.id for work in said]
    assert {work.state for work in works(tmp_path, "comment")} == {"open"}
    assert ingest(tmp_path, old.url).posts == {"same": 3}
    sound(tmp_path)


def known(number: int, native_id: str | None, url: str) -> KnownWork:
    held = Known(work_id=number, work_type="post", native_id=native_id, state="open", head=None)
    return KnownWork(known=held, url=url)


def listing(*told: tuple[str, str | None]) -> Listing:
    found = Listing()
    for url, native_id in told:
        found.at(url, native_id).listers.add("rest")
    return found


A, B, C = (f"https://a.blog/{letter}/" for letter in "abc")


@pytest.mark.parametrize(
    ("told", "anew"),
    [
        ([(A, "1"), (B, "2"), (C, "3")], False),
        ([(A, "7"), (B, "2"), (C, "3")], False),  # one post has taken over an address
        ([(A, "7"), (B, "8")], True),
        ([(A, "7")], False),
        ([(A, None), (B, None)], False),
        ([], False),
    ],
)
def test_numbers_are_new_ones_when_no_post_has_kept_its_own(told: list[tuple[str, str | None]], anew: bool) -> None:
    held = [known(1, "1", A), known(2, "2", B), known(3, "3", C)]
    assert counts_anew(listing(*told), held) is anew


def test_paths_count_only_where_the_whole_blog_is_elsewhere() -> None:
    held = [known(1, None, A), known(2, None, B)]
    moved = listing(("https://b.blog/a/", None), ("https://b.blog/c/", None))
    assert [(entry.url, entry.known and entry.known.known.work_id) for entry in match(moved, held)] == [
        ("https://b.blog/a/", 1), ("https://b.blog/c/", None), (B, 2)
    ]  # fmt: skip
    both = listing((B, None), ("https://b.blog/a/", None))
    assert [entry.known and entry.known.known.work_id for entry in match(both, held)] == [2, None, 1]


# ---------------------------------------------------------------------------------------------- other addresses
def without_numbers(blog: Blog) -> None:
    blog.offers, blog.is_wordpress = {"sitemap"}, False


def test_a_post_whose_address_leads_to_its_new_one_is_the_same(
    tmp_path: Path, old: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_numbers(old)
    ingest(tmp_path, old.url)
    (first, *_) = works(tmp_path)
    monkeypatch.setattr(Post, "path", property(lambda post: f"/notes/{post.number}/"))
    for number in (1, 2, 3):
        old.moved[f"/2026/post-{number}/"] = f"{old.root}/notes/{number}/"
    report = ingest(tmp_path, old.url)
    assert dict(report.posts) == {"same": 3}
    assert len(works(tmp_path)) == 3
    with Archive.open(tmp_path) as archive:
        assert archive.find_work(f"{old.root}/notes/1/").id == first.id
    assert dict(ingest(tmp_path, old.url).posts) == {"same": 3}
    sound(tmp_path)


def test_an_address_of_before_that_leads_on_is_no_other_post(
    tmp_path: Path, old: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A post that has moved, and moves back with other words while no list names it, is itself still."""
    without_numbers(old)
    ingest(tmp_path, old.url)
    with monkeypatch.context() as patch:
        patch.setattr(Post, "path", property(lambda post: f"/notes/{post.number}/"))
        old.moved = {f"/2026/post-{number}/": f"{old.root}/notes/{number}/" for number in (1, 2, 3)}
        ingest(tmp_path, old.url)
    old.moved = {f"/notes/{number}/": f"{old.root}/2026/post-{number}/" for number in (1, 2, 3)}
    old.post(1).title, old.post(1).pages = "The lamp on the pier", ["Nobody lights it, for all boats have lights now."]
    answer = old.answer

    def unlisted(target: str) -> tuple[int, str, bytes, dict[str, str]]:
        status, kind, body, headers = answer(target)
        if "sitemap" in target:
            body = re.sub(rb"<url>(?:(?!</url>).)*/post-1/.*?</url>", b"", body, flags=re.S)
        return status, kind, body, headers

    monkeypatch.setattr(old, "answer", unlisted)
    for _ in range(2):
        ingest(tmp_path, old.url)
    (first, *_) = works(tmp_path)
    assert (first.title, first.state) == ("The lamp on the pier", "open")
    assert len(works(tmp_path)) == 3
    sound(tmp_path)


def test_a_guess_of_the_server_gives_no_post_another_one_s_words(tmp_path: Path, old: Blog) -> None:
    without_numbers(old)
    ingest(tmp_path, old.url)
    gone = old.post(3)
    old.posts.remove(gone)
    old.posts.append(Post(30, "The lamp on the pier", ["Nobody lights it any more, for the boats have lights now."]))
    old.moved[gone.path] = old.root + old.post(30).path  # WordPress: the one whose address begins alike
    for _ in range(2):
        ingest(tmp_path, old.url)
    states = {work.url.rpartition("post-")[2]: work.state for work in works(tmp_path)}
    assert states == {"1/": "open", "2/": "open", "3/": "gone", "30/": "open"}
    with Archive.open(tmp_path) as archive:
        dead = next(work for work in works(tmp_path) if work.state == "gone")
        assert [version.kind for version in archive.versions(dead.id)] == ["first", "gone"]
        assert "leads to" in (archive.versions(dead.id)[-1].reason or "")
    sound(tmp_path)


# ---------------------------------------------------------------------------------------------- merges
@pytest.fixture
def twice(tmp_path: Path, old: Blog) -> Callable[[], tuple[Work, Work]]:
    """An archive in which post 3 says what post 1 says, with a comment of its own."""
    without_numbers(old)
    old.post(1).pages = ["The harbour master counts the boats each night. " * 6]
    old.post(3).pages = list(old.post(1).pages)
    old.post(3).title = old.post(1).title
    ingest(tmp_path, old.url)

    def both() -> tuple[Work, Work]:
        with Archive.open(tmp_path) as archive:
            found = [work for work in archive.works() if work.work_type == "post"]
        return found[0], found[2]

    return both


def test_the_same_text_proposes_a_merge_and_makes_none(
    tmp_path: Path, twice: Callable[[], tuple[Work, Work]], old: Blog
) -> None:
    one, other = twice()
    with Archive.open(tmp_path) as archive:
        (proposal,) = archive.merge_proposals(one.source_id)
        assert (proposal.into_id, proposal.work_id, proposal.similarity) == (one.id, other.id, 1.0)
        assert archive.merges() == []


def test_a_merge_is_recorded_leads_on_and_can_be_undone(
    tmp_path: Path, twice: Callable[[], tuple[Work, Work]], old: Blog
) -> None:
    one, other = twice()
    done = merging.merge(str(tmp_path), other.url, one.url, "a double of the import", "Ada")
    assert merging.merge(str(tmp_path), str(other.id), one.url, "again", "Ada") == done
    assert (done.work_id, done.into_id, done.by) == (other.id, one.id, "Ada")
    with Archive.open(tmp_path) as archive:
        assert archive.find_work(other.url).id == one.id
        assert archive.work(other.id).state == "merged"
        assert [version.kind for version in archive.versions(other.id)] == ["first", "merged"]
        assert len(archive.thread(one.id)) == 2
        assert archive.thread(other.id) == []
        assert list(archive.merge_proposals(one.source_id)) == []
    sound(tmp_path)
    report = ingest(tmp_path, old.url)
    assert set(report.posts) <= {"same", "first"}
    assert twice()[1].state == "merged", "the blog still shows it, and says nothing new by it"
    assert len(works(tmp_path)) == 3
    sound(tmp_path)
    with pytest.raises(UsageError, match="was not merged"):
        merging.undo(str(tmp_path), str(one.id), "by mistake", "Ben")
    merging.undo(str(tmp_path), str(other.id), "two posts after all", "Ben")
    with Archive.open(tmp_path) as archive:
        assert archive.find_work(other.url).id == other.id
        assert [version.kind for version in archive.versions(other.id)] == ["first", "merged", "restored"]
        assert [len(archive.thread(number)) for number in (one.id, other.id)] == [1, 1]
        assert archive.merges() == []
        kinds = [row["kind"] for row in archive.database.all("SELECT kind FROM event WHERE kind LIKE 'merge%'")]
        assert kinds == ["merged", "merge_undone"]
    sound(tmp_path)
    assert dict(ingest(tmp_path, old.url).posts) == {"same": 3}
    sound(tmp_path)


def test_a_blog_that_leads_from_one_post_to_its_double_has_merged_them(
    tmp_path: Path, twice: Callable[[], tuple[Work, Work]], old: Blog
) -> None:
    one, other = twice()
    old.posts.remove(old.post(3))
    old.moved["/2026/post-3/"] = old.root + "/2026/post-1/"
    for _ in range(2):
        ingest(tmp_path, old.url)
    with Archive.open(tmp_path) as archive:
        (done,) = archive.merges()
        assert (done.work_id, done.into_id, done.by) == (other.id, one.id, "the blog")
        assert archive.find_work(other.url).id == one.id
    assert dict(ingest(tmp_path, old.url).posts) == {"same": 2}
    sound(tmp_path)


@pytest.mark.parametrize("which", ["itself", "comment", "elsewhere", "twice"])
def test_what_cannot_be_one_is_refused(
    tmp_path: Path, twice: Callable[[], tuple[Work, Work]], old: Blog, new: Blog, which: str
) -> None:
    one, other = twice()
    into, said = one.url, "merged into another"
    if which == "itself":
        into, said = other.url, "one work already"
    elif which == "comment":
        into, said = str(works(tmp_path, "comment")[0].id), "merge the posts"
    elif which == "elsewhere":
        ingest(tmp_path, new.url)
        into, said = new.root + "/2026/post-1/", "two blogs"
    else:
        merging.merge(str(tmp_path), str(other.id), into, "a double", "Ada")
        into = works(tmp_path)[1].url
    with pytest.raises(UsageError, match=said):
        merging.merge(str(tmp_path), str(other.id), into, "why not", "Ada")
