"""Comments that no class names, and lists that look like them."""

from datetime import UTC, datetime

import pytest

from extractors import comments
from extractors.comments.moments import find_moment, read_byline
from extractors.document import parse_text

URL = "https://blog.example/2024/05/a-post/"
ARTICLE = "<h1>A post</h1><div class='entry-content'><p>What the author wrote, at some length.</p></div>"


def take(markup, url=URL):
    document = parse_text(f"<html><body>{ARTICLE}{markup}</body></html>", URL)
    taken = comments.take(document.tree, url)
    return taken.thread, document.tree.text_content()


def brief(thread):
    return [(c.author, str(c.published)[:10], c.text) for c in thread.comments]


EXPECTED = [("Ann Perch", "2009-05-03", "First words."), ("Bo", "2009-05-04", "Second words, a few more.")]

FLAT_ANCHORS = """<h2><a id="comments"></a>Comments</h2><a id="c4711"></a><p>First words.</p>
<p class="posted">Posted by: <a href="http://a.example/">Ann Perch</a> | May 3, 2009 9:20:11 AM</p>
<a id="c4712"></a><p>Second words, a few more.</p><p class="posted">Posted by: Bo | May 4, 2009 10:11:12 AM</p>
<h2>Post a comment</h2><form><textarea></textarea></form>"""

BYLINE_BEHIND = """<h3>2 Comments</h3><div class="x"><p>First words.</p>
<p class="foot">Posted by <b>Ann Perch</b> on May 3, 2009</p><p>Second words, a few more.</p>
<p class="foot">Posted by <b>Bo</b> on May 4, 2009</p></div>"""

BYLINE_BEFORE = """<b>Comments</b><table><tr><td class="by">Ann Perch, 03.05.2009 09:20</td></tr>
<tr><td>First words.</td></tr><tr><td class="by">Bo, 04.05.2009 10:11</td></tr>
<tr><td>Second words, a few more.</td></tr></table>"""

IN_ITEMS = """<div class="panel"><span>Your comments</span><ul>
<li><span class="t">Ann Perch</span><br><span class="d">3 May 2009 9:20</span><br>First words.</li>
<li><span class="t">Bo</span><br><span class="d">4 May 2009 10:11</span><br>Second words, a few more.</li></ul>
</div>"""

CITED = """<a name="comments"></a><blockquote><p>First words.</p>
<cite>Posted by: <strong>Ann Perch</strong> 3 May 2009</cite>
</blockquote><blockquote><p>Second words, a few more.</p><cite>Posted by: <strong>Bo</strong> 4 May 2009</cite>
</blockquote>"""

NUMBERED_IDS = """<div id="jc_commentsDiv"><div class="e1" id="pc_47"><a id="comment-47"></a>
<span class="small">written by Ann
Perch, May 3, 2009</span><div class="comment-text">First words.</div></div><div class="e2" id="pc_48">
<a id="comment-48">
</a><span class="small">written by Bo, May 4, 2009</span><div class="comment-text">Second words, a few more.</div>
</div></div>"""


@pytest.mark.parametrize(
    "markup",
    [FLAT_ANCHORS, BYLINE_BEHIND, BYLINE_BEFORE, IN_ITEMS, CITED, NUMBERED_IDS],
    ids=["anchors", "behind", "before", "items", "cite", "numbered"],
)
def test_reads_and_cuts_what_no_class_names(markup):
    thread, left = take(markup)
    assert brief(thread) == EXPECTED
    assert "What the author wrote" in left
    assert "First words." not in left and "Second words" not in left


def test_reads_other_languages_and_relative_times():
    markup = """<h3>コメント</h3><div><div class="c"><p class="b">山田 2009年5月3日 12:30</p><p>いいですね。</p></div>
    <div class="c"><p class="b">حنان 2009年5月4日 12:30</p><p>ありがとう。</p></div></div>"""
    assert brief(take(markup)[0]) == [("山田", "2009-05-03", "いいですね。"), ("حنان", "2009-05-04", "ありがとう。")]
    thread, _ = take(IN_ITEMS.replace("3 May 2009 9:20", "3 hours ago").replace("4 May 2009 10:11", "2 hours ago"))
    assert [(c.author, c.published) for c in thread.comments] == [("Ann Perch", None), ("Bo", None)]


LATEST = """<h3>Latest articles</h3><ul><li><h3><a href="/b/">B</a></h3><p>By Ann on May 3, 2009</p><p>Teaser.</p>
</li>
<li><h3><a href="/c/">C</a></h3><p>By Bo on May 4, 2009</p><p>Teaser.</p></li></ul>"""
POSTS = """<div id="comment-policy">Comments</div><div><p>Long words of one day.</p>
<p>Posted by Ann on May 3, 2009 | 3 comments</p>
</div><div><p>Long words of another.</p><p>Posted by Bo on May 4, 2009 | 12 comments</p></div>"""
FOOT = "<h3>Comments</h3><div><p>© 2012 All rights reserved. User Agreement (effective March 21, 2012)</p></div>"
CONTENT = """<a id="c778280"></a><div><h2>News of May</h2><p>2 May 2009</p></div><a id="c778277"></a>
<p>On 3 May 2009 it rained.</p>"""

