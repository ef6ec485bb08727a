"""Comments that a page declares in JSON-LD."""

import json
from datetime import UTC, datetime

import pytest

from extractors import comments
from extractors.document import parse_text

URL = "https://blog.example/2024/05/a-post/"
ANN = {
    "@type": "Comment",
    "@id": URL + "#comment-7",
    "text": "First line.\n Second &amp; last. ",
    "author": {"@type": "Person", "name": "Ann P.", "url": "https://ann.example/"},
    "dateCreated": "2024-05-03T10:20:00+02:00",
}
BO = {"@type": "http://schema.org/Comment", "url": "/a/comment/8", "text": "<p>Ja.</p><p>حسنا</p>", "author": "Bo"}


def take(node, markup=""):
    script = f"<script type='application/ld+json'>{json.dumps(node)}</script>"
    article = "<h1>A post</h1><div class='entry-content'><p>What the author wrote.</p></div>"
    tree = parse_text(f"<html><head>{script}</head><body>{article}{markup}</body></html>", URL).tree
    return comments.take(tree, URL).thread


def post(*told, **more):
    return {"@context": "https://schema.org", "@type": "BlogPosting", "comment": list(told), **more}


def test_reads_what_only_machines_are_told():
    thread = take(post(ANN, BO, commentCount="2"))
    ann, bo = thread.comments
    assert (ann.native_id, ann.author, ann.author_url) == ("7", "Ann P.", "https://ann.example/")
    assert ann.published == datetime(2024, 5, 3, 8, 20, tzinfo=UTC)
    assert (ann.text, ann.permalink, ann.parent_known) == ("First line.\nSecond & last.", URL + "#comment-7", False)
    assert (bo.native_id, bo.author, bo.text, bo.position) == ("8", "Bo", "Ja.\nحسنا", 1)
    assert (thread.claimed, thread.complete) == (2, True)


def test_answers_stand_within_what_they_answer():
    thread = take({"@graph": [post({**ANN, "comment": BO}), {"@type": "WebSite"}]})
    assert [(c.native_id, c.parent_id, c.depth, c.parent_known) for c in thread.comments] == [
        ("7", None, 0, True),
        ("8", "7", 1, True),
    ]
    assert not thread.complete  # nobody says how many there are


def test_fills_in_what_the_markup_leaves_out():
    shown = "<div id='comments'><ol class='commentlist'><li class='comment'><cite>Ann</cite>"
    thread = take(
        post(ANN, BO), shown + "<div class='comment-text'>First line.<br>Second &amp; last.</div></li></ol></div>"
    )
    (comment,) = thread.comments
    assert (comment.native_id, comment.author, comment.published.day) == ("7", "Ann", 3)


@pytest.mark.parametrize(
    "node",
    [
        {"@type": "DiscussionForumPosting", "comment": [ANN]},
        {"@type": "Blog", "blogPost": [post(ANN), post(BO)]},
        [post(ANN), post(BO)],
        {"@type": "QAPage", "mainEntity": {"@type": "Question", "suggestedAnswer": [{**ANN, "@type": "Answer"}]}},
        post({"@type": "Comment", "author": "nobody"}),
        post("a word", 7, None),
    ],
    ids=["forum", "blog", "several posts", "questions", "no words", "no comments"],
)
def test_what_is_no_thread_of_the_one_article_yields_none(node):
    assert take(node) is None


def test_interaction_statistics_claim_a_number():
    statistic = {"interactionType": {"@type": "https://schema.org/CommentAction"}, "userInteractionCount": 9}
    thread = take(post(ANN, interactionStatistic=[statistic, {"interactionType": "LikeAction"}]))
    assert (thread.claimed, thread.complete) == (9, False)
