"""Whole class names and ids of comments: those that platforms declare, and those that many systems have in common.

Names are compared whole and lower-cased, never as substrings: Typepad marks every comment `comment-has-avatar`, and
Blogger keeps author and date in `comment-footer`; a rule for "avatar" or "footer" would take both for furniture. What
belongs to one platform stands in its file in `extractors/platforms/`; here stand microformats and what has no owner.
"""

from __future__ import annotations

import re

from extractors.registry import comment_names, comment_pattern

ITEM = comment_names(
    "item",
    "u-comment p-comment h-cite-comment commentitem comment-item comment_item comments-item single-comment "
    "comment-container comment-wrapper comment-box commentbox comment-single comment-entry commententry cmt "
    "comment-post blog-comment usercomment user-comment reader-comment comment-row comment_row commentrow "
    "comment-holder",
)
LISTS = comment_names(
    "lists",
    "comment_list comments_list commentslist comment-thread commentthread list-comments thecomments the-comments",
)
REGION = LISTS | comment_names(
    "region",
    "comment-area commentarea commentblock commentsblock commentsection comment-section comments-section "
    "all-comments post-comments comments_section comments-container comment-container-list comment_area "
    "comments-form comment_form commentsform postcomment post-comment-area comments_wrap commentscontainer "
    "comment-wrap-all fb-comments hc-comments utterances giscus user-comments usercomments reader-comments "
    "readercomments blog_comments blogcomments article-comments articlecomments story-comments storycomments "
    "article_comments commentwrapper comments-block-wrapper talkback talkbacks commentsholder",
)
NESTED = comment_names(
    "nested",
    "replies comment-children child-comments comments-replies",
)
TEXT = comment_names(
    "text",
    "e-content comment-message comment__content c_text commentsbody comment-entry-content comment_body_text "
    "comment_content commentcontent comment-desc",
)
HOLDER = comment_names(
    "holder",
    "comment_body commentbody commententry comment-entry comment-txt comment_txt cbody",
)
AUTHOR = comment_names(
    "author",
    "p-author p-name comment_author_name comment-name comment-user commenter commenter-name authorname author-name "
    "author_name cauthor user-name nickname poster comment-by comment_by comauth commentsauthor commentername "
    "commenter_name comment-writer",
)
BYLINE = comment_names(
    "byline",
    "author user name comment_name url comment-poster comment-info comment-posted posted posted-by postedby c_author "
    "comment-head comment_header",
)
DATE = comment_names(
    "date",
    "dt-published published comment_date comment_time comment_timestamp timestamp date time comdate posted-on "
    "comment-datetime comment-posted postdate commentdate",
)
TITLE = comment_names(
    "title",
    "comment-subject",
)
FURNITURE = comment_names(
    "furniture",
    "permalink rating comment-rating sr-only comment-reply-form comment_num comment-number commentnumber comment-num "
    "comment-count vote votes voting comment-links comment-tools comment-controls comment-form reply-link replylink "
    "replyto comment-footer-links comment-like like-comment report-comment flag-comment cancel-comment-reply "
    "commentmeta comment-info comment-options byline-note reply-to-comment gravatar comment-action posted-by postedby "
    "comment-posted tools commentsabuse reportabuse comment-metadata comment-meta commentmetadata comment_meta "
    "comment-header",
)
#: Two names that only together mean a comment: Tumblr's notes are likes, reblogs and replies.
ITEM_PAIR = frozenset(("note", "reply"))
#: Lists of the latest comments and the like, where teasers look as comments do.
ASIDE = frozenset(
    "widget sidebar recentcomments recent-comments recent_comments widget_recent_comments widget-area side-bar "
    "latest-comments wp-block-latest-comments".split()
)
#: An article's own body: what holds it is neither a comment nor a thread.
ARTICLE = frozenset(
    "entry-content post-content post-body article-body article-content entry-body post_content postbody articlebody "
    "wp-block-post-content td-post-content available-content gh-content entrytext blogbody".split()
)
#: Threads that a script draws: the place is there, the comments are not.
BY_SCRIPT = comment_names("drawn", "fb-comments giscus utterances")
COUNTS = comment_names("counts")
OWN = comment_names("own", "entry-author comment-by-author by-author by-post-author authorcomment")
#: A native id: a number, or what systems draw by lot, in hexadecimal digits with or without hyphens.
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NUMBER = rf"(\d+|[0-9a-f]{{16,}}|{_UUID})"
_ITEM_ID = re.compile(
    rf"(?:{comment_pattern('ids')}|(?:li-|div-|tc_|the|static)?(?:comments?|cmt|response|kommentar|commentaire)[-_]?"
    rf"(?:item[-_]|container[-_]|id[-_]?)?){_NUMBER}(?:_\d+)?|{comment_pattern('word_ids')}([0-9a-z]{{4,12}})",
    re.I,
)
_SHORT_ID = re.compile(rf"{comment_pattern('short_ids', 'c pc_ bc_ com p t r')}(\d+)|({_UUID})", re.I)


def item_id(ident: str | None) -> str | None:
    """Return the native id in an id that only comments have: comment-12, li-comment-12, Blog1_cmt-12."""
    match = _ITEM_ID.fullmatch(ident) if ident else None
    return (match[1] or match[2]) if match else None


def short_id(ident: str | None) -> str | None:
    """Return the native id in an id that is believed where its element is a comment by class or place: c12, t12."""
    match = _SHORT_ID.fullmatch(ident) if ident else None
    return (match[1] or match[2]) if match else None
