"""Widgets that blogs put into and around an article, cut out of the tree by their own class names and ids.

A name counts only as a whole: `share` is never found in `shareholders`. Within the container of an article a few words
do as parts of a class name, if the element is as small and as full of links as such a widget: `box-related`. The names
are facts read off pages and public sources of the platforms; WordPress' own are checked against a real installation in
the tests. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from extractors import registry
from extractors.document import Classed, drop
from extractors.platform import Kind
from extractors.quality import letters_of
from variorum.records import Removed

REVISION = "furniture/6"

#: What stands on pages of any platform: services, plugins and names that mean the same thing everywhere ("any"). The
#: name of a rule is "whose/name"; what platforms call their own stands in `platforms/`.
_ANYWHERE: dict[Kind, dict[str, str]] = {
    "share": {
        "addthis": "addthis_toolbox addthis_inline_share_toolbox addthis_sharing_toolbox addthis_button",
        "sharethis": "sharethis-inline-share-buttons sharethis-inline-reaction-buttons st_sharethis",
        "addtoany": "addtoany_share_save_container addtoany_content addtoany_list a2a_kit",
        "any": "social-sharing sharebar share-bar share-this shareaholic-canvas shariff print-link "
        "printfriendly pf-button print-button email-post print-post mail-button twitter-share-button fb-share-button "
        "g-plusone linkedin-share-button reddit-share-button pinterest-share-button",
    },
    "like": {
        "any": "fb-like wp_ulike_general_class zilla-likes post-ratings kksr-legend kk-star-ratings reactions-widget",
    },
    "related": {
        "any": "taboola trc_related_container OUTBRAIN ob-widget related-articles related-stories related_stories "
        "related-content c-related recommended-posts you-may-also-like "
        "more-stories",
    },
    "subscribe": {
        "any": "newsletter-signup #mc_embed_signup newsletter-form",
    },
    "navigation": {
        "recipe": "wprm-recipe-jump wprm-recipe-print wprm-recipe-snippet wprm-recipe-jump-video "
        "wprm-recipe-jump-to-comments tasty-recipes-jump-link tasty-recipes-print-button tasty-recipes-quick-links "
        "wpzoom-recipe-card-buttons wpzoom-recipe-snippet-button mv-create-jtr mv-create-print-form ERSPrintBtn",
        "any": "breadcrumb breadcrumbs breadcrumb-trail skip-to-content skiplink skip-to-main back-to-top prev-next",
    },
    "cookie": {
        "any": "cookie-notice cookie-banner cookie-consent cc-window cc-banner #cookie-notice #cookie-law-info-bar "
        "#cookie-banner #onetrust-banner-sdk #onetrust-consent-sdk #CybotCookiebotDialog cmplz-cookiebanner "
        "moove_gdpr_cookie_info_bar BorlabsCookie _brlbs-content-blocker rcb-content-blocker "
        "cmplz-blocked-content-notice",
    },
    "byline": {
        "any": "about-the-author",
    },
    "other": {
        "any": "adsbygoogle ad-container advertisement google-auto-placed",
    },
}
_BY_NAME = registry.widgets(_ANYWHERE)
_INSIDE_ONLY = registry.inside_only()
#: Words that name a widget wherever themes and plugins use them within the container of an article, and the most
#: letters that such a widget says. A word stands alone in the name: `box-related`, never `unrelated`.
_WORDS: dict[str, tuple[str, int]] = {
    "share": ("share", 300),
    "sharing": ("share", 300),
    "social": ("share", 300),
    "breadcrumb": ("navigation", 300),
    "breadcrumbs": ("navigation", 300),
    "pagination": ("navigation", 300),
    "subscribe": ("subscribe", 600),
    "newsletter": ("subscribe", 600),
    "popup": ("other", 600),
    "login": ("other", 600),
    "related": ("related", 3000),
    "sidebar": ("other", 3000),
}
_WORD_PARTS = frozenset(("div", "aside", "section", "ul", "ol", "p", "nav", "span", "footer"))
_CAPTION = 40  #: letters of "Share this"
_PER_LINK = 300  #: letters for each link in it
_WORD_MOST = 0.3  #: share of the container's text
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WRAPPER = "jetpack/jp-post-flair"  #: holds widgets of several kinds: those go first, one by one
_MOST = 0.5  #: share of the container's text above which an element is taken for the article itself
_LONGEST_REMEMBERED = 200  # letters of a class attribute
_NEVER = frozenset(("html", "body", "main", "article"))
_SILENT = frozenset(("script", "style", "noscript", "template"))


def cut(root: Any, *, inside: bool, classed: Classed | None = None) -> tuple[Removed, ...]:
    """Cut the widgets out of a tree, in place, and return what was cut, in document order, empty widgets too.

    Args:
        root: lxml element: the container of the article, or the whole page. It stays itself, whatever its name.
        inside: Whether *root* is the article's container. On a whole page a few names that some themes also give to
            wrappers are left alone.
        classed: Of *root*, where it was made before, be it before parts were cut out.

    An element stays where it holds more than half of the text of *root*, or where it is, or holds, a `main` or an
    `article` element: it is no widget then, or the page is none of ours. Text right behind a widget is kept.
    """
    rows = classed.rows if classed is not None else Classed(root).rows
    matches = _matches(rows[1:], inside)
    whole = _size(root) if matches else 0
    found: list[Removed] = []
    for element, kind, rule in matches:
        if not is_below(element, root):
            continue  # went with a widget around it
        text = text_of(element)
        letters = _count(text)
        if whole and letters > whole * _MOST:
            continue
        if rule.startswith("word/") and not _is_widget(element, rule.removeprefix("word/"), letters, whole):
            continue
        if not inside and any(True for _ in element.iter("article", "main")):
            continue
        drop(element)
        found.append(Removed(kind, rule, text))
    return tuple(found)


def _matches(rows: list[tuple[Any, str, str | None, str | None]], inside: bool) -> list[tuple[Any, str, str]]:
    found: list[tuple[Any, str, str]] = []
    for element, tag, value, ident in rows:
        if (not value and not ident) or tag in _NEVER:
            continue
        rule, word = (_marks if len(value or "") < _LONGEST_REMEMBERED else _marks.__wrapped__)(value, inside)
        if rule := (ident and _rule_of_id(ident)) or rule:
            found.append((element, *rule))
        elif word and tag in _WORD_PARTS:
            found.append((element, _WORDS[word][0], f"word/{word}"))
    return sorted(found, key=lambda match: match[2] == _WRAPPER)


@lru_cache(maxsize=4096)  # few class attributes are on a page many times, and on the next one again
def _marks(value: str | None, inside: bool) -> tuple[tuple[str, str] | None, str]:
    """Return the rule that a class attribute falls under, and within an article the word in it that makes a widget."""
    if not value:
        return None, ""
    rule = _rule_of_classes(value, inside)
    return rule, _widget_word(value) if inside and rule is None else ""


def _rule_of_classes(value: str, inside: bool) -> tuple[str, str] | None:
    names = (name for name in value.split() if name in _BY_NAME and (inside or name not in _INSIDE_ONLY))
    return next(map(_BY_NAME.__getitem__, names), None)


def _rule_of_id(ident: str) -> tuple[str, str] | None:
    if ident.startswith("like-post-wrapper-"):  # the rest is the numbers of blog and post, and changes
        return _BY_NAME["jetpack-likes-widget-wrapper"]
    return _BY_NAME.get(f"#{ident.strip()}")


def _widget_word(value: str) -> str:
    """Return the word of a class attribute that makes a widget; ids do not count: generators make them of headings."""
    return next((word for part in _WORD.findall(value) if (word := part.lower()) in _WORDS), "")


def _is_widget(element: Any, word: str, letters: int, whole: int) -> bool:
    """Return whether an element that only a word names is as small as a widget, and links or buttons most of it."""
    kind, most = _WORDS[word]
    links = sum(1 for _ in element.iter("a", "button", "input", "form"))
    unlinked = _CAPTION if kind == "share" else 0  # scripts make the buttons
    return letters <= min(most, whole * _WORD_MOST, unlinked + links * _PER_LINK)


def is_below(element: Any, root: Any) -> bool:
    """Return whether an element still stands somewhere below *root*."""
    return any(parent is root for parent in element.iterancestors())


def text_of(element: Any) -> str:
    """Return the text of an element for the record: lines without blanks around them, scripts and styles left out."""
    lines = (" ".join(piece.split()) for piece in _pieces(element))
    return "\n".join(line for line in lines if line)


def _pieces(element: Any) -> Iterable[str]:
    for node in element.iter():
        if isinstance(node.tag, str) and node.tag not in _SILENT:
            yield node.text or ""
        if node is not element:
            yield node.tail or ""


def _count(text: str) -> int:
    return len("".join(text.split()))


def _size(element: Any) -> int:
    """Return the letters of an element, those of scripts and the like left out; to walk its texts takes much longer."""
    silent = sum(
        letters_of(part.text_content())
        for part in element.iterdescendants(*_SILENT)
        if part.getparent().tag not in _SILENT
    )
    return letters_of(element.text_content()) - silent
