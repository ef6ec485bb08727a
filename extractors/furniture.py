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

from lxml import etree

from extractors.document import drop
from variorum.records import Removed

REVISION = "furniture/3"

#: The name of a rule is "platform/name". Names that mean the same thing everywhere stand under "any".
_RULES: dict[str, dict[str, str]] = {
    "share": {
        "jetpack": "sharedaddy sd-sharing-enabled sd-sharing sd-social robots-nocontent jp-sharing-input-touch "
        "wp-block-jetpack-sharing-buttons #jp-post-flair #sharing_email sharing-hidden",
        "wordpress": "wp-block-outermost-social-sharing heateor_sss_sharing_container heateorSssClear ssba "
        "essb_links social-share-buttons dpsp-networks-btns-wrapper mashsb-container swp_social_panel "
        "simple-share-buttons avia-share-box av-share-box et_social_inline et_social_mobile et_social_sidebar_networks "
        "sociable sociable_tagline shr-publisher sexy-bookmarks dd_post_share dd_outer really_simple_share "
        "wpsr-share-icons sfsi_widget sfsi_Sicons tweetmeme_button wp-socializer mr_social_sharing_wrapper "
        "juiz_sps_links scriptlesssocialsharing wpzoom-social-sharing-buttons nectar-social fusion-sharing-box "
        "fusion-social-networks h5ab-print-button-container td-post-sharing jssocials sharify-container "
        "wabtn_container WP-EmailIcon",
        "blogger": "post-share-buttons share-button sharing share-buttons goog-inline-block "
        "reaction-buttons star-ratings",
        "typepad": "post-share entry-sharing social-share",
        "squarespace": "squarespace-social-buttons Share-buttons entry-actions",
        "livejournal": "b-singlepost-reactions entry-linkbar b-sharing",
        "ghost": "gh-article-share post-share-links",
        "substack": "post-ufi post-footer-actions share-dialog post-ufi-button",
        "addthis": "addthis_toolbox addthis_inline_share_toolbox addthis_sharing_toolbox addthis_button",
        "sharethis": "sharethis-inline-share-buttons sharethis-inline-reaction-buttons st_sharethis",
        "addtoany": "addtoany_share_save_container addtoany_content addtoany_list a2a_kit",
        "any": "social-sharing sharebar share-bar share-this shareaholic-canvas shariff print-link "
        "printfriendly pf-button print-button email-post print-post mail-button",
    },
    "like": {
        "jetpack": "jetpack-likes-widget-wrapper jetpack-likes-widget-unloaded sd-like wpl-likebox "
        "#likes-other-gravatars #likes-master wp-block-jetpack-like",
        "any": "fb-like wp_ulike_general_class zilla-likes post-ratings kksr-legend kk-star-ratings reactions-widget",
    },
    "related": {
        "jetpack": "jp-relatedposts wp-block-jetpack-related-posts #jp-relatedposts",
        "wordpress": "yarpp yarpp-related wp_rp_wrap rp4wp-related-posts crp_related contextual-related-posts "
        "zem_rp_wrap zemanta-related related-posts relatedposts related_posts #relatedposts #related_posts "
        "#seo_alrp_related nrelate nr_related_placeholder wp_rp_content srp-widget-container jp-related-posts-i2__list "
        "yarpp-template-thumbnails td_block_related_posts penci-post-related",
        "blogger": "related-posts-container linkwithin_outer linkwithin_div #related-posts",
        "ghost": "read-next read-next-feed gh-read-next",
        "any": "taboola trc_related_container OUTBRAIN ob-widget related-articles related-stories related_stories "
        "related-content c-related recommended-posts you-may-also-like "
        "more-stories",
    },
    "comment_form": {
        "wordpress": "#respond comment-respond comment-form #commentform wp-block-post-comments-form no-comments "
        "nocomments comments-closed akismet_comment_form_privacy_notice subscribe-to-comments "
        "comment-subscription-form",
        "wordpress.com": "#comment-form__verbum jetpack_remote_comment #comment-form-identity highlander-comment-form",
        "blogger": "comment-form #comment-editor comment-replybox-thread comment-replybox-single #comment-holder-form "
        "#top-ce",
        "typepad": "#comment-form comments-open-content",
        "movabletype": "comments-open-footer #comments-open comments-form",
    },
    "subscribe": {
        "jetpack": "wp-block-jetpack-subscriptions wp-block-jetpack-subscriptions__container jetpack-subscribe-modal "
        "jetpack_subscription_widget jetpack-subscription-modal post-subscription-form #bit #actionbar "
        "#loggedout-follow #follow-bubble #subscribe-blog",
        "wordpress": "mc4wp-form mailpoet_form tnp-subscription wpcf7-newsletter",
        "blogger": "feed-links blog-feeds FollowByEmail post-feeds",
        "ghost": "gh-subscribe gh-post-upgrade-cta gh-signup subscribe-form kg-signup-card",
        "substack": "subscription-widget subscription-widget-wrap subscribe-widget subscribe-footer "
        "subscription-widget-wrap-editor",
        "any": "newsletter-signup #mc_embed_signup newsletter-form",
    },
    "navigation": {
        "wordpress": "post-navigation posts-navigation comment-navigation nav-links nav-previous nav-next nav-single "
        "navigation-single nav-below #nav-below #nav-above #nav-single post-nav-links page-links "
        "wp-block-post-navigation-link skip-link screen-reader-shortcut pagination posts-pagination "
        "wp-block-query-pagination comments-pagination wp-block-comments-pagination yoast-breadcrumbs",
        "blogger": "blog-pager #blog-pager jump-link skip-navigation blog-pager-older-link blog-pager-newer-link",
        "typepad": "content-nav entry-nav",
        "squarespace": "item-pagination blog-item-pagination BlogItem-pagination",
        "recipe": "wprm-recipe-jump wprm-recipe-print wprm-recipe-snippet wprm-recipe-jump-video "
        "wprm-recipe-jump-to-comments tasty-recipes-jump-link tasty-recipes-print-button tasty-recipes-quick-links "
        "wpzoom-recipe-card-buttons wpzoom-recipe-snippet-button mv-create-jtr mv-create-print-form ERSPrintBtn",
        "bbpress": "bbp-pagination bbp-breadcrumb bbp-topic-tags bbp-admin-links bbp-template-notice bbp-header "
        "bbp-footer bbp-login-form bbp-search-form",
        "wpforo": "wpforo-menu wpforo-subtop wpf-breadcrumb wpf-navi wpforo-topic-footer wpforo-footer wpf-bottom-bar "
        "wpforo-right-sidebar wpf-please-login",
        "any": "breadcrumb breadcrumbs breadcrumb-trail skip-to-content skiplink skip-to-main back-to-top prev-next",
    },
    "cookie": {
        "jetpack": "eu-cookie-law widget_eu_cookie_law_widget #eu-cookie-law",
        "blogger": "cookie-choices-info #cookieChoiceInfo",
        "any": "cookie-notice cookie-banner cookie-consent cc-window cc-banner #cookie-notice #cookie-law-info-bar "
        "#cookie-banner #onetrust-banner-sdk #onetrust-consent-sdk #CybotCookiebotDialog cmplz-cookiebanner "
        "moove_gdpr_cookie_info_bar BorlabsCookie _brlbs-content-blocker rcb-content-blocker "
        "cmplz-blocked-content-notice",
    },
    "byline": {
        "wordpress": "author-box author-info author-bio wp-block-post-author abh_box saboxplugin-wrap "
        "author_info author-bio-box ts-fab-wrapper "
        "wp-about-author-containter-top pp-multiple-authors-boxes-wrapper "
        "molongui-author-box entry-author-box about-author #author-info "
        "#entry-author-info",
        "blogger": "author-profile post-footer post-author-profile blog-author-box",
        "ghost": "gh-post-author-card author-card",
        "any": "about-the-author",
    },
    "other": {
        "jetpack": "wpcnt wpa wordads-ad wpcom-ad jetpack-ad #wpcom-adsense",
        "any": "adsbygoogle ad-container advertisement google-auto-placed",
    },
}

