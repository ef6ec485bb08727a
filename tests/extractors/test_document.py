"""The one tree that everything reads: whatever a page holds, there is one, and it holds the page's words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.document import (
    MAX_DEPTH,
    Element,
    by_class,
    classes,
    drop,
    first_by_class,
    fragment,
    parse,
    parse_text,
    words_of,
)

URL = "http://a.blog/2026/11/post/"


@pytest.mark.parametrize("body", [b"", b" \n", b"<", b"<!--", b"\x00", b"\xff\xfe", b"<?xml version='1.0'?>", b"]]>"])
def test_junk_gives_an_empty_tree(body: bytes) -> None:
    document = parse(body, URL)
    assert document.tree.tag == "html"
    assert document.tree.find("body") is not None
    assert words_of(document.tree) in ("", "<", "]]>")


def test_control_characters_are_taken_out() -> None:
    document = parse(b"<p>a\x00b\x07c\x1b[31md</p>", URL)
    assert words_of(document.tree) == "abc[31md"


def test_xml_declaration_is_no_obstacle() -> None:
    document = parse('<?xml version="1.0" encoding="utf-8"?><html><body><p>é</p></body></html>'.encode(), URL)
    assert words_of(document.tree) == "é"


@pytest.mark.parametrize(
    "source",
    [
        "<html><body><p>one</p></body></html><p>behind the end of the page</p><div>two</div>",
        "<html><body><p>one</p></BODY><p>behind the end of the page</p><div>two</div></body></html>",
        "<p>one</p></html >\n<p>behind the end of the page</p></body><div>two</div>",
    ],
)
def test_words_behind_an_early_end_are_kept(source: str) -> None:
    document = parse_text(source, URL)
    assert words_of(document.tree.find("body")).replace(" ", "") == "onebehindtheendofthepagetwo"


def depth_of(tree) -> int:
    return max(sum(1 for _ in element.iterancestors()) + 1 for element in tree.iter())


def test_depth_has_a_limit_and_the_document_says_what_was_lost() -> None:
    document = parse(b"<div>" * 100_000 + b"deep", URL)
    assert sum(1 for _ in document.tree.iter()) <= 3000
    assert any("nested" in warning for warning in document.warnings)
    assert parse(b"<div>" * 1000 + b"deep", URL).warnings == ()


@pytest.mark.parametrize("tag", ["div", "b", "blockquote"])
def test_what_is_nested_too_deep_stands_side_by_side(tag: str) -> None:
    source = "".join(f"<{tag}>in{n} <!-- c --><i>x{n}</i> y{n} " for n in range(700))
    source += "end" + "".join(f"</{tag}> out{n} " for n in range(700))
    document = parse_text(source, URL)
    words = [f"{word}{n}" for n in range(700) for word in ("in", "x", "y")]
    assert words_of(document.tree).split() == [*words, "end", *(f"out{n}" for n in range(700))]
    assert depth_of(document.tree) == MAX_DEPTH
    assert document.warnings == ()


def test_characters_that_could_not_be_read_are_told() -> None:
    document = parse("größer ".encode() * 50 + b"\xe4", URL, "text/html; charset=utf-8")
    assert document.warnings == ("1 characters could not be read as utf-8",)


@pytest.mark.parametrize(
    ("head", "base"),
    [
        ("", URL),
        ("<base href='/blog/'>", "http://a.blog/blog/"),
        ("<base target=_top><base href='//b.blog/x/'>", "http://b.blog/x/"),
        ("<base href='javascript:1'>", URL),
    ],
)
def test_base(head: str, base: str) -> None:
    assert parse_text(f"<html><head>{head}</head><body>x</body></html>", URL).base == base


def test_head_is_read_once_and_by_lower_case_names() -> None:
    document = parse_text(
        "<head><meta name=Author content=' '><meta name=author content='Ann'><meta property='og:title' content=T>"
        "<link rel='Canonical nofollow' href='/seven/'><link rel=shortlink></head><body class='single  postid-7'>",
        URL,
    )
    assert document.metas == {"author": "Ann", "og:title": "T"}
    assert document.canonical() == "http://a.blog/seven/"
    assert document.body_classes == {"single", "postid-7"}
    assert len(document.links) == 1


def test_classes_are_whole_names() -> None:
    tree = parse_text("<div class='entry-content-wrap'><p class=' a\tentry-content\n'>x</p></div>", URL).tree
    assert [element.tag for element in by_class(tree, "entry-content", "none")] == ["p"]
    assert first_by_class(tree, "entry") is None
    assert classes(tree.find("body/div/p")) == {"a", "entry-content"}


def test_an_index_of_classes_keeps_what_is_cut_out_later() -> None:
    source = "<div class='a b' id=1><p class='b c' id=2></p></div><p class='b c' id=3></p><i class=ab id=4></i>"
    document = parse_text(source, URL)

    def ids(elements: list[Element]) -> str:
        return "".join(element.get("id") for element in elements)

    assert ids(document.classed.of("b")) == "123"
    assert ids(document.classed.of("c", "a", "none")) == "123"
    assert ids(document.classed.of("ab")) == "4"
    div = document.tree.find("body/div")
    assert ids(document.classed.within(div, "b")) == "12"
    drop(div.find("p"))
    assert ids(document.classed.of("b")) == "123"
    assert ids(document.classed.within(div, "b")) == "1"


def test_dropping_an_element_leaves_the_words_behind_it() -> None:
    tree = parse_text("<p>one <b>two</b> three <i>four</i> five</p>", URL).tree
    for name in ("b", "i"):
        drop(next(tree.iter(name)))
    assert words_of(tree) == "one three five"


def test_words_come_in_their_order() -> None:
    tree = parse_text("<h1>a <b>b <i>c</i></b> d<script>no</script> e<!-- no --> f<style>no</style></h1>", URL).tree
    assert words_of(tree) == "a b c d e f"
    assert words_of(next(tree.iter("script"))) == ""


def test_many_neighbours_with_long_texts_are_dropped_in_time() -> None:
    for order in (list, reversed):  # joining the texts one by one would copy 30 GB
        tree = parse_text("<p>" + "<b>x</b>a few words " * 60_000 + "</p>", URL).tree
        for element in order(list(tree.iter("b"))):
            drop(element)
        assert words_of(tree) == " ".join(["a few words"] * 60_000)
        assert tree.find(".//b") is None


@pytest.mark.parametrize("source", ["<p>a</p></div></body></html><p>b</p>", "<p>a</p></div><p>b</p>", "</p>a<p>b"])
def test_a_fragment_keeps_what_stray_ends_leave_outside(source: str) -> None:
    assert words_of(fragment(source)) == "ab"


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400)
    | st.lists(st.sampled_from(["<p>", "</html>", "<base href=", "<!--", "é", "\ud800", "<svg>"])).map("".join)
)
def test_any_input_gives_a_tree(source: bytes | str) -> None:
    document = parse(source, URL) if isinstance(source, bytes) else parse_text(source, URL)
    assert document.tree.tag == "html"
    assert document.base and isinstance(document.metas, dict)


@pytest.mark.parametrize("hyphen", ["\u00ad", "&shy;", "&#173;", "&#xAD;"])
def test_soft_hyphens_are_no_part_of_words(hyphen: str) -> None:
    tree = parse(f"<p>Donau{hyphen}dampf{hyphen}schiff</p>".encode(), "https://blog.example/", None).tree
    assert tree.text_content() == "Donaudampfschiff"
