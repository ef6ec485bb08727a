"""When a page was published: every way of telling it, and all the times on a page that are not it."""

from datetime import UTC, date, datetime

import pytest

from extractors import metadata
from extractors.document import parse_text
from variorum.records import Disagreement

URL = "https://blog.example/a-post/"
DAY = date(2024, 5, 3)
TITLE = "<h1>Salt and sea</h1>"


def read(head="", body="", url=URL, lang="en"):
    source = f"<html lang='{lang}'><head><title>Salt and sea</title>{head}</head><body>{body}</body></html>"
    return metadata.read(parse_text(source, url).tree, url, url)


def ld(words):
    return f'<script type="application/ld+json">{words}</script>'


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        (ld('{"@type": "BlogPosting", "datePublished": "2024-05-03T10:00:00Z"}'), "", "json-ld"),
        (ld('{"@type": "WebPage", "datePublished": "2024-5-3 10:00:00"}'), "", "json-ld"),
        ('<meta property="article:published_time" content="2024-05-03T10:00:00Z">', "", "meta"),
        ('<meta name="DC.date.issued" content="2024-05-03">', "", "other meta"),
        ('<meta name="parsely-pub-date" content="2024-05-03T10:00:00Z">', "", "other meta"),
        ('<meta name="citation_publication_date" content="2024/05/03">', "", "other meta"),
        ("", '<meta itemprop="datePublished" content="2024-05-03">', "meta"),
        ("", f'{TITLE}<span property="schema:dateCreated" content="2024-05-03T10:00:00+00:00">x</span>', "property"),
        ("", f'{TITLE}<time class="dt-published" datetime="2024-05-03">Friday</time>', "time"),
        ("", f'{TITLE}<abbr class="published" title="2024-05-03T10:00:00Z">10:00</abbr>', "time"),
        ("", f'<h2 class="date-header"><span>Friday, 3 May 2024</span></h2>{TITLE}', "text"),
        ("", f"{TITLE}<div>Posted on May 3rd, 2024 by Ann</div>", "text"),
        ("", f"{TITLE}<p class='meta'>03.05.2024 | Harbour</p>", "text"),
        ("", f"{TITLE}<p><small>Was posted on May 3rd, 2024 <a>in Ice</a>{'. You may follow' * 9}</small></p>", "text"),
        ('<meta name="date" content="2024-05-04">', f"{TITLE}<li class='date'>3 May 2024</li>", "text"),
        ('<meta name="date" content="2024-05-03">', f"{TITLE}<li class='date'>03/05/2024</li>", "other meta"),
        ("", "<h2>Of salt and the sea: twelve stories</h2><div>3 May 2024</div>", "text"),
    ],
)
def test_every_way_of_telling_it(head, body, source):
    told = read(head, body)
    assert (told.published_on, told.sources["published"]) == (DAY, source)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("de", "3. Mai 2024"), ("fr", "3 mai 2024"), ("es", "3 de mayo de 2024"), ("it", "3 maggio 2024"),
        ("pt", "3 de maio de 2024"), ("nl", "3 mei 2024"), ("pl", "3 maja 2024"), ("cs", "3. května 2024"),
        ("ru", "3 мая 2024 г."), ("uk", "3 травня 2024"), ("tr", "3 Mayıs 2024"), ("hu", "2024. május 3."),
        ("fi", "3. toukokuuta 2024"), ("sv", "3 maj 2024"), ("el", "3 Μαΐου 2024"), ("ro", "3 mai 2024"),
        ("ar", "٣ مايو ٢٠٢٤"), ("fa", "۱۴ اردیبهشت ۱۴۰۳"), ("he", "3 מאי 2024"), ("hi", "3 मई 2024"),
        ("ja", "2024年5月3日"), ("ko", "2024년 5월 3일"), ("th", "3 พฤษภาคม 2567"), ("vi", "3 tháng 5, 2024"),
        ("en-GB", "03/05/2024"), ("en-US", "05/03/2024"),
    ],
)  # fmt: skip
def test_the_line_below_the_title_in_any_language(lang, words):
    assert read(body=f"{TITLE}<div>{words}</div>", lang=lang).published_on == DAY


