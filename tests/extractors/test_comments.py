"""Comments of several makes of markup: what is read, what is cut, what must not pass for a comment."""

from datetime import UTC, datetime

import pytest

from extractors import comments
from extractors.document import parse_text

URL = "https://blog.example/2024/05/a-post/"
ARTICLE = "<h1>A post</h1><div class='entry-content'><p>What the author wrote, at some length.</p></div>"


def take(markup, article=ARTICLE):
    document = parse_text(f"<html><body>{article}{markup}</body></html>", URL)
    taken = comments.take(document.tree, URL)
    return taken.thread, document.tree.text_content()


def brief(thread):
    return [(c.native_id, c.author, c.parent_id, c.text) for c in thread.comments]


WORDPRESS = """<div id="comments"><h2>2 thoughts on “A post”</h2><ol class="commentlist">
<li class="comment even" id="li-comment-7"><div id="comment-7">
<div class="comment-author vcard"><img class="avatar" src="a.png">
<cite class="fn"><a href="https://ann.example/">Ann P.</a></cite> <span class="says">says:</span></div>
<div class="comment-meta"><a href="#comment-7"><time datetime="2024-05-03T10:20:00+02:00">May 3</time></a></div>
<p>First.</p><p>Second paragraph.</p><div class="reply"><a href="?replytocom=7#respond">Reply</a></div></div>
<ul class="children"><li class="comment odd bypostauthor" id="li-comment-8"><div id="comment-8">
<div class="comment-author"><cite class="fn">حنان</cite></div><p>ありがとう。</p></div></li></ul></li></ol>
<div id="respond"><h3>Leave a Reply</h3><form><textarea></textarea></form></div></div>"""

BLOGGER = """<div class="comments" id="comments">
<h4>1 comment:</h4>
<dl class="avatar-comment-indent" id="comments-block">
<dt class="comment-author" id="c123456789">
<a name="c123456789"></a><a href="https://b.example/">Bea</a> said...</dt>
<dd class="comment-body" id="Blog1_cmt-123456789"><p>Lovely picture.</p></dd>
<dd class="comment-footer"><span class="comment-timestamp">
<a href="#c123456789">May 3, 2009 at 9:20 AM</a></span></dd>
</dl></div>"""

TYPEPAD = """<div id="all-comments" class="comments"><div id="comments-content" class="comments-content">
<div id="comment-6a00d8341c5f1453ef0120a5" class="comment comment-odd comment-has-avatar">
<div class="comment-avatar"><img src="x.gif"></div>
<div class="comment-content" id="comment-6a00d8341c5f1453ef0120a5-content"><span><p>Typed in a café.</p></span></div>
<p class="comment-footer">Posted by: <a href="http://c.example/">Cleo</a> |
<a href="#comment-6a00">May 3, 2009 at 9:20 AM</a>
</p></div></div></div>"""

MEZZANINE = """<div id="comments"><h3>Comments</h3><div id="comment-14" class="comment media"><img class="media-object">
<div class="media-body"><h4 class="media-heading">Dmitri P. <small class="timespan">6 years, 1 month ago</small></h4>
<p>I disagree.</p><a href="/blog/a/#comment-14">Link</a> | <a href="#reply-14" class="reply">Reply</a>
<div class="rating"><span id="rating-14">Currently unrated</span><form><input value="5"></form></div>
<form class="comment-reply-form" id="reply-14"><label>Name</label></form>
<div id="comment-16" class="comment media"><div class="media-body"><h4 class="media-heading">Eve
<small class="timespan">5 years ago</small></h4><p>I do not.</p></div></div></div></div>
<form><textarea></textarea></form></div>"""

MICRODATA = """<section class="notes">
<div itemscope itemtype="https://schema.org/Comment">
<span itemprop="author">Finn</span>
<time itemprop="dateCreated" datetime="2024-05-03">yesterday</time><div itemprop="text">Marked for machines.</div></div>
</section>"""

