"""Isso: threads that a script draws."""

from extractors.platform import Comments, Platform

REVISION = "isso/1"

PLATFORM = Platform(
    name="isso",
    comments=Comments(
        item="isso-comment",
        region="isso-thread",
        drawn="isso-thread",
        nested="isso-follow-up",
        text="isso-text",
        author="isso-author",
        byline="isso-comment-header",
        furniture="isso-comment-header isso-comment-footer isso-avatar",
        ids="isso-",
    ),
)
