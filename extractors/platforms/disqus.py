"""Disqus: threads as its WordPress plugin prints them for crawlers, and as its script draws them."""

from extractors.platform import Comments, Platform

REVISION = "disqus/1"

PLATFORM = Platform(
    name="disqus",
    comments=Comments(
        item="dsq-comment",
        lists="dsq-comments",
        region="disqus_thread dsq-content dsq-comments",
        drawn="disqus_thread",
        text="dsq-comment-message dsq-comment-text post-message",
        holder="dsq-comment-body",
        author="dsq-commenter-name",
        byline="dsq-comment-header dsq-comment-cite",
        date="dsq-comment-header-time",
        furniture="dsq-comment-footer dsq-comment-header dsq-avatar",
        ids="dsq-comment-",
    ),
)