MOVABLE_TYPE = """<div id="comments"><div class="commentbody" ><div id="c4711"><p>Squid again.</p></div>
<p class="posted">Posted by: <b>Gil</b> at May 3, 2009 9:20 AM</p></div></div>"""


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        (WORDPRESS, [("7", "Ann P.", None, "First.\nSecond paragraph."), ("8", "حنان", "7", "ありがとう。")]),
        (BLOGGER, [("123456789", "Bea", None, "Lovely picture.")]),
        (TYPEPAD, [("6a00d8341c5f1453ef0120a5", "Cleo", None, "Typed in a café.")]),
        (MEZZANINE, [("14", "Dmitri P.", None, "I disagree."), ("16", "Eve", "14", "I do not.")]),
        (MICRODATA, [(None, "Finn", None, "Marked for machines.")]),
        (MOVABLE_TYPE, [("4711", "Gil", None, "Squid again.")]),
    ],
    ids=["wordpress", "blogger", "typepad", "mezzanine", "microdata", "movabletype"],
)
def test_reads_a_thread_and_leaves_the_article(markup, expected):
    thread, left = take(markup)
    assert brief(thread) == expected
    assert "What the author wrote" in left
    assert all(line not in left for _, _, _, text in expected for line in text.split("\n"))


def test_dates_are_aware_and_relative_ones_are_none():
    (first, _), _ = take(WORDPRESS)[0].comments, None
    assert first.published == datetime(2024, 5, 3, 8, 20, tzinfo=UTC)
    assert first.author_url == "https://ann.example/"
    assert first.permalink == URL + "#comment-7"
    assert [c.published for c in take(MEZZANINE)[0].comments] == [None, None]
    assert take(BLOGGER)[0].comments[0].published == datetime(2009, 5, 3, 9, 20, tzinfo=UTC)


def test_tells_the_authors_own_replies_and_what_the_heading_claims():
    thread, _ = take(WORDPRESS)
    assert [c.by_author for c in thread.comments] == [False, True]
    assert (thread.claimed, thread.complete, thread.other_pages) == (2, True, ())


def test_a_thread_with_more_pages_is_not_complete():
    more = WORDPRESS.replace(
        "</ol>", "</ol><a class='page-numbers' href='/2024/05/a-post/comment-page-2/#comments'>2</a>"
    )
    thread, _ = take(more)
    assert thread.other_pages == ("https://blog.example/2024/05/a-post/comment-page-2/",)
    assert not thread.complete


def test_a_thread_that_claims_more_than_it_shows_is_not_complete():
    assert not take(WORDPRESS.replace("2 thoughts", "1,250 thoughts"))[0].complete


@pytest.mark.parametrize(
    "markup",
    [
        "<div id='disqus_thread'></div><noscript>Please enable JavaScript to view the comments.</noscript>",
        "<aside><ul id='recentcomments'><li class='recentcomments comment'>Ann on A post</li></ul></aside>",
        "<div class='widget'><ul class='commentlist'><li class='comment' id='comment-3'>Ann: hello</li></ul></div>",
        "<p>See the <span class='comment'>3 comments</span> below.</p>",
        "<div class='comment-count'>3</div>",
        "",
    ],
    ids=["disqus", "latest", "widget", "counter", "count", "nothing"],
)
def test_what_is_no_comment_yields_none(markup):
    thread, left = take(markup)
    assert thread is None
    assert "What the author wrote" in left


def test_an_open_form_without_comments_is_an_empty_thread():
    thread, left = take("<div id='comments'><div id='respond'><form>Your words<textarea></textarea></form></div></div>")
    assert thread.comments == () and thread.complete
    assert "Your words" not in left


def test_a_container_that_holds_the_article_is_not_cut():
    _, left = take("", article="<div id='comments'><h1>A post</h1><p>What the author wrote.</p></div>")
    assert "What the author wrote." in left


def test_posts_of_a_forum_are_left_to_the_page():
    forum = '<script type="application/ld+json">{"@type": "DiscussionForumPosting"}</script>'
    thread, left = take(forum + WORDPRESS)
    assert thread is None
    assert "Second paragraph." in left