SENTENCE = """<div><b>Responses</b></div><div><p>I saw this happening 30 years ago, which is why I wrote <i>My Book</i>.
The last chapters of that book are about nothing else.</p></div>"""


@pytest.mark.parametrize(
    "markup",
    [LATEST, POSTS, FOOT, CONTENT, SENTENCE, "<h3>Comments</h3><p>None yet.</p>", f"<aside>{IN_ITEMS}</aside>"],
    ids=["latest", "posts", "footer", "typo3", "sentence", "none", "aside"],
)
def test_what_only_looks_like_comments_is_left(markup):
    thread, left = take(markup)
    assert thread is None
    assert "What the author wrote" in left


def test_posts_of_a_forum_stay_on_its_page():
    assert take(IN_ITEMS, "https://site.example/forum/thread/soil/")[0] is None


def test_nothing_is_taken_where_a_script_draws_the_comments():
    assert take(f"<div id='disqus_thread'></div>{IN_ITEMS}")[0] is None


def test_what_a_theme_prints_below_each_comment_is_no_part_of_it():
    items = "".join(
        f"<li class='comment' id='comment-{n}'><cite>P {n}x</cite><p>Words {n}.</p><div>Please rate: {n}</div></li>"
        for n in range(1, 6)
    )
    thread, _ = take(f"<ol class='commentlist'>{items}</ol>")
    assert [c.text for c in thread.comments] == [f"Words {n}." for n in range(1, 6)]


def test_a_short_comment_that_tells_a_time_is_not_its_byline():
    thread, _ = take(
        "<ol class='commentlist'><li id='comment-7'>"
        "<a class='url' href='http://a.example/'>Iman</a> on November 9, 2012 4:45 am"
        "<div class='commenttext'><p>Nothing like the modem of 19 years ago.</p></div></li></ol>"
    )
    assert brief(thread) == [("Iman", "2012-11-09", "Nothing like the modem of 19 years ago.")]


@pytest.mark.parametrize(
    ("line", "name", "published"),
    [
        ("Posted by: Ann Perch | Apr 6, 2007 1:11:01 PM", "Ann Perch", datetime(2007, 4, 6, 13, 11, 1, tzinfo=UTC)),
        (
            "posted on Tuesday, October 30, 2012 at 9:46 AM by Bo Carp",
            "Bo Carp",
            datetime(2012, 10, 30, 9, 46, tzinfo=UTC),
        ),
        ("Kommentar von Hans am 3. Mai 2009 um 12:30", "Hans", datetime(2009, 5, 3, 12, 30, tzinfo=UTC)),
        ("Par Jean le 12 mai 2010 à 12h30", "Jean", datetime(2010, 5, 12, 12, 30, tzinfo=UTC)),
        ("#1 — January 7, 2008 @ 13:00 — Cleo Dace [URL]", "Cleo Dace", datetime(2008, 1, 7, 13, 0, tzinfo=UTC)),
        ("On May 3, 2009, Ann said:", "Ann", datetime(2009, 5, 3, tzinfo=UTC)),
        ("Bo 9:35am Wed 9 Jan 08", "Bo", datetime(2008, 1, 9, 9, 35, tzinfo=UTC)),
        ("Dee 10.29.2012 Log in to Reply", "Dee", datetime(2012, 10, 29, tzinfo=UTC)),
        ("Eva vor 3 Stunden", "Eva", None),
        ("7:57am today", "", None),
    ],
)
def test_bylines_in_any_order(line, name, published):
    found = read_byline(line)
    assert found is not None and (found.name, found.published) == (name, published)


@pytest.mark.parametrize("line", ["", "chapter 12 of 2012", "May", "99/99/2012", "x" * 500])
def test_lines_without_a_moment(line):
    assert find_moment(line) is None
    assert read_byline(line) is None


def test_names_in_bold_between_rules_need_no_date():
    piece = "<br><b>{}</b><br>{}<br><br>It goes on.<br><hr>"
    rows = [("Ann Perch", "First words."), ("Bo @ Riga", "Second words."), ("حنان", "ثالثا.")]
    ruled = "".join(piece.format(*row) for row in rows)
    thread, left = take(f"<div><a name='commentSection'></a><b>Comments are closed</b><br>{ruled}</div><p>Foot</p>")
    assert [(c.author, c.text) for c in thread.comments] == [(name, f"{text}\nIt goes on.") for name, text in rows]
    assert "Foot" in left and "Second words" not in left
    assert take(f"<div>{ruled}</div>")[0] is None  # no heading says what they are
