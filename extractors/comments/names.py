"""Whole class names and ids of comments, platform by platform.

Names are compared whole and lower-cased, never as substrings: Typepad marks every comment `comment-has-avatar`, and
Blogger keeps author and date in `comment-footer`; a rule for "avatar" or "footer" would take both for furniture.

To add a platform, add one `Markup`; what it names holds on every page, because themes of one platform copy the names
of another.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Markup(NamedTuple):
    """What one platform calls the parts of a thread; names apart by blanks."""

    item: str = ""  #: one comment
    lists: str = ""  #: a list whose children are comments, marked or not
    region: str = ""  #: the place where a thread stands: heading, list, form
    nested: str = ""  #: what holds the answers to a comment
    text: str = ""  #: what the commenter wrote, and nothing else
    holder: str = ""  #: the commenter's words with other things beside them
    author: str = ""  #: the name
    byline: str = ""  #: the name with other things beside it
    date: str = ""
    title: str = ""  #: the commenter's own heading
    furniture: str = ""  #: it says nothing that the commenter wrote


PLATFORMS = {
    "wordpress": Markup(
        item="comment pingback trackback",
        lists="commentlist comment-list wp-block-comment-template sfw-commentlist singlecommentlist comments-list",
        region="comments comments-area comments-wrapper comments-template wp-block-comments "
        "wp-block-post-comments respond "
        "comment-respond commentform comment-form trackbacks trackback-list pinglist pings pingbacks "
        "commentwrap comments-wrap",
        nested="children",
        text="comment-content wp-block-comment-content comment-text comment_text commenttext comtext "
        "comment-copy commentcopy",
        holder="comment-body format_text",
        author="fn wp-block-comment-author-name comment-author-name",
        byline="comment-author commentauthor comment_author vcard",
        date="comment-date wp-block-comment-date comment-metadata comment-meta commentmetadata comment_meta",
        furniture="reply comment-reply comment-reply-link comment-edit-link edit-link avatar says screen-reader-text "
        "comment-awaiting-moderation comment-permalink wp-block-comment-reply-link wp-block-comment-edit-link "
        "cld-like-dislike-wrap comment-replybox-single comment-replybox-thread comment-likes jp-carousel-comment",
    ),
    "blogger": Markup(
        item="comment-thread-item comment-block-item blogcomment",
        lists="comments-block comment-thread",
        region="comments comments-content comments-embed comment-form threaded-comments blogcomments",
        nested="comment-replies",
        text="comment-content",
        holder="comment-body blog-comment-body",
        byline="comment-author user comment-header byline",
        date="comment-timestamp datetime",
        furniture="comment-actions comment-footer item-control blog-author-label avatar-image-container thread-toggle "
        "continue comment-delete",
    ),
    "typepad": Markup(
        item="comment",
        region="comments all-comments comments-content comments-open trackbacks-content comments-nav",
        text="comment-content",
        byline="comment-footer posted",
        furniture="comment-avatar comment-footer posted comment-permalink",
    ),
    "movabletype": Markup(
        item="comment comments-body commentbody",
        region="comments comments-content comments-open comments-closed comments-open-content comments-open-footer",
        text="comment-content",
        holder="comments-body comment-inner",
        byline="byline comments-post comment-header cheader comment-footer posted",
        furniture="comments-post comment-header comment-footer posted byline",
    ),
    "drupal": Markup(
        item="comment comment-published indented-comment",
        region="comments comment-wrapper-all comment-wrapper field--type-comment comments__section box-comments",
        nested="indented",
        text="field--name-comment-body field-name-comment-body comment__content",
        holder="content comment-text",
        author="username",
        byline="submitted comment__author comment-submitted author",
        date="submitted comment__time comment-time",
        furniture="links inline new comment-new-comments comment__links submitted comment__submitted "
        "comment__meta user-picture",
    ),
    "joomla": Markup(
        item="jomentry jomentry1 jomentry2 jomentry-child comment-box kmt-item kmt-wrap rbox jc_comment "
        "k2-comment ubitemcomment",
        lists="comments-list jc_commentsdiv kmt-list itemcommentslist",
        region="jc jc_comments jc_commentsdiv jc-comments jcomments comments-footer komento section-kmt kmt-comments "
        "itemcomments jomcomment tpl_form jc_writecomment comments-form comments-form-link comments-report",
        text="comment-body comment-text kmt-body kmt-comment-body comment-content",
        title="jc_comment_title comment-title",
        author="comment-author kmt-author author-homepage commentauthorname",
        byline="small kmt-head",
        date="comment-date commentdate",
        furniture="jc_comment_panel comments-vote comments-buttons comment-anchor toolbar-top toolbar-bottom "
        "kmt-control "
        "kmt-rank kmt-permalink avatarimg small jc_comment_avatar commenttoolbar",
    ),
    "disqus": Markup(
        item="dsq-comment",
        lists="dsq-comments",
        region="disqus_thread dsq-content dsq-comments",
        text="dsq-comment-message dsq-comment-text post-message",
        holder="dsq-comment-body",
        author="dsq-commenter-name",
        byline="dsq-comment-header dsq-comment-cite",
        date="dsq-comment-header-time",
        furniture="dsq-comment-footer dsq-comment-header dsq-avatar",
    ),
    "livefyre": Markup(
        item="lf_comment_container lf_comment fyre-comment-wrapper",
        region="livefyre lf_comments lf_comment_stream fyre-stream-content",
        text="lf_body fyre-comment",
        holder="lf_comment_body",
        author="lf_comment_user_nick lf_author fyre-comment-username",
        date="lf_comment_date fyre-comment-date",
        furniture="lf_footer lf_comment_footer lf_comment_user lf_comment_user_rating lf_comment_attachments "
        "fyre-comment-footer",
    ),
    "intensedebate": Markup(
        item="idc-c idc-comment",
        region="idc-container idc-cover",
        text="idc-c-t idc-c-t-inner",
        byline="idc-c-h",
        furniture="idc-c-h idc-c-m idc-c-b idc-v",
    ),
    "echo": Markup(
        item="js-singlecomment js-singlecommentdepth0", region="js-kit-comments", text="js-singlecommentbody"
    ),
    "isso": Markup(
        item="isso-comment",
        region="isso-thread",
        nested="isso-follow-up",
        text="isso-text",
        author="isso-author",
        byline="isso-comment-header",
        furniture="isso-comment-header isso-comment-footer isso-avatar",
    ),
    "commento": Markup(
        item="commento-card",
        region="commento commento-root",
        text="commento-card-body commento-body",
        author="commento-name",
    ),
    "staticman and jekyll": Markup(
        item="js-comment static-comment comment__item comment-static",
        region="js-comments comments__existing",
        text="comment__content comment__text comment__body",
        author="comment__author",
        date="comment__date",
    ),
    "substack": Markup(
        item="comment",
        region="comments-section comments-page comment-list-container",
        lists="comment-list",
        nested="comment-list",
        text="comment-body",
        holder="comment-content",
        author="commenter-name",
        date="comment-timestamp",
        furniture="comment-meta comment-actions show-all-toggle",
    ),
    "squarespace": Markup(
        item="comment",
        lists="comment-list",
        region="squarespace-comments comments-content",
        text="comment-body",
        author="author-name",
        byline="comment-header",
        date="comment-date date",
        furniture="comment-header comment-footer",
    ),
    "livejournal": Markup(
        item="comment-wrap b-leaf b-grove-leaf ljcmt_full ljcmt_short comment-inner",
        region="comments b-grove comments-body",
        text="b-leaf-article comment-text",
        author="b-leaf-username ljuser i-ljuser-username",
        date="b-leaf-createdtime comment-time",
        furniture="b-leaf-actions b-leaf-controls b-leaf-userpic comment-links comment-foot comment-head "
        "b-leaf-header b-leaf-subject",
    ),
    "wpdiscuz": Markup(
        item="wpd-comment wc-comment",
        region="wpdiscuz wpdcom wpd-threads wpd-thread-list wc-thread-wrapper",
        text="wpd-comment-text wc-comment-text",
        author="wpd-comment-author wc-comment-author",
        date="wpd-comment-date wc-comment-date",
        furniture="wpd-comment-footer wc-comment-footer wpd-comment-label wc-comment-label wpd-comment-share "
        "wpd-avatar",
    ),
    "overblog": Markup(
        item="ob-comment",
        region="ob-comments",
        nested="ob-comment-replies",
        text="ob-text",
        holder="ob-message",
        author="ob-name",
        date="ob-date",
        furniture="ob-info ob-avatar",
    ),
    "spip": Markup(
        item="forum-fil comment-li",
        region="comments-ul",
        text="forum-texte",
        byline="forum-chapo",
    ),
    "shopify": Markup(
        item="article-template__comments-comment",
        region="article-template__comments article-template__comments-wrapper",
    ),
    "weebly": Markup(
        item="blogcommentwrap",
        region="blogcommentsinner",
        text="blogcommenttext",
        author="blogcommentauthor",
        date="blogcommentdate",
    ),
    "dasblog": Markup(
        item="commentboxstyle", text="commentbodystyle", byline="commentdatestyle", date="commentdatestyle"
    ),
    "hatena": Markup(item="entry-comment", author="comment-user-name comment-nickname"),
    "tumblr": Markup(
        item="with_commentary note-commentary",
        lists="notes",
        region="notecontainer post-notes",
        text="answer_content",
        author="tumblelog",
        byline="action",
        furniture="action avatar_frame more_notes_link_container",
    ),
    "serendipity": Markup(
        item="serendipity_comment",
        region="serendipity_comments serendipity_section_comments comments serendipity_commentform",
        text="serendipity_commentbody comment_content",
        byline="serendipity_comment_source",
        furniture="serendipity_comment_source",
    ),
    "b2evolution": Markup(
        item="bcomment evo_comment",
        region="bcomments evo_comments",
        text="bcommenttext evo_comment__text",
        byline="bcommenttitle evo_comment_title",
        furniture="bcommentsmallprint evo_comment_footer bcommenttitle",
    ),
    "textpattern": Markup(
        item="comment",
        region="comments comments-wrapper",
        text="comment-message",
        byline="comment-meta comment_permlink",
    ),
    "dotclear": Markup(
        region="comments pings", nested="comment-answers", holder="comment-content", byline="comment-info"
    ),
    "expressionengine": Markup(item="comment-entry", region="comments-wrapper", byline="comment-meta postedby"),
    "mezzanine": Markup(
        item="comment",
        byline="media-heading",
        date="timespan",
        furniture="media-heading rating",
    ),
    "ghost": Markup(item="gh-comment", region="gh-comments", text="gh-comment-content gh-comment-body"),
    "bbpress": Markup(
        text="bbp-reply-content bbp-topic-content",
        author="bbp-author-name",
        date="bbp-reply-post-date",
        furniture="bbp-reply-author bbp-meta bbp-reply-header",
    ),
    "discourse": Markup(item="topic-post crawler-post", text="cooked", author="creator", date="post-time"),
    "sbnation": Markup(
        item="citem",
        title="comment_title",
        lists="comment_master_list",
        text="cbody",
        byline="by",
        furniture="by",
    ),
    "bbc": Markup(
        item="dna-comment", region="dna-comments_module dna-comments", text="comment-text", byline="dna-comment-info"
    ),
    "microformats": Markup(
        item="u-comment p-comment h-cite-comment",
        text="e-content",
        author="p-author p-name",
        date="dt-published published",
    ),
    "others": Markup(
        item="commentitem comment-item comment_item comments-item single-comment comment-container comment-wrapper "
        "comment-box commentbox comment-single comment-entry commententry cmt comment-post blog-comment usercomment "
        "user-comment reader-comment comment-row comment_row commentrow comment-holder",
        lists="comment_list comments_list commentslist comment-thread commentthread list-comments thecomments "
        "the-comments",
        region="comment-area commentarea commentblock commentsblock commentsection comment-section comments-section "
        "all-comments post-comments comments_section comments-container comment-container-list comment_area "
        "comments-form comment_form commentsform postcomment post-comment-area comments_wrap commentscontainer "
        "comment-wrap-all fb-comments hc-comments utterances giscus user-comments usercomments reader-comments "
        "readercomments blog_comments blogcomments article-comments articlecomments story-comments storycomments "
        "article_comments commentwrapper comments-block-wrapper talkback talkbacks commentsholder",
        nested="replies comment-children child-comments comments-replies",
        text="comment-message comment__content c_text commentsbody comment-entry-content comment_body_text "
        "comment_content "
        "commentcontent comment-desc",
        holder="comment_body commentbody commententry comment-entry comment-txt comment_txt cbody",
        author="comment_author_name comment-name comment-user commenter commenter-name authorname author-name "
        "author_name "
        "cauthor user-name nickname poster comment-by comment_by comauth "
        "commentsauthor commentername commenter_name comment-writer",
        byline="author user name comment_name url comment-poster comment-info comment-posted posted posted-by "
        "postedby "
        "c_author comment-head comment_header",
        date="comment_date comment_time comment_timestamp timestamp date time comdate posted-on comment-datetime "
        "comment-posted postdate commentdate",
        furniture="permalink rating comment-rating sr-only comment-reply-form comment_num comment-number "
        "commentnumber "
        "comment-num comment-count vote votes voting comment-links comment-tools comment-controls "
        "comment-form reply-link "
        "replylink replyto comment-footer-links comment-like like-comment report-comment flag-comment "
        "cancel-comment-reply commentmeta comment-info comment-options byline-note reply-to-comment gravatar "
        "comment-action "
        "posted-by postedby comment-posted tools commentsabuse reportabuse",
    ),
}


def _names(field: str) -> frozenset[str]:
    return frozenset(name for markup in PLATFORMS.values() for name in getattr(markup, field).split())


ITEM = _names("item")
LISTS = _names("lists")
REGION = _names("region") | LISTS
NESTED = _names("nested")
TEXT = _names("text")
HOLDER = _names("holder")
AUTHOR = _names("author")
BYLINE = _names("byline")
DATE = _names("date")
TITLE = _names("title") | frozenset(("comment-subject",))
FURNITURE = _names("furniture") | frozenset(
    ("comment-metadata", "comment-meta", "commentmetadata", "comment_meta", "comment-header")
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
BY_SCRIPT = frozenset("disqus_thread isso-thread fb-comments giscus utterances commento js-kit-comments".split())
OWN = frozenset("bypostauthor entry-author comment-by-author by-author by-post-author authorcomment".split())
#: Id of one comment, its last group being the native id: comment-12, li-comment-12, dsq-comment-12, Blog1_cmt-12.
ITEM_ID = re.compile(
    r"(?:li-|div-|dsq-|lf_|dna-|blog\d+_|tc_|the|isso-|static)?(?:comments?|cmt|response|kommentar|commentaire|"
    r"wpd-comm|wc-comm)[-_]?(?:item[-_]|container[-_]|id[-_]?)?(\d+|[0-9a-f]{16,})(?:_\d+)?",
    re.I,
)
#: Ids too short to be believed unless the element has a class of a comment, or stands in a comment list.
SHORT_ID = re.compile(r"(?:c|pc_|bc_|com|p|t|ljcmt|kmt-|r|node-)(\d+)", re.I)
