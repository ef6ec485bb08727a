"""What a page's metadata is read from, and what classes say of an element."""

import pytest

from extractors import outline
from extractors.document import drop, parse_text

URL = "https://b.example/salt/"
LISTS = ("_TITLE_CLASSES", "_DATE_CLASSES", "_CHANGE_WORDS", "_AUTHOR_WORDS", "_ASIDE_CLASSES", "_HIDDEN", "_BRAND")


@pytest.mark.parametrize("name", sorted({name for listed in LISTS for name in getattr(outline, listed)}))
def test_every_listed_class_has_a_role(name):
    assert outline.class_roles(name)


@pytest.mark.parametrize("name", ["row", "col-md-8", "css-1yexn9p", "flex items-center", ""])
def test_classes_of_the_layout_have_none(name):
    assert not outline.class_roles(name)


def test_parts_of_a_thread_stand_aside_not_the_page_that_allows_one():
    assert "aside" in outline.class_roles("comment-body")
    assert "aside" not in outline.class_roles("comments-open")


def warned(body):
    source = f"<html><head><title>Salt</title></head><body>{body}</body></html>"
    return outline.read_outline(parse_text(source, URL).tree, URL, URL).warnings


def test_what_a_huge_page_holds_more_of_is_told():
    dates = "<time>3 May</time>"
    assert warned("<h2>Salt</h2>" * 300 + dates * 1_000) == []
    assert warned("<h2>Salt</h2>" * 301) == ["the page has 301 headings; its title was looked for among the first 300"]
    assert warned(dates * 1_001) == ["the page marks 1001 dates; its own was looked for among the first 1000"]
    nodes = ",".join(['{"@type": "Thing"}'] * 501)
    (warning,) = warned(f'<script type="application/ld+json">[{nodes}]</script>')
    assert warning.startswith("a JSON-LD script has")


def test_parts_are_found_in_document_order_whatever_names_them():
    body = (
        "<i class='post-date'>1</i><time>2</time><b itemprop='datePublished'>3</b><i class='post-date'>4</i>"
        "<a rel='author'>5</a><i class='byline'>6</i><b property='author'>7</b><script class='byline'>8</script>"
    )
    found = outline.read_outline(parse_text(f"<html><body>{body}</body></html>", URL).tree, URL, URL)
    assert [part.text for part in found.dated] == ["1", "2", "3", "4"]
    assert [part.text for part in found.named] == ["5", "6", "7"]


def test_an_index_of_classes_may_be_older_than_the_tree():
    body = "<i class='post-date'>1</i><div><i class='post-date byline'>2</i></div><article class='hentry'>3</article>"
    document = parse_text(f"<html><body>{body}</body></html>", URL)
    classed = document.classed
    drop(document.tree.find("body/div"))
    found = outline.read_outline(document.tree, URL, URL, classed)
    assert [part.text for part in found.dated] == ["1"]
    assert found.named == []
    assert [part.text for part in found.entries] == ["3"]


def test_a_part_stands_aside_by_the_innermost_element_that_tells():
    body = (
        "<article id=own><h1>Salt</h1><div class=related><p>0</p></div><p>1</p></article>"
        "<aside><article><p>2</p></article></aside><article><p>3</p></article><div><p>4</p></div>"
    )
    found = outline.read_outline(parse_text(f"<html><body>{body}</body></html>", URL).tree, URL, URL)
    found.settle(found.headings[0])
    parts = list(found.tree.iter("p"))
    assert [part.text for part in parts if found.is_foreign(part)] == ["0", "2", "3"]
    found.settle(None)
    assert [part.text for part in parts if found.is_foreign(part)] == ["0", "2"]


def test_the_beginning_of_an_element_is_read_no_farther_than_asked():
    part = parse_text("<html><body><p>Salt<!-- no --> and <b>sea</b>" + "<i>, ice</i>" * 100, URL).tree.find(".//p")
    assert outline.beginning(part, 9) == "Salt and "
    assert len(outline.beginning(part, 10_000)) == len(part.text_content())
