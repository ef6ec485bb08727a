"""Updates become works and versions: opened once, closed by the next, never of what was not open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.made import HOME, Blog, at, comment, decision, exchange, update
from variorum.errors import StorageError, UsageError
from variorum.records import Decision, WorkUpdate


def test_first_version_of_a_post(blog: Blog) -> None:
    (seq,) = blog.post(text="One", title="Hello", aliases=((f"{HOME}?p=1", "redirect"),))
    (work,) = blog.archive.works()
    (version,) = blog.archive.versions(work.id)
    assert (work.title, work.state, work.versions, work.native_id) == ("Hello", "open", 1, "1")
    assert (version.number, version.kind, version.text, version.seq) == (1, "first", "One", seq)
    assert (version.observed_first, version.observed_last, version.superseded_at) == (at(0), at(0), None)
    assert version.meta["authors"] == [{"name": "Ann", "url": None}]
    assert blog.archive.find_work(f"{HOME}?p=1").id == work.id


def test_a_change_closes_the_version_before(blog: Blog) -> None:
    blog.post(text="One")
    blog.post("source", "Two", hours=5)
    (work,) = blog.archive.works()
    one, two = blog.archive.versions(work.id)
    assert one.superseded_at == two.recorded_at
    assert (two.number, two.kind, two.observed_first) == (2, "source", at(5))
    assert two.seq > one.seq
    assert blog.archive.version_at(work.id, at(4.9)) == one
    assert blog.archive.version_at(work.id, at(5)) == two
    assert blog.archive.version_at(work.id, at(-1)) is None
    assert blog.archive.version_at(work.id) == two
    assert blog.archive.version_at(work.id, number=1) == one
    assert blog.archive.version_at(work.id, number=3) is None


def test_unchanged_moves_only_the_end_of_the_interval(blog: Blog) -> None:
    blog.post(text="One")
    assert blog.post("same", "One", hours=9) == ()
    (work,) = blog.archive.works()
    (version,) = blog.archive.versions(work.id)
    assert (version.observed_first, version.observed_last) == (at(0), at(9))
    assert work.last_seen == at(9)
    blog.post("same", "One", hours=3)  # an older visit, written late
    assert blog.archive.versions(work.id)[0].observed_last == at(9)


@pytest.mark.parametrize("kind", ["error", "missing", "suspect", "encoding"])
def test_kinds_that_did_not_see_the_text_leave_the_interval(blog: Blog, kind: str) -> None:
    blog.post(text="One")
    state = "missing" if kind == "missing" else "open"
    assert blog.post(kind, "One", hours=9, state=state, pending_sha256="ab" * 32) == ()
    (work,) = blog.archive.works()
    assert blog.archive.versions(work.id)[0].observed_last == at(0)


def test_the_same_batch_twice_doubles_nothing(blog: Blog) -> None:
    batch = (
        update(blog.source_id, text="One", title="T"),
        comment(blog.source_id, "7", text="Hi"),
        comment(blog.source_id, "8", text="Ho", parent_native_id="7", depth=1, position=1),
    )
    assert len(blog.write(*batch)) == 3
    assert blog.write(*batch) == ()
    assert len(list(blog.archive.works())) == 3
    assert len(list(blog.archive.records())) == 3
    assert blog.archive.check() == []


def test_two_that_find_a_work_at_once(blog: Blog) -> None:
    """The second "first" with another text is a change; with the same text it is nothing."""
    blog.post(text="One")
    with blog.archive.writer() as other:
        seqs = other.write(blog.run_id, [update(blog.source_id, text="Two", hours=1)])
    assert len(seqs) == 1
    (work,) = blog.archive.works()
    assert [version.kind for version in blog.archive.versions(work.id)] == ["first", "source"]


def test_an_older_observation_never_becomes_the_head(blog: Blog) -> None:
    blog.post(text="New", hours=5)
    assert blog.post("source", "Old", hours=1) == ()
    (work,) = blog.archive.works()
    assert blog.archive.version_at(work.id).text == "New"  # type: ignore[union-attr]
    assert work.last_seen == at(5)
    assert blog.post("gone", hours=2) == ()
    (work,) = blog.archive.works()
    assert (work.state, work.gone_at) == ("open", None)


def test_gone_leaves_a_tombstone_and_restored_lifts_it(blog: Blog) -> None:
    blog.post(text="One", title="Hello", meta={"links": [["https://x.example/", "x"]]})
    blog.post("missing", hours=1, state="missing", absences=1)
    assert blog.writer.known_posts(blog.source_id)[0].known.absences == 1
    blog.post("gone", hours=2, absences=2, reason="the server answers 404")
    assert blog.post("gone", hours=3, absences=3) == (), "gone once"
    (work,) = blog.archive.works()
    tombstone = blog.archive.version_at(work.id)
    assert tombstone is not None
    assert (tombstone.kind, tombstone.text, tombstone.title) == ("gone", "", "Hello")
    assert tombstone.reason == "the server answers 404"
    assert "links" not in tombstone.meta and tombstone.meta["authors"]
    assert (work.state, work.gone_at, work.last_seen) == ("gone", at(2), at(0))
    assert blog.archive.search("One") == []
    blog.post("restored", "One", title="Hello", hours=4, same_text_as=1)
    (work,) = blog.archive.works()
    assert (work.state, work.gone_at) == ("open", None)
    assert [version.kind for version in blog.archive.versions(work.id)] == ["first", "gone", "restored"]
    assert len(blog.archive.search("One")) == 1
    assert blog.archive.check() == []


def test_what_was_never_open_has_no_version(blog: Blog) -> None:
    locked = WorkUpdate(
        source_id=blog.source_id,
        work_id=None,
        work_type="post",
        native_id="9",
        url=f"{HOME}locked/",
        observed_at=at(0),
        decision=Decision(kind="same", reason="a password is asked for"),
        state="protected",
    )
    assert blog.write(locked) == ()
    (work,) = blog.archive.works()
    assert (work.state, work.versions, work.title) == ("protected", 0, "")
    known = blog.writer.known_posts(blog.source_id)[0].known
    assert (known.head, known.state) == (None, "protected")
    gone = replace(locked, work_id=work.id, decision=Decision(kind="gone"), state="gone")
    assert blog.write(gone) == ()
    unseen = replace(locked, native_id="10", state="open", decision=Decision(kind="suspect"))
    assert blog.write(unseen) == ()
    assert list(blog.archive.records()) == []
    assert len(list(blog.archive.works())) == 1
    assert blog.archive.check() == []


def test_a_password_ends_what_was_open(blog: Blog) -> None:
    blog.post(text="One")
    blog.post("gone", hours=1, state="protected", reason="a password is asked for")
    (work,) = blog.archive.works()
    assert (work.state, work.gone_at) == ("protected", at(1))
    assert [version.kind for version in blog.archive.versions(work.id)] == ["first", "gone"]


def test_a_version_without_content_is_refused_and_nothing_of_its_batch_stays(blog: Blog) -> None:
    broken = replace(update(blog.source_id, native_id="2"), decision=Decision(kind="source"))
    with pytest.raises(StorageError, match="no content"):
        blog.write(update(blog.source_id, text="One"), broken)
    assert list(blog.archive.works()) == []
    assert blog.archive.check() == []


def test_half_a_character_is_refused_with_its_place(blog: Blog) -> None:
    with pytest.raises(StorageError, match=r"post 1 at https://blog\.example/hello/ holds half a character"):
        blog.post(text="One", title="\ud800")
    assert list(blog.archive.works()) == []


def test_a_new_address_is_the_same_work(blog: Blog) -> None:
    blog.post(text="One")
    blog.post("same", "One", url=f"{HOME}2026/hello-world/", hours=1)
    (work,) = blog.archive.works()
    assert work.url == f"{HOME}2026/hello-world/"
    assert blog.archive.find_work(f"{HOME}hello/").id == work.id
    (known,) = blog.writer.known_posts(blog.source_id)
    assert set(known.aliases) == {f"{HOME}hello/", f"{HOME}2026/hello-world/"}


def test_posts_without_numbers_are_told_apart_by_address(blog: Blog) -> None:
    one = update(blog.source_id, text="One", native_id=None, url=f"{HOME}a")
    two = update(blog.source_id, text="Two", native_id=None, url=f"{HOME}b")
    blog.write(one, two, one)
    assert [work.url for work in blog.archive.works()] == [f"{HOME}a", f"{HOME}b"]
    blog.write(replace(one, native_id="5", work_id=1, decision=decision("same", "One")))
    assert blog.writer.known_posts(blog.source_id)[0].known.native_id == "5"


def test_a_post_made_a_page_is_the_same_work(blog: Blog) -> None:
    blog.post(text="One")
    blog.post("same", "One", work_type="page", hours=1)
    assert len(list(blog.archive.works())) == 1


def test_comments_find_their_new_post(blog: Blog) -> None:
    blog.write(
        update(blog.source_id, text="One"),
        comment(blog.source_id, "7", text="by number"),
        update(blog.source_id, text="Two", native_id=None, url=f"{HOME}two/"),
        comment(blog.source_id, "8", text="by order", post_native_id=None),
    )
    posts = {work.url: work.id for work in blog.archive.works(work_type="post")}
    found = {work.native_id: work.post_id for work in blog.archive.works(work_type="comment")}
    assert found == {"7": posts[f"{HOME}hello/"], "8": posts[f"{HOME}two/"]}
    known = blog.writer.known_comments(list(posts.values()))
    assert {item.native_id: item.parent_work_id for item in known} == found


def test_a_comment_of_no_post_is_refused(blog: Blog) -> None:
    with pytest.raises(StorageError, match="no post"):
        blog.comment("7", text="Hi")


def test_made_up_numbers_are_unique_within_their_post_alone(blog: Blog) -> None:
    two = update(blog.source_id, text="Two", native_id="2", url=f"{HOME}two/")
    same = comment(blog.source_id, "~abc", text="+1")
    batch = (update(blog.source_id, text="One"), same, two, replace(same, post_native_id="2"))
    assert len(blog.write(*batch)) == 4
    assert blog.write(*batch) == ()
    assert [work.post_id for work in blog.archive.works(work_type="comment")] == [1, 3]


def test_known_texts_come_newest_first(blog: Blog) -> None:
    blog.post(text="One")
    blog.post("source", "Three words more", hours=1)
    blog.post("source", "Two", hours=2)
    (known,) = blog.writer.known_posts(blog.source_id)
    assert known.known.head is not None
    assert (known.known.head.number, known.known.head.text_len) == (3, 3)
    assert [(text.number, text.text_len) for text in known.known.older] == [(2, 16), (1, 3)]
    assert known.known.witnesses[0].extractor == "wordpress/1"
    assert known.known.witnesses[0].meta == {"title": "abc"}


def test_a_version_points_at_the_visit_that_brought_it(blog: Blog) -> None:
    from tests.storage.made import exchange

    page, feed = blog.keep(exchange(f"{HOME}hello/"), exchange(f"{HOME}feed/", b"<rss/>"))
    blog.post(text="One", captures=[page.capture_id], visit_ids=(page.id, feed.id))
    version = blog.archive.version_at(1)
    assert version is not None and version.capture_id == page.capture_id
    row = blog.archive.database.one("SELECT visit_id, visit_ids, run_id FROM version")
    assert row is not None
    assert (row["visit_id"], row["visit_ids"], row["run_id"]) == (page.id, f"[{page.id},{feed.id}]", blog.run_id)
    (missing,) = blog.keep(exchange(f"{HOME}hello/", b"no", status=404, hours=3))
    blog.post("gone", hours=3, visit_ids=(missing.id,))
    tombstone = blog.archive.version_at(1)
    assert tombstone is not None and tombstone.capture_id == missing.capture_id


def test_seqs_grow_with_the_log(blog: Blog) -> None:
    seqs = [*blog.post(text="One"), *blog.post("source", "Two", hours=1), *blog.comment("7", text="Hi")]
    assert seqs == sorted(set(seqs))
    assert blog.archive.last_seq() == seqs[-1]


def test_sources_are_registered_once(blog: Blog) -> None:
    again = blog.writer.add_source("HTTPS://Blog.Example", every_s=3600)
    assert (again.id, again.slug, again.every_s, again.name) == (blog.source_id, "blog.example", 3600, "A blog")
    other = blog.writer.add_source("http://www.blog.example/")
    assert (other.id != again.id, other.slug) == (True, "blog.example-2")
    with pytest.raises(UsageError, match="no address"):
        blog.writer.add_source("not a blog")
    changed = blog.writer.update_source(other.id, platform="wordpress", settings={"feeds": ["x"]})
    assert (changed.platform, changed.settings) == ("wordpress", {"feeds": ["x"]})


def test_arabic_and_japanese_come_back_as_they_were(blog: Blog) -> None:
    text = "مرحبا بالعالم\nこんにちは、世界。\n🦊"
    blog.post(text=text, title="日本語のブログ")
    version = blog.archive.version_at(1)
    assert version is not None and (version.text, version.title) == (text, "日本語のブログ")


def test_zero_bytes_in_what_others_tell_are_replaced(blog: Blog) -> None:
    """PostgreSQL has no place for them, and a hostile blog must not end an ingest."""
    headers = (("ETag", '"a\0b"'), ("Last-Modified", "\0"))
    (visit,) = blog.keep(exchange(f"{HOME}hello/", b"\0 bytes", headers=headers, error="closed: \0"))
    blog.post(text="One", title="A\0B", native_id="1\0", aliases=((f"{HOME}?p=\0", "redirect"),), visit_ids=(visit.id,))
    blog.comment("7\0", text="Hi", post_native_id="1\0", parent_native_id="6\0", meta={"author": "A\0nn"})
    post, reply = blog.archive.works()
    assert (post.title, post.native_id, reply.native_id) == ("A\ufffdB", "1\ufffd", "7\ufffd")
    assert reply.post_id == post.id
    row = blog.archive.database.one("SELECT etag, error FROM visit")
    assert row is not None and dict(row) == {"etag": '"a\ufffdb"', "error": "closed: \ufffd"}
    assert blog.post(text="One", title="A\0B", native_id="1\0", hours=1) == (), "the same again"
    assert blog.archive.check(deep=True) == []
