"""bbPress, the forum of WordPress: its topics and replies. Threads below posts: `comments/bbpress.py`."""

from extractors.platform import Comments, Platform

REVISION = "bbpress/1"

PLATFORM = Platform(
    name="bbpress",
    furniture={
        "navigation": (
            "bbp-pagination bbp-breadcrumb bbp-topic-tags bbp-admin-links bbp-template-notice bbp-header bbp-footer "
            "bbp-login-form bbp-search-form"
        ),
    },
    comments=Comments(
        text="bbp-reply-content bbp-topic-content",
        author="bbp-author-name",
        date="bbp-reply-post-date",
        furniture="bbp-reply-author bbp-meta bbp-reply-header",
    ),
)
