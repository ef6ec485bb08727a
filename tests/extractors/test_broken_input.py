"""Feeds, listings and maps that break off, lie about themselves or are no such thing: never a crash, never an edit."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.dates import parse_date
from extractors.feeds import read_feed
from extractors.rest import read_comments, read_posts
from extractors.sitemaps import MAX_BYTES, MAX_URLS, read_sitemap
from variorum.errors import ExtractError

URL = "http://a.blog/feed/"
POST = {"id": 7, "link": "http://a.blog/7/", "title": {"rendered": "T"}, "content": {"rendered": "<p>x</p>"}}


def rss(items: str, head: str = "", title: str = "A blog") -> str:
    return f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>{title}</title>{head}{items}</channel></rss>"""


def item(number: int, body: str, *, title: str = "T", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>http://a.blog/{number}/</link>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded>{more}</item>"
    )


def answer(body: str, link: str = "http://a.blog/seven/comment-page-1/#comment-12") -> str:
    return f"<item><link>{link}</link><content:encoded><![CDATA[{body}]]></content:encoded></item>"


# ------------------------------------------------------------------------------------------------ feeds
def test_feed_that_breaks_off_ends_in_a_partial_page() -> None:
    whole = rss(item(1, "<p>One.</p>") + item(2, "<p>Two, and much more.</p>"))
    assert [page.partial for page in read_feed(whole.encode(), URL).pages] == [False, False]
    cut = read_feed(whole[: whole.index("much")].encode(), URL)
    assert (cut.pages[0].text, cut.pages[0].partial) == ("One.", False)
    assert all(page.partial for page in cut.pages[1:])


def test_comment_feed_that_breaks_off_loses_its_last_entry() -> None:
    whole = rss(answer("<p>a</p>") + answer("<p>b, and more</p>"))
    cut = whole[: whole.index("and more")]
    assert [len(read_feed(body.encode(), "http://a.blog/comments/feed/").comments) for body in (whole, cut)] == [2, 1]


def test_characters_by_html_names() -> None:
    feed = read_feed(
        rss(item(1, "a &mdash; b &amp;mdash;", title="Caf&eacute; &amp; bar"), title="1&nbsp;&lt; 2").encode(), URL
    )
    assert (feed.title, feed.pages[0].title, feed.pages[0].text) == ("1 < 2", "Café & bar", "a — b &mdash;")


def test_own_entities_are_left_alone() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY x SYSTEM "file:///etc/passwd">]>' + rss(
        item(1, "x", title="&a;&x;")
    )
    assert read_feed(bomb.encode(), URL).pages[0].title == ""


def test_declared_utf8_that_is_none() -> None:
    source = '<?xml version="1.0" encoding="utf-8"?>' + rss(item(1, "<p>Die Fähre</p>", title="Größe und Höhe"))
    page = read_feed(source.encode("cp1252"), URL).pages[0]
    assert (page.title, page.text) == ("Größe und Höhe", "Die Fähre")


@pytest.mark.parametrize(
    "junk", ["\n\n", "<br />\n<b>Warning</b>: in <b>/x.php</b> on line <b>2</b><br />\n", "\ufeff \n"]
)
def test_what_a_server_printed_before_the_feed_is_left_out(junk: str) -> None:
    source = junk + '<?xml version="1.0"?>' + rss(item(1, "<p>One.</p>"))
    assert read_feed(source.encode(), URL).pages[0].text == "One."


def test_web_page_is_named_as_what_it_is() -> None:
    with pytest.raises(ExtractError, match="web page"):
        read_feed(b"<!doctype html>\n<html><title>Not found</title></html>", URL)


@pytest.mark.parametrize("member", ["tags", "authors", "author", "url", "title", "content_html", "content_text"])
@pytest.mark.parametrize("value", [5, "x", None, [], {}, [1], {"name": "x"}])
def test_json_feed_with_members_of_other_kinds(member: str, value: object) -> None:
    told = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "http://a.blog/1", member: value}, 3]}
    assert read_feed(json.dumps(told).encode(), URL).kind == "posts"


def test_plain_text_of_a_json_feed_is_no_markup() -> None:
    told = {
        "version": "https://jsonfeed.org/version/1",
        "items": [{"id": "http://a.blog/1", "content_text": "a <b\nc"}],
    }
    assert read_feed(json.dumps(told).encode(), URL).pages[0].text == "a <b\nc"


# ------------------------------------------------------------------------------------------------ answers in feeds
REPLY = '<p>In reply to <a href="http://a.blog/seven/comment-page-1/#comment-11">Ann</a>.</p>\n<p>Yes.</p>'
GENERATOR = "<generator>https://wordpress.org/?v=6.1</generator>"


@pytest.mark.parametrize("words", ["In reply to %s.", "Als Antwort auf %s.", "%s への返信。", "ردا على %s."])
def test_wordpress_names_the_parent_in_the_text(words: str) -> None:
    link = '<a href="http://a.blog/seven/#comment-11">Ann</a>'
    body = f"<p>{words % link}</p><p>Yes.</p>"
    (comment,) = read_feed(rss(answer(body), GENERATOR).encode(), "http://a.blog/comments/feed/").comments
    assert (comment.text, comment.parent_id, comment.parent_known) == ("Yes.", "11", True)


