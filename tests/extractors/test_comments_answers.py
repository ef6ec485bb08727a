"""Who answers whom where nothing is nested, and what stands where a comment stood."""

from datetime import UTC, datetime

import pytest

from extractors import comments
from extractors.comments.placeholders import is_placeholder
from extractors.document import parse_text

URL = "https://blog.example/2024/05/a-post/"
ARTICLE = "<h1>A post</h1><div class='entry-content'><p>What the author wrote, at some length.</p></div>"


def take(markup):
    document = parse_text(f"<html><body>{ARTICLE}{markup}</body></html>", URL)
    return comments.take(document.tree, URL)


def flat(*rows, attributes=("",) * 9):
    """Return a list of comments that names authors and texts; ids count up from 1."""
    items = (
        f"<li class='comment' id='comment-{number}' {attribute}><cite class='fn'>{author}</cite>"
        f"<span class='date'>May {number}, 2024</span><div class='comment-text'>{text}</div></li>"
        for number, ((author, text), attribute) in enumerate(zip(rows, attributes, strict=False), 1)
    )
    return f"<div id='comments'><ol class='commentlist'>{''.join(items)}</ol></div>"


def parents(taken):
    return {c.native_id: c.parent_id for c in taken.thread.comments}


@pytest.mark.parametrize(
    ("text", "parent"),
    [
        ("@Ann Perch: yes.", "1"),
        ("@ann yes.", "1"),
        ("@Bo, no.", "3"),  # the latest of Bo's
        ("@حنان أوافق", "4"),
        ("@田中さん そうですね", "5"),
        ("@Anna, who is not here", None),
        ("Ann Perch is right", None),
        ("@ all of you", None),
    ],
)
def test_an_address_by_name_tells_the_parent(text, parent):
    taken = take(flat(("Ann Perch", "A"), ("Bo", "B"), ("Bo", "C"), ("حنان", "D"), ("田中", "E"), ("Zoe", text)))
    assert parents(taken)["6"] == parent
    assert [c.text for c in taken.thread.comments][-1] == text
    last = taken.thread.comments[-1]
    assert (last.depth, last.parent_known) == ((1, True) if parent else (0, False))


def test_a_name_is_sought_among_earlier_comments_whichever_end_is_the_newest():
    rows = [("Zoe", "@Bo no."), ("Bo", "@Zoe what?"), ("Bo", "B")]
    assert parents(take(flat(*rows))) == {"1": None, "2": "1", "3": None}
    newest_first = flat(*rows).replace("May 1,", "June 1,")
    assert parents(take(newest_first)) == {"1": "2", "2": None, "3": None}


@pytest.mark.parametrize("words", ["in reply to", "antwortet", "responde a", "→", "в ответ на", "返信先"])
def test_a_byline_that_names_two_tells_the_parent(words):
    taken = take(flat(("Ann Perch", "A"), (f"Bo {words} Ann Perch", "B")))
    assert parents(taken) == {"1": None, "2": "1"}
    assert [c.author for c in taken.thread.comments] == ["Ann Perch", "Bo"]


def test_a_name_that_holds_such_words_stays_whole():
    assert take(flat(("Ann", "A"), ("Bo → the moon", "B"))).thread.comments[1].author == "Bo → the moon"


@pytest.mark.parametrize(
    "line",
    [
        "<p>In reply to <a href='#comment-1'>A title</a> by Ann</p>",
        "<small><a href='/x#comment-1'>Antwort auf Ann</a></small>",
        "<a class='in-reply-to' href='#comment-1'>Ann</a>",
        "<link itemprop='parentItem' href='#comment-1'>",
    ],
    ids=["line", "german", "class", "microdata"],
)
def test_a_link_to_the_parent_is_believed_and_cut(line):
    taken = take(flat(("Ann", "A"), ("Bo", "B")).replace("<div class='comment-text'>B", f"{line}<div>B"))
    assert parents(taken) == {"1": None, "2": "1"}
    assert taken.thread.comments[1].text == "B"


def test_an_attribute_tells_the_parent_and_no_circle_is_believed():
    rows = (("Ann", "A"), ("Bo", "B"), ("Cy", "C"))
    taken = take(flat(*rows, attributes=("data-parent='0'", "data-parent-id='1'", "data-parent='comment-2'")))
    assert parents(taken) == {"1": None, "2": "1", "3": "2"}
    assert [c.depth for c in taken.thread.comments] == [0, 1, 2]
    circle = take(flat(*rows, attributes=("data-parent='3'", "data-parent='1'", "data-parent='2'")))
    assert list(parents(circle).values()).count(None) == 1
    assert parents(take(flat(*rows, attributes=("data-parent='77'",) * 3))) == {"1": None, "2": None, "3": None}


