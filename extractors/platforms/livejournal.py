"""LiveJournal, its styles S1 and S2 and the journals of today."""

from extractors.platform import Comments, Platform

REVISION = "livejournal/1"

PLATFORM = Platform(
    name="livejournal",
    generators=("livejournal",),
    hosts=("livejournal.com",),
    furniture={
        "share": "b-singlepost-reactions entry-linkbar b-sharing",
    },
    comments=Comments(
        item="comment-wrap b-leaf b-grove-leaf ljcmt_full ljcmt_short comment-inner",
        region="comments b-grove comments-body",
        text="b-leaf-article comment-text",
        author="b-leaf-username ljuser i-ljuser-username",
        date="b-leaf-createdtime comment-time",
        furniture=(
            "b-leaf-actions b-leaf-controls b-leaf-userpic comment-links comment-foot comment-head b-leaf-header "
            "b-leaf-subject"
        ),
        short_ids="ljcmt",
    ),
)