@pytest.mark.parametrize(
    ("body", "head"),
    [
        (REPLY, ""),  # another platform
        (REPLY.replace("/seven/", "/eight/"), GENERATOR),  # a comment elsewhere
        ("<p>Yes.</p>" + REPLY, GENERATOR),  # not first
        (REPLY.replace("In reply", "As I said before, and as all the others said, in reply"), GENERATOR),
        (REPLY.replace("</a>.", "</a> and <a href='/x'>x</a>."), GENERATOR),
        (REPLY.replace("In reply to ", "").replace("</a>.", "</a>"), GENERATOR),
    ],
)
def test_links_of_the_commenter_stay(body: str, head: str) -> None:
    (comment,) = read_feed(rss(answer(body), head).encode(), "http://a.blog/comments/feed/").comments
    assert "Ann" in comment.text and comment.parent_id is None and not comment.parent_known


# ------------------------------------------------------------------------------------------------ REST
@pytest.mark.parametrize("member", ["title", "content"])
@pytest.mark.parametrize("value", ["words", 5, ["x"], True])
def test_a_text_that_is_no_object_is_refused(member: str, value: object) -> None:
    with pytest.raises(ExtractError, match=f"{member} of item 7"):
        read_posts(json.dumps([{**POST, member: value}]).encode(), URL)


@pytest.mark.parametrize("embedded", [[], None, 3, {"author": {"code": "x"}}, {"wp:term": {"0": []}}, {"author": [3]}])
def test_embedded_things_that_failed_are_left_out(embedded: object) -> None:
    (page,) = read_posts(json.dumps([{**POST, "_embedded": embedded}]).encode(), URL)
    assert (page.text, page.authors, page.tags) == ("x", (), ())


@pytest.mark.parametrize("read", [read_posts, read_comments])
@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'[{"id":' + b"9" * 5000, b"null", b"[1]", b"[null]", b"\xff\xfe[", b""]
)
def test_no_listing(read, body: bytes) -> None:
    with pytest.raises(ExtractError):
        read(body, URL)


@pytest.mark.parametrize(
    ("link", "permalink"),
    [
        ("http://a.blog/seven/comment-page-2/#comment-9", "http://a.blog/seven/#comment-9"),
        ("http://a.blog/seven/comment-page-2#comment-9", "http://a.blog/seven#comment-9"),
        ("http://a.blog/?p=7&cpage=3#comment-9", "http://a.blog/?p=7#comment-9"),
        ("http://a.blog/on-comment-page-design/#comment-9", "http://a.blog/on-comment-page-design/#comment-9"),
    ],
)
def test_permalink_of_a_comment_stays_when_comments_are_paged_anew(link: str, permalink: str) -> None:
    (comment,) = read_comments(json.dumps([{"id": 9, "post": 7, "link": link}]).encode(), URL)
    assert comment.permalink == permalink


# ------------------------------------------------------------------------------------------------ maps
def test_map_that_breaks_off_loses_its_last_address() -> None:
    whole = "<urlset>" + "".join(f"<url><loc>http://a.blog/{n}/long-name/</loc></url>" for n in range(3)) + "</urlset>"
    assert read_sitemap(whole.encode(), URL).cut is False
    cut = read_sitemap(whole[: whole.rindex("long-name") + 4].encode(), URL)
    assert (cut.cut, [url for url, _ in cut.urls[:2]]) == (True, [f"http://a.blog/{n}/long-name/" for n in range(2)])
    assert not any(url.endswith("/long") for url, _ in cut.urls)


def test_maps_are_read_to_their_limit_and_say_so() -> None:
    one = "<url><loc>http://a.blog/</loc></url>"
    found = read_sitemap(f"<urlset>{one * (MAX_URLS + 1)}</urlset>".encode(), URL)
    assert (len(found.urls), found.cut) == (MAX_URLS, True)


def test_gzip_bomb_is_cut() -> None:
    import gzip

    found = read_sitemap(gzip.compress(b"<urlset>" + b" " * (MAX_BYTES + 9), 9), URL)
    assert (found.urls, found.cut) == ((), True)


# ------------------------------------------------------------------------------------------------ anything
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04 Mar 2019 09:12:00 +0200", "2019-03-04T07:12:00+00:00"),
        ("Mon Mar 4 2019 09:12:00 GMT-0530", "2019-03-04T14:42:00+00:00"),
        ("4 March 2019, 09:12", "2019-03-04T09:12:00+00:00"),
    ],
)
def test_zone_behind_the_time(text: str, expected: str) -> None:
    found = parse_date(text)
    assert found is not None and found.isoformat() == expected


PIECES = st.sampled_from(
    "<rss> <feed> <item> <entry> </item> <title> <![CDATA[ ]]> <link> http://a.blog/1 &x; <urlset> <url> <loc> [ ] } é "
    '{"version":"jsonfeed.org","items": " \0'.split(" ")
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES | st.text(max_size=3)).map("".join))
def test_no_input_ends_in_anything_but_a_value_or_an_extract_error(source: str) -> None:
    body = source.encode("utf-8", "replace")
    for read in (read_feed, read_posts, read_comments, read_sitemap):
        try:
            read(body, URL)
        except ExtractError as error:
            assert str(error)
    assert parse_date(source) is None or parse_date(source).tzinfo is not None


@pytest.mark.parametrize(
    "source", [b"<http://a.blog/1", b"<rss><http://a.blog/1><item/></rss>", b"<urlset><http://a/><url/></urlset>"]
)
def test_a_name_that_no_xml_allows_is_no_fault_of_ours(source: bytes) -> None:
    for read in (read_feed, read_sitemap):
        try:
            read(source, "http://a.blog/")
        except ExtractError as error:
            assert str(error)