def test_a_comment_shown_twice_is_one():
    assert len(take(WORDPRESS + WORDPRESS)[0].comments) == 2


WPDISCUZ = """<div id="wpdcom"><div class="wpd-thread-list">
<div id="wpd-comm-5_0" class="comment even depth-1 wpd-comment wpd_comment_level-1"><div class="wpd-comment-wrap">
<div id="comment-5" class="wpd-comment-right"><div class="wpd-comment-header">
<div class="wpd-comment-author">Ann</div>
<div class="wpd-comment-date" title="May 3, 2020 9:20 am">4 years ago</div></div>
<div class="wpd-comment-text"><p>Discussed.</p></div><div class="wpd-comment-footer">Reply 3</div></div></div>
<div id="wpd-comm-6_5" class="comment odd depth-2 wpd-comment wpd-reply"><div class="wpd-comment-wrap">
<div id="comment-6" class="wpd-comment-right"><div class="wpd-comment-author">Bo</div>
<div class="wpd-comment-text"><p>Answered.</p></div></div></div></div></div></div></div>"""

SPIP = """<div class="comments"><ul class="forum comments-list"><li class="forum-fil comment odd">
<div class="comment-message forum-message"><div class="comment-content forum-texte"><p>Un fil.</p></div>
<p class="comment-meta">Ann, 3 mai 2009 12:30</p></div>
<ul class="forum"><li class="forum-fil comment even"><div class="comment-message forum-message">
<div class="comment-content forum-texte"><p>Une suite.</p></div>
<p class="comment-meta">Bo, 4 mai 2009 12:30</p></div></li>
</ul></li></ul></div>"""

TUMBLR = """<ol class="notes"><li class="note like without_commentary">
<span class="action"><a class="tumblelog">dee</a> likes this</span></li>
<li class="note reply without_commentary"><span class="action"><a href="http://eve.example/">eve</a> said:
<span class="answer_content">Oh yes.</span></span></li>
<li class="note reblog with_commentary"><span class="action"><a class="tumblelog" href="http://finn.example/">finn</a>
reblogged this from <a class="source_tumblelog">dee</a> and added:</span>
<blockquote><a href="http://finn.example/post/1">Look at that.</a></blockquote></li></ol>"""


def test_reads_wpdiscuz_with_its_answers():
    thread, _ = take(WPDISCUZ)
    assert brief(thread) == [("5", "Ann", None, "Discussed."), ("6", "Bo", "5", "Answered.")]
    assert thread.comments[0].published == datetime(2020, 5, 3, 9, 20, tzinfo=UTC)


def test_reads_answers_in_lists_that_no_class_names():
    assert [(c.text, c.depth, c.parent_known) for c in take(SPIP)[0].comments] == [
        ("Un fil.", 0, True),
        ("Une suite.", 1, True),
    ]


def test_of_tumblrs_notes_those_with_words_are_comments():
    assert brief(take(TUMBLR)[0]) == [(None, "eve", None, "Oh yes."), (None, "finn", None, "Look at that.")]


def test_names_stand_beside_dates_and_actions_in_paragraphs():
    thread, _ = take("""<ol class="commentlist"><li class="comment" id="comment-7"><div class="comment-author">
    <p class="comment-url">Gil</p><p class="comment-date"><a href="#comment-7">10.29.2012</a></p>
    <p class="comment-reply"><a href="/login">Log in to Reply</a></p></div><div class="comment-text"><p>Words.</p></div>
    </li></ol>""")
    assert brief(thread) == [("7", "Gil", None, "Words.")]


@pytest.mark.parametrize("says", ["says:", "Says:", "schrieb:", "a dit :", "said..."])
def test_what_a_theme_prints_behind_the_name_is_no_word_of_the_comment(says):
    thread, _ = take(f"""<ol class="commentlist"><li id="comment-7"><cite>Gil</cite> {says}<br>
    <small class="commentmetadata"><a href="#comment-7">May 3, 2009 at 9:20 am</a></small><p>Note: words.</p>
    <p>Like or Dislike: <img src="up.png"> 1 <img src="down.png"> 0</p></li></ol>""")
    assert brief(thread) == [("7", "Gil", None, "Note: words.")]


