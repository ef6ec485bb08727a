"""Merges and numbers of another platform, in the rows of both engines."""

from __future__ import annotations

from tests.storage.made import HOME, Blog, comment, update

TEXT = "The harbour master counts the boats each night. " * 6


def fill(blog: Blog) -> None:
    blog.write(
        update(blog.source_id, text=TEXT, title="Boats"),
        comment(blog.source_id, "7", text="Quite so."),
        comment(blog.source_id, "~abc", text="Me too."),
        update(blog.source_id, text=TEXT, title="Boats", native_id="2", url=f"{HOME}double/"),
        comment(blog.source_id, "8", text="كلام جميل", post_native_id="2"),
        comment(blog.source_id, "~abc", text="Me too.", post_native_id="2"),
        comment(blog.source_id, "~def", text="何度も読んだ。", post_native_id="2"),
    )


def posts(blog: Blog) -> list[tuple[int, str]]:
    return [(work.id, work.state) for work in blog.archive.works() if work.work_type == "post"]


def merged(blog: Blog, work_id: int, into_id: int) -> None:
    told = {"work_id": work_id, "native_id": "2", "url": f"{HOME}double/", "state": "merged", "hours": 1}
    blog.write(update(blog.source_id, "merged", reason="a double", merged_into=into_id, merged_by="Ada", **told))


def test_a_merge_takes_addresses_and_comments_along_and_gives_them_back(blog: Blog) -> None:
    fill(blog)
    (one, _), (two, _) = posts(blog)
    (proposal,) = blog.archive.merge_proposals(blog.source_id)
    assert (proposal.work_id, proposal.into_id, proposal.similarity) == (two, one, 1.0)
    assert "counts both" in proposal.reason
    merged(blog, two, one)
    merged(blog, two, one)  # said twice, done once
    (merge,) = blog.archive.merges(blog.source_id)
    assert (merge.work_id, merge.into_id, merge.reason, merge.by) == (two, one, "a double", "Ada")
    assert posts(blog) == [(one, "open"), (two, "merged")]
    assert blog.archive.find_work(f"{HOME}double/").id == one
    said = [version.text for _, version in blog.archive.thread(one)]
    assert sorted(said) == sorted(["Quite so.", "Me too.", "كلام جميل", "何度も読んだ。"])
    assert len(blog.archive.thread(two)) == 1, "what the other thread has already stays"
    assert [record["merged_into"] for record in blog.archive.records(kinds={"merged"})] == [one]
    assert blog.archive.check(deep=True) == []

    blog.writer.unmerge(blog.run_id, merge, reason="two after all", by="Ben")
    assert posts(blog) == [(one, "open"), (two, "open")]
    assert blog.archive.find_work(f"{HOME}double/").id == two
    assert [len(blog.archive.thread(number)) for number in (one, two)] == [2, 3]
    assert [version.kind for version in blog.archive.versions(two)] == ["first", "merged", "restored"]
    assert blog.archive.merges() == []
    assert blog.archive.check(deep=True) == []


def test_merges_of_merges_lead_to_the_last(blog: Blog) -> None:
    fill(blog)
    blog.write(update(blog.source_id, text=TEXT, native_id="3", url=f"{HOME}third/"))
    (one, _), (two, _), (three, _) = posts(blog)
    merged(blog, two, three)
    told = {"work_id": three, "native_id": "3", "url": f"{HOME}third/", "state": "merged", "hours": 2}
    blog.write(update(blog.source_id, "merged", merged_into=one, **told))
    assert [record["merged_into"] for record in blog.archive.records(kinds={"merged"})] == [one, one]
    assert blog.archive.find_work(f"{HOME}double/").id == one
    blog.write(update(blog.source_id, "source", "Something else.", native_id="2", url=f"{HOME}double/", hours=3))
    assert [version.kind for version in blog.archive.versions(two)] == ["first", "merged"]
    assert blog.archive.check(deep=True) == []


def test_numbers_of_a_platform_that_was_left_give_way_to_new_ones(blog: Blog) -> None:
    fill(blog)
    ids = [work.id for work in blog.archive.works()]
    count = blog.writer.retire_native_ids(blog.run_id, blog.source_id, before="blogger", now="wordpress")
    assert count == 4, "a comment without a number has none to lose"
    assert blog.writer.retire_native_ids(blog.run_id, blog.source_id, before="blogger", now="wordpress") == 0
    natives = [work.native_id for work in blog.archive.works()]
    assert natives == ["was:blogger:1", "was:blogger:7", "~abc", "was:blogger:2", "was:blogger:8", "~abc", "~def"]
    assert blog.archive.check(deep=True) == []
    blog.write(update(blog.source_id, "same", work_id=ids[0], native_id="2", hours=1))
    assert blog.archive.work(ids[0]).native_id == "2"
    assert blog.archive.check(deep=True) == []