#: Names that wrap the article itself on some pages: they are cut inside the article's container only.
_INSIDE_ONLY = frozenset("robots-nocontent pagination post-footer share-button sharing".split())
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

_BY_NAME: dict[str, tuple[str, str]] = {}
for _kind, _platforms in _RULES.items():
    for _platform, _names in _platforms.items():
        for _name in _names.split():
            _BY_NAME.setdefault(_name, (_kind, f"{_platform}/{_name.lstrip('#')}"))


def cut(root: Any, *, inside: bool) -> tuple[Removed, ...]:
    """Cut the widgets out of a tree, in place, and return what was cut, in document order, empty widgets too.

    Args:
        root: lxml element: the container of the article, or the whole page. It stays itself, whatever its name.
        inside: Whether *root* is the article's container. On a whole page a few names that some themes also give to
            wrappers are left alone.

    An element stays where it holds more than half of the text of *root*, or where it is, or holds, a `main` or an
    `article` element: it is no widget then, or the page is none of ours. Text right behind a widget is kept.
    """
    matches = _matches(root, inside)
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


def _matches(root: Any, inside: bool) -> list[tuple[Any, str, str]]:
    found = []
    for element in root.iterdescendants(etree.Element):
        value, ident = element.get("class"), element.get("id")
        if (not value and not ident) or element.tag in _NEVER:
            continue
        rule, word = (_marks if len(value or "") < _LONGEST_REMEMBERED else _marks.__wrapped__)(value, inside)
        if rule := (ident and _rule_of_id(ident)) or rule:
            found.append((element, *rule))
        elif word and element.tag in _WORD_PARTS:
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
        if isinstance(node.tag, str) and node.tag not in ("script", "style", "noscript", "template"):
            yield node.text or ""
        if node is not element:
            yield node.tail or ""


def _count(text: str) -> int:
    return len("".join(text.split()))


def _size(element: Any) -> int:
    return _count(text_of(element))
