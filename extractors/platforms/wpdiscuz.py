"""wpDiscuz, a plugin of threads for WordPress."""

from extractors.platform import Comments, Platform

REVISION = "wpdiscuz/1"

PLATFORM = Platform(
    name="wpdiscuz",
    comments=Comments(
        item="wpd-comment wc-comment",
        region="wpdiscuz wpdcom wpd-threads wpd-thread-list wc-thread-wrapper",
        text="wpd-comment-text wc-comment-text",
        author="wpd-comment-author wc-comment-author",
        date="wpd-comment-date wc-comment-date",
        levels="wpd_comment_level- wc-comment-level-",
        counts="wpd-thread-info wc-comment-title",
        furniture=(
            "wpd-comment-footer wc-comment-footer wpd-comment-label wc-comment-label wpd-comment-share wpd-avatar"
        ),
        ids="wpd-comm-(?:id-)? wc-comm-(?:id-)?",
    ),
)
