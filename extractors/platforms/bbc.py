"""The BBC's blogs and their threads, from 2008 to 2013."""

from extractors.platform import Comments, Platform

REVISION = "bbc/1"

PLATFORM = Platform(
    name="bbc",
    comments=Comments(
        item="dna-comment",
        region="dna-comments_module dna-comments",
        text="comment-text",
        byline="dna-comment-info",
        ids="dna-comment-",
    ),
)
