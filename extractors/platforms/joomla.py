"""Joomla, and its components of comments: JComments, Komento, K2, JomComment."""

from extractors.platform import Comments, Platform

REVISION = "joomla/1"

PLATFORM = Platform(
    name="joomla",
    generators=("joomla",),
    comments=Comments(
        item=(
            "jomentry jomentry1 jomentry2 jomentry-child comment-box kmt-item kmt-wrap rbox jc_comment k2-comment "
            "ubitemcomment"
        ),
        lists="comments-list jc_commentsdiv kmt-list itemcommentslist",
        region=(
            "jc jc_comments jc_commentsdiv jc-comments jcomments comments-footer komento section-kmt kmt-comments "
            "itemcomments jomcomment tpl_form jc_writecomment comments-form comments-form-link comments-report"
        ),
        text="comment-body comment-text kmt-body kmt-comment-body comment-content",
        author="comment-author kmt-author author-homepage commentauthorname",
        byline="small kmt-head",
        date="comment-date commentdate",
        title="jc_comment_title comment-title",
        furniture=(
            "jc_comment_panel comments-vote comments-buttons comment-anchor toolbar-top toolbar-bottom kmt-control "
            "kmt-rank kmt-permalink avatarimg small jc_comment_avatar commenttoolbar"
        ),
        short_ids="kmt-",
    ),
)