@pytest.mark.parametrize(
    "body",
    [
        f"{TITLE}<footer>© 3 May 2024</footer>",
        f"{TITLE}<div>Copyright 3 May 2024</div>",
        f"{TITLE}<div>Last updated on 3 May 2024</div>",
        f"{TITLE}<div><b>Updated:</b> 3 May 2024</div>",
        f"{TITLE}<p>Last updated</p><p>3 May 2024</p>",
        f"{TITLE}<p>Last updated</p><time datetime='2024-05-03'>3 May</time>",
        f"{TITLE}<p>On <a href='/ice'>3 May 2024</a> {'the ice broke and nobody forgot it. ' * 4}</p>",
        f"{TITLE}{'<p>x</p>' * 200}" + "<div class='card'><i class='date'>3 May 2024</i></div>" * 3,
        f"{TITLE}<div>Updated: <time datetime='2024-05-03'>3 May</time></div>",
        f"{TITLE}<time class='updated' datetime='2024-05-03'>3 May</time>",
        f"{TITLE}<time itemprop='dateModified' datetime='2024-05-03'>3 May</time>",
        f"{TITLE}<aside><time datetime='2024-05-03'>3 May</time></aside>",
        f"{TITLE}<div class='widget'><span class='post-date'>3 May 2024</span></div>",
        f"{TITLE}<ol class='comment-list'><li><time datetime='2024-05-03'>3 May</time></li></ol>",
        f"{TITLE}<div class='related-posts'><time datetime='2024-05-03'>3 May</time></div>",
        f"<article>{TITLE}<p>Words.</p></article><article><h2>Other</h2><time datetime='2024-05-03'>x</time></article>",
        f"<div>Today is 3 May 2024</div>{'<div>x</div>' * 60}{TITLE}",
        f"{TITLE}<p>On 3 May 2024 {'the ice in the harbour broke and nobody who stood there forgot it. ' * 3}</p>",
    ],
)
def test_other_times_are_not_taken(body):
    assert read('<meta property="article:modified_time" content="2024-05-04">', body).published is None


@pytest.mark.parametrize(
    "words",
    [
        "<div>Last updated on 3 May 2024</div>",
        "<div>Stand: 03. Mai 2024</div>",
        "<div>Stand – 03. Mai 2024</div>",
        "<div><b>Updated</b> 3 May 2024</div>",
        "<dl><dt>Mis à jour</dt><dd>3 mai 2024</dd></dl>",
    ],
)
def test_a_change_that_readers_see_is_one_where_no_publication_is_told(words):
    told = read(body=TITLE + words, lang="de")
    assert (told.published, told.modified) == (None, datetime(2024, 5, 3, tzinfo=UTC))
    assert read('<meta itemprop="dateModified" content="2024-05-04">', TITLE + words).modified.day == 4
    assert read(body=f"{TITLE}<i class='date'>1 May 2024</i>{words}").modified is None


def test_a_post_has_a_footer_of_its_own():
    foot = "<footer><time class='published' datetime='2024-05-03'>x</time></footer>"
    assert read(body=f"<article class='hentry'>{TITLE}{foot}</article>").published_on == DAY


def test_the_node_of_this_page_is_asked_first():
    nodes = ld("""[{"@type": "Article", "url": "https://blog.example/other/", "datePublished": "2020-01-01"},
        {"@type": "Article", "mainEntityOfPage": {"@id": "https://blog.example/a-post"},
         "datePublished": "2024-05-03"}]""")
    assert read(nodes).published_on == DAY


