"""The title of a page, and the name of the site that is none."""

import pytest

from extractors import metadata
from extractors.document import parse_text
from extractors.headline import without_site

URL = "https://www.harbourlog.example/a-post/"


def title(head, body=""):
    return metadata.read(parse_text(f"<html><head>{head}</head><body>{body}</body></html>", URL).tree, URL, URL).title


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title>Salt | The Quay</title>", "<h1>The Quay</h1><h2 class='entry-title'>Salt</h2>", "Salt"),
        ("<title>The Quay » Archive » Salt</title>", "<h1><a href='/'>The Quay</a></h1><h2>Salt</h2>", "Salt"),
        ("<title>Salt: a story - The Quay</title>", "<h1>Salt: a story</h1>", "Salt: a story"),
        ("<meta property='og:title' content='Salt and sea'>", "<h1>May 3 Salt and sea</h1>", "Salt and sea"),
        ("<meta property='og:title' content='Salt and sea'>", "<h1>Details</h1>", "Salt and sea"),
        ("<title>The Quay</title>", "<h1>Salt</h1>", "The Quay"),
        (
            "<title>The Quay: Salt and sea</title>",
            "<h1 id='banner-header'><a href='http://q.example/quay/'>The Quay</a></h1><h3>Salt and sea</h3>",
            "Salt and sea",
        ),
        (
            "<title>The Quay: Salt</title>",
            "<h1><a href='http://q.example/quay/'>The Quay</a></h1><h3 class='entry-header'>Salt</h3>",
            "Salt",
        ),
        (
            "<title>Salt Ahoy: A story of the sea</title>",
            "<h1>Tales</h1><h2>Salt Ahoy</h2>",
            "Salt Ahoy: A story of the sea",
        ),
        (
            "<title>News - The Quay</title><meta property='og:title' content='Salt and sea'>",
            "<h1 class='pagetitle hidden'>News</h1><h1>Salt and sea</h1>",
            "Salt and sea",
        ),
        ("<title>塩と海 | 港の日記</title>", "<h1>塩と海</h1>", "塩と海"),
        ("<title>Mes\u00adsen\u00adger</title>", "<h1>Mes\u00adsen\u00adger</h1>", "Messenger"),
        ("", "<h1>Salt</h1>", "Salt"),
    ],
)
def test_title(head, body, expected):
    assert title(head, body) == expected


def test_the_address_decides_where_the_head_names_the_site_alone():
    url = "https://q.example/2012/08/and-now-salt-and-sea/"
    source = (
        "<html><head><title>The Quay</title></head><body><h2>Links</h2><h2>And now: salt, and sea!</h2></body></html>"
    )
    assert metadata.read(parse_text(source, url).tree, url, url).title == "And now: salt, and sea!"
    assert metadata.read(parse_text(source, URL).tree, URL, URL).title == "The Quay"


def test_what_stands_in_the_banner_is_the_name_of_the_site():
    banner = "<div id='banner'><h1><a href='http://q.example/quay/'>Salt and sea tales</a></h1></div>"
    assert title("<title>Salt and sea tales: The long winter</title>", f"{banner}<h3>The long winter</h3>") == (
        "The long winter"
    )


@pytest.mark.parametrize(
    ("whole", "site", "expected"),
    [
        ("Salt | The Quay", "The Quay", "Salt"),
        ("The Quay: Salt", "The Quay", "The Quay: Salt"),
        ("Salt - Harbour Log", None, "Salt"),  # the host
        ("Salt and the long winter - Bo Lind", None, "Salt and the long winter"),
        ("Salt - a story of the long winter in the north", None, "Salt - a story of the long winter in the north"),
        ("Salt | Bo Lind", None, "Salt | Bo Lind"),
        ("The Quay", "The Quay", "The Quay"),
        ("", None, ""),
    ],
)
def test_without_site(whole, site, expected):
    assert without_site(whole, site, URL) == expected
