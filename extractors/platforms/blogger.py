"""Blogger: layouts since 2006, with threads flat and nested."""

from extractors.platform import Comments, Head, Platform

REVISION = "blogger/1"

PLATFORM = Platform(
    name="blogger",
    generators=("blogger",),
    hosts=("blogspot.",),
    marks=("www.blogger.com/", "blogblog.com"),
    bodies="post-body",
    furniture={
        "share": (
            "post-share-buttons share-button sharing share-buttons goog-inline-block reaction-buttons star-ratings"
        ),
        "related": "related-posts-container linkwithin_outer linkwithin_div #related-posts",
        "comment_form": (
            "comment-form #comment-editor comment-replybox-thread comment-replybox-single #comment-holder-form #top-ce"
        ),
        "subscribe": "feed-links blog-feeds FollowByEmail post-feeds",
        "navigation": ("blog-pager #blog-pager jump-link skip-navigation blog-pager-older-link blog-pager-newer-link"),
        "cookie": "cookie-choices-info #cookieChoiceInfo",
        "byline": "author-profile post-footer post-author-profile blog-author-box",
    },
    inside_only="post-footer share-button sharing",
    comments=Comments(
        item="comment-thread-item comment-block-item blogcomment",
        lists="comments-block comment-thread",
        region="comments comments-content comments-embed comment-form threaded-comments blogcomments",
        nested="comment-replies",
        text="comment-content",
        holder="comment-body blog-comment-body",
        byline="comment-author user comment-header byline",
        date="comment-timestamp datetime",
        furniture=(
            "comment-actions comment-footer item-control blog-author-label avatar-image-container thread-toggle "
            "continue comment-delete"
        ),
        ids=r"blog\d+_cmt-",
        pages=r"[?&;]commentPage=\d",
    ),
    head=Head(date="date-header post-timestamp"),
)