def test_disqus_without_its_script_tells_address_and_name():
    thread, _ = take("""<div id="disqus_thread"><ul id="dsq-comments"><li id="dsq-comment-71">
    <div class="dsq-comment-header"><cite id="dsq-cite-71">http://jo.example/x
    <span id="dsq-author-user-71">Jo K.</span></cite></div>
    <div id="dsq-comment-body-71" class="dsq-comment-body"><div class="dsq-comment-message"><p>Words.</p></div></div>
    </li></ul></div>""")
    assert brief(thread) == [("71", "Jo K.", None, "Words.")]
    assert thread.comments[0].author_url == "http://jo.example/x"


def test_the_name_stands_above_the_words_where_the_date_stands_below():
    thread, _ = take("""<div class="comment" id="comment-5"><div class="top">lia said:</div>
    <div class="comtext"><p>No.</p></div><div class="comdate">November 13, 2012 8:26 am</div></div>""")
    assert brief(thread) == [("5", "lia", None, "No.")]


def test_a_byline_within_a_byline_says_the_name_alone():
    thread, _ = take("""<ul class="comments-list"><li class="comment" id="comment-7"><header class="byline">
    <span class="author"><a href="/u/3">mo19</a></span><span class="rank">Wise</span>
    <a href="#comment-7">jump to post</a>
    </header><div class="comment-text">No.</div></li></ul>""")
    assert brief(thread) == [("7", "mo19", None, "No.")]


def test_a_byline_may_be_the_first_words_of_the_comments_own_element():
    thread, _ = take("""<ol class="commentlist"><li id="comment-6">Anne on
    November 5, 2012 12:33 pm <div class="commenttext"><p>No.</p></div></li></ol>""")
    assert brief(thread) == [("6", "Anne", None, "No.")]
    assert thread.comments[0].published == datetime(2012, 11, 5, 12, 33, tzinfo=UTC)


def test_of_a_ping_without_words_its_sender_is_kept():
    thread, _ = (
        take("""<ol class="commentlist"><li class="trackback" id="comment-9"><cite>Y</cite><p>[...] as they say</p>
    </li><li class="pingback" id="comment-10"><cite class="fn"><a href="http://z.example/">Z</a></cite></li></ol>""")
    )
    assert [(c.kind, c.author, c.text) for c in thread.comments] == [
        ("trackback", "Y", "[...] as they say"),
        ("pingback", "Z", ""),
    ]
    unmarked = "<ol class='commentlist'><li><p>Pingback: <a href='http://x.example/p'>A list | X</a></p></li></ol>"
    assert [(c.kind, c.author, c.text) for c in take(unmarked)[0].comments] == [("pingback", "A list | X", "")]


def test_substacks_links_tell_the_moment():
    thread, _ = (
        take("""<div class="comments-page"><div class="comment" id="comment-71855610" aria-label="Comment by Hal">
    <a href="https://blog.example/p/a/comment/71855610" title="Oct 8, 2024, 4:18 PM"><span>Oct 8, 2024</span></a>
    <div class="comment-body"><p>Enjoyed.</p></div></div><a href="/p/a/comments">23 more comments...</a></div>""")
    )
    assert brief(thread) == [("71855610", "Hal", None, "Enjoyed.")]
    assert thread.comments[0].published == datetime(2024, 10, 8, 16, 18, tzinfo=UTC)
    assert thread.comments[0].permalink == "https://blog.example/p/a/comment/71855610"
    assert (thread.other_pages, thread.complete) == (("https://blog.example/p/a/comments",), False)