@pytest.mark.parametrize(
    ("head", "body", "url"),
    [
        ("2024-05-03T23:30:00-05:00", "", URL),  # the writer's zone is told
        ("2024-05-04T04:30:00Z", "", "https://blog.example/2024/05/03/a-post/"),
        ("2024-05-04T04:30:00+00:00", f"{TITLE}<span class='post-date'>May 3, 2024</span>", URL),
    ],
)
def test_the_day_is_that_of_the_writer_the_moment_that_of_utc(head, body, url):
    told = read(f'<meta property="article:published_time" content="{head}">', body, url)
    assert (told.published_on, told.published) == (DAY, datetime(2024, 5, 4, 4, 30, tzinfo=UTC))


def test_a_day_far_from_the_declared_one_is_another():
    head = '<meta property="article:published_time" content="2024-05-03T12:00:00Z">'
    assert read(head, f"{TITLE}<span class='post-date'>May 30, 2024</span>").published_on == DAY


def test_what_is_declared_otherwise_is_told():
    head = ld('{"@type": "Article", "datePublished": "2024-05-03T10:00:00Z"}')
    head += '<meta property="article:published_time" content="2024-06-07T10:00:00Z">'
    told = read(head, url="https://blog.example/2024/05/01/salt/")
    assert told.disagreements == (
        Disagreement("published", "meta", "2024-06-07T10:00:00Z"),
        Disagreement("published", "url", "2024-05-01"),
    )
    near = ld('{"@type": "Article", "datePublished": "2024-05-03T23:00:00Z"}')
    assert read(near, url="https://blog.example/2024/05/04/salt/").disagreements == ()


@pytest.mark.parametrize("path", ["2024/05/03", "2024/5/3", "20240503", "2024/may/03", "2024-05-03-salt"])
def test_the_address_is_a_witness(path):
    assert read(url=f"https://blog.example/{path}/").published_on == DAY


def test_the_address_that_the_page_calls_canonical_is_one_too():
    assert read('<link rel="canonical" href="https://blog.example/2024/05/03/salt/">').published_on == DAY
    assert read('<meta property="og:url" content="https://blog.example/2024/05/03/salt/">').published_on == DAY


def test_the_foot_of_a_long_post_is_its_own():
    words = "<p>Words <b>of</b> <i>salt</i>.</p>" * 200
    terms = "".join(f"<a href='/t/{word}/'>{word} of the north sea</a>, " for word in "ice salt fish boats".split())
    foot = f"<div class='entry-footer'><p><span>Posted by <a>Ann</a> on Friday, 3 May 2024 in {terms}</span></p></div>"
    assert read(body=f"<article>{TITLE}{words}{foot}</article>").published_on == DAY
    assert (
        read(body=f"<article>{TITLE}{words}<div><p>By the 3 May 2024 it was gone.</p></div></article>").published
        is None
    )


def test_a_long_line_may_say_when_a_post_was_posted():
    words = "This entry was posted on Saturday, November 13th, 2010 at 12:32 pm and is filed under"
    assert len(words) > 80
    assert read(body=f"{TITLE}<small>{words} <a>Ice</a></small>").published_on == date(2010, 11, 13)


def test_the_address_tells_which_number_is_the_month():
    url = "https://blog.example/2024/may/03/salt/"
    assert read(body=f"{TITLE}<span class='date'>05/03/2024</span>", url=url, lang="en-GB").published_on == DAY


def test_neither_sidebar_nor_thread_moves_it():
    body = f"<article>{TITLE}<span class='post-date'>3 May 2024</span><p>Words.</p></article>"
    thread = "<div id='comments'><article class='comment'><time datetime='2024-06-01'>June</time></article></div>"
    side = "<aside class='sidebar'><time class='entry-date' datetime='2024-07-01'>July</time></aside>"
    assert {read(body=whole).published for whole in (body, body + thread, side + body, side + body + thread)} == {
        datetime(2024, 5, 3, tzinfo=UTC)
    }