# ------------------------------------------------------------------------------------------------ placeholders
@pytest.mark.parametrize(
    "text",
    """This comment has been removed by the author.
This post has been removed by a blog administrator.
This comment was deleted by the original author
[deleted]
(deleted comment)
Comment removed because it violates our community guidelines.
This comment was minimized by the moderator on the site
Dieser Kommentar wurde von einem Blog-Administrator entfernt.
Kommentar gelöscht
Deze reactie is verwijderd door een blogbeheerder.
Den här kommentaren har tagits bort av skribenten.
Denne kommentaren har blitt fjernet av forfatteren.
Kirjoittaja on poistanut tämän kommentin.
Ce commentaire a été supprimé par un administrateur du blog.
Este comentario ha sido eliminado por el autor.
Este comentário foi removido por um administrador do blogue.
Questo commento è stato eliminato dall'autore.
Ten komentarz został usunięty przez autora.
Tento komentář byl odstraněn autorem.
Этот комментарий был удален автором.
Автор видалив цей коментар.
Bu yorum yazar tarafından silindi.
Αυτό το σχόλιο αφαιρέθηκε από τον συντάκτη.
Ezt a megjegyzést eltávolította a szerző.
Acest comentariu a fost eliminat de autor.
このコメントは投稿者によって削除されました。
作者已經移除這則留言。
该评论已被删除
작성자가 댓글을 삭제했습니다.
Nhận xét này đã bị tác giả xóa.
Komentar ini telah dihapus oleh pengarang.
أزال المؤلف هذا التعليق.
תגובה זו הוסרה על ידי המחבר.""".split("\n"),
)
def test_placeholders_in_many_languages(text):
    assert is_placeholder(text, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "My comment was deleted because you fear me.",
        "Deleted",
        "This comment was deleted? By whom?",
        "I removed my own comment and wrote this one.",
        "Comments are closed.",
        "bort",
        "",
    ],
)
def test_what_people_write_is_no_placeholder(text):
    assert not is_placeholder(text, frozenset())


def test_a_class_marks_a_short_placeholder_whatever_its_words():
    assert is_placeholder("Gone with the wind.", frozenset(("deleted-comment",)))
    assert not is_placeholder("Gone with the wind. " * 20, frozenset(("deleted-comment",)))


def test_a_placeholder_is_no_comment_but_its_answers_stay():
    nested = """<div id="comments"><h3>2 comments</h3><ol class="commentlist">
    <li class="comment" id="comment-1"><cite class="fn">Ann</cite><div class="comment-text">
    This comment has been removed by the author.</div><ul class="children">
    <li class="comment" id="comment-2"><cite class="fn">Bo</cite><div class="comment-text">Pity.</div></li></ul></li>
    </ol></div>"""
    taken = take(nested)
    assert [(c.native_id, c.parent_id, c.depth, c.text) for c in taken.thread.comments] == [("2", "1", 1, "Pity.")]
    assert taken.thread.claimed == 2 and taken.thread.complete
    assert any("has been removed by the author" in removed.text for removed in taken.removed)


def test_a_thread_of_which_nothing_is_left_is_empty_and_seen():
    thread = take(flat(("Ann", "[deleted]"))).thread
    assert thread.comments == () and thread.complete


# ------------------------------------------------------------------------------------------------ Blogger
OLD_BLOGGER = """<div class="blogComments"><b>Comments:</b>
<div class="blogComment"><a name="6798001630607148943"></a>Useful, thank you.<br><div class="byline">
<a href="https://b.example/2005/09/a.html?showComment=1183953360000#c6798001630607148943">#</a> posted by
<a href="https://www.blogger.com/profile/1">Joe</a> : 11:56 PM</div></div>
<div class="blogComment"><a name="6798001630607148944"></a><span class="deleted-comment">Gone.</span><br>
<div class="byline"><a href="https://b.example/2005/09/a.html?showComment=1183953370000#c6798001630607148944">#</a>
posted by <a href="https://www.blogger.com/profile/2">Kay</a> : 11:57 PM</div></div></div>"""


def test_bloggers_links_tell_the_moment_to_the_second():
    (comment,) = take(OLD_BLOGGER).thread.comments
    assert (comment.native_id, comment.author, comment.text) == ("6798001630607148943", "Joe", "Useful, thank you.")
    assert comment.published == datetime(2007, 7, 9, 3, 56, tzinfo=UTC)


# ------------------------------------------------------------------------------------------------ what is none
@pytest.mark.parametrize(
    "markup",
    [
        "<div class='comment-box add-comment'><h3><a href='/login'>Log in to comment</a></h3><p>Forgot it?</p></div>",
        "<div id='comment-container-4711'><p>When submitting content, please abide by our guidelines.</p></div>",
        "<div class='comments' id='comments123'><div class='comment-respond'>Write one. You must log in.</div></div>",
    ],
    ids=["login", "notice", "region"],
)
def test_words_that_nobody_signs_are_no_comments(markup):
    taken = take(markup)
    assert taken.thread is None
    assert taken.removed and taken.removed[0].text