BBPRESS = """<div id="bbpress-forums"><ul id="topic-40-replies" class="forums bbp-replies"><li class="bbp-header">
<div class="bbp-reply-author">Author</div><div class="bbp-reply-content">Posts</div></li><li class="bbp-body">
<div class="bbp-reply-header"><div class="bbp-meta">July 18, 2012 at 12:37 pm <a href="/t/#post-43">#43</a></div></div>
<div id="post-43" class="post-43 reply type-reply hentry"><div class="bbp-reply-author">
<a href="/u/ivy" class="bbp-author-name">Ivy</a><br>Key Master</div>
<div class="bbp-reply-content"><p>Here is an idea.</p></div></div></li></ul></div>"""


def test_posts_of_bbpress_are_comments_below_a_post_but_not_in_the_forum():
    thread, left = take(BBPRESS)
    assert brief(thread) == [("43", "Ivy", None, "Here is an idea.")]
    assert thread.comments[0].published == datetime(2012, 7, 18, 12, 37, tzinfo=UTC)
    assert "idea" not in left
    forum = parse_text(f"<html><body class='topic bbpress'><h1>T</h1>{BBPRESS}</body></html>", URL).tree
    assert comments.take(forum, URL) == (None, ())
    assert "idea" in forum.text_content()


# ------------------------------------------------------------------------------------------------ the rest of a thread
@pytest.mark.parametrize(
    ("link", "pages"),
    [
        ("<a href='/a/comments/page/2/#comments'>Next</a>", ("https://blog.example/a/comments/page/2/",)),
        ("<a href='/a?commentPage=2'>Newer</a>", ("https://blog.example/a?commentPage=2",)),
        ("<ul class='pager'><li><a href='/a?page=1'>2</a></li></ul>", ("https://blog.example/a?page=1",)),
        ("<a href='/a/x'>Ältere Kommentare</a>", ("https://blog.example/a/x",)),
        ("<a href='/a/x'>次のコメント</a>", ("https://blog.example/a/x",)),
        ("<a href='#'>Load more comments</a>", ()),
        ("<button>View 12 more comments</button>", ()),
    ],
)
def test_a_page_that_speaks_of_more_comments_shows_a_part(link, pages):
    thread, _ = take(WORDPRESS.replace("</ol>", f"</ol>{link}"))
    assert (thread.other_pages, thread.complete) == (pages, False)


@pytest.mark.parametrize(
    "link",
    [
        "<a href='https://other.example/x'>More comments</a>",
        "<a href='/a?page=1'>Page 1 of my book</a>",
        "<a href='/a/comment-page-3/#comment-99'>Ann on A post</a>",
        "<a href='/policy'>Read our comment policy</a>",
    ],
    ids=["elsewhere", "no pager", "one comment", "policy"],
)
def test_other_links_lead_to_no_comment_page(link):
    assert take(WORDPRESS.replace("</ol>", f"</ol>{link}"))[0].other_pages == ()


def test_a_count_that_is_no_heading_is_read_too():
    thread, _ = take(WORDPRESS.replace("<h2>2 thoughts on “A post”</h2>", "<span class='c'>Comments (17)</span>"))
    assert (thread.claimed, thread.complete) == (17, False)


def test_remark_among_definitions_is_passed_over():
    pair = '<dt id="comment-1">Ann, May 3, 2009</dt><dd><p>Words.</p></dd>'
    thread, _ = take(f'<div id="comments"><dl><!-- for nobody -->{pair}</dl></div>')
    assert [(comment.native_id, comment.text) for comment in thread.comments] == [("1", "Words.")]


@pytest.mark.parametrize(
    ("dates", "lang", "day"),
    [(("03/04/2019", "25/04/2019"), "en", 3), (("03/04/2019", "04/25/2019"), "fr", 4), (("03/04/2019",), "fr-CH", 3)],
)
def test_dates_in_figures_are_read_as_the_thread_tells(dates, lang, day):
    items = "".join(
        f'<li class="comment" id="comment-{n}">Ann {date} <p>Said.</p></li>' for n, date in enumerate(dates)
    )
    tree = parse_text(
        f'<html lang="{lang}"><body><ol class="commentlist">{items}</ol></body></html>', "http://a.blog/"
    ).tree
    assert comments.take(tree, "http://a.blog/").thread.comments[0].published.day == day
