"""Livefyre: threads that a script drew."""

from extractors.platform import Comments, Platform

REVISION = "livefyre/1"

PLATFORM = Platform(
    name="livefyre",
    comments=Comments(
        item="lf_comment_container lf_comment fyre-comment-wrapper",
        region="livefyre lf_comments lf_comment_stream fyre-stream-content",
        text="lf_body fyre-comment",
        holder="lf_comment_body",
        author="lf_comment_user_nick lf_author fyre-comment-username",
        date="lf_comment_date fyre-comment-date",
        furniture=(
            "lf_footer lf_comment_footer lf_comment_user lf_comment_user_rating lf_comment_attachments "
            "fyre-comment-footer"
        ),
        ids="lf_comment_",
    ),
)
