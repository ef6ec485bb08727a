import json

import pytest

from extractors.rest import comments_url, posts_url, read_comments, read_posts, total_pages
from variorum.errors import ExtractError

URL = "http://a.blog/wp-json/wp/v2/posts"
POST = {
    "id": 7,
    "date_gmt": "2026-01-02T03:04:05",
    "modified_gmt": "2026-01-03T03:04:05",
    "link": "http://a.blog/2026/01/seven/",
    "type": "post",
    "title": {"rendered": "Salt &amp; <em>light</em>"},
    "content": {"rendered": "<p>One.</p><p>Two.</p>", "protected": False},
    "comment_status": "closed",
    "_embedded": {
        "author": [{"name": "Ann &amp; Bo", "url": ""}],
        "wp:term": [[{"taxonomy": "category", "name": "Trams &amp; Boats"}], [{"taxonomy": "post_tag", "name": "x"}]],
    },
}
COMMENT = {
    "id": 12,
    "post": 7,
    "parent": 11,
    "author_name": "Ann",
    "author_url": "http://ann.example",
    "date_gmt": "2026-01-02T03:04:05",
    "content": {"rendered": "<p>Yes.</p>"},
    "link": "http://a.blog/2026/01/seven/comment-page-2/#comment-12",
    "status": "approved",
    "type": "comment",
}


def test_post() -> None:
    (page,) = read_posts(json.dumps([POST]).encode(), URL)
    assert (page.native_id, page.title, page.text) == ("7", "Salt & light", "One.\nTwo.")
    assert [person.name for person in page.authors] == ["Ann & Bo"]
    assert (page.tags, page.categories) == (("x",), ("Trams & Boats",))
    assert page.published is not None and page.published.isoformat() == "2026-01-02T03:04:05+00:00"
    assert page.thread is not None and page.thread.closed and not page.thread.complete


def test_protected_post_has_no_text() -> None:
    (page,) = read_posts(json.dumps([{**POST, "content": {"rendered": "", "protected": True}}]).encode(), URL)
    assert (page.state, page.text) == ("protected", "")


def test_comment_has_a_permalink_without_its_page() -> None:
    (comment,) = read_comments(json.dumps([COMMENT]).encode(), URL)
    assert (comment.native_id, comment.parent_id, comment.post_id, comment.text) == ("12", "11", "7", "Yes.")
    assert comment.permalink == "http://a.blog/2026/01/seven/#comment-12"


@pytest.mark.parametrize("status", ["hold", "spam", "trash"])
def test_comment_that_is_not_approved_is_left_out(status: str) -> None:
    assert read_comments(json.dumps([{**COMMENT, "status": status}]).encode(), URL) == ()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>", "no JSON"),
        (b'{"code":"rest_no_route","message":"No route"}', "rest_no_route"),
        (b'{"a":1}', "no listing"),
        (b'[{"id":1}]', "no post"),
        (b'[{"id":1,', "no JSON"),
    ],
)
def test_what_is_no_listing_is_named(body: bytes, message: str) -> None:
    with pytest.raises(ExtractError, match=message):
        read_posts(body, URL)


def test_addresses_serve_both_kinds_of_root() -> None:
    assert posts_url("http://a.blog/wp-json/", 2).startswith("http://a.blog/wp-json/wp/v2/posts?per_page=100&page=2&")
    assert comments_url("http://a.blog/?rest_route=/", 1).startswith(
        "http://a.blog/?rest_route=/wp/v2/comments&per_page"
    )


def test_total_pages() -> None:
    assert total_pages([("x-wp-totalpages", "4")]) == 4
    assert total_pages([("X-WP-TotalPages", "many")]) is None
