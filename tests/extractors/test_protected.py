"""Posts that ask for a password: what WordPress adds is told from what the author wrote."""

import pytest

from extractors.feeds import read_feed
from extractors.protected import bare_title

FEED = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Blog</title>
<item><title>Geschützt: Nur für Gäste</title><link>http://a.blog/1/</link><content:encoded><![CDATA[
<form action="/wp-login.php?action=postpass" class="post-password-form" method="post"><p>Dieser Inhalt
ist geschützt.</p><input name="post_password" type="password"></form>]]></content:encoded></item>
<item><title>Geschützt: was der Zaun verbirgt</title><link>http://a.blog/2/</link><content:encoded><![CDATA[
<p>A form: <code>&lt;form class="post-password-form"&gt;</code></p>]]></content:encoded></item></channel></rss>"""


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("Protected: Members only", "Members only"),
        ("Geschützt: Nur für Gäste", "Nur für Gäste"),
        ("保護中: 会員のみ", "会員のみ"),
        ("محمي: للأعضاء فقط", "للأعضاء فقط"),
        ("Protégé\u00a0: Réservé", "Réservé"),
        ("受保護的文章：會員", "會員"),
        ("Protected: Protected: twice", "Protected: twice"),
        ("Protected species", "Protected species"),
        ("Protected:", ""),
        ("", ""),
    ],
)
def test_the_word_before_the_title_is_the_platforms(told: str, title: str) -> None:
    assert bare_title(told) == title


def test_a_feed_shows_the_form_as_a_state_and_no_text() -> None:
    shut, written = read_feed(FEED.encode(), "http://a.blog/feed/").pages
    assert (shut.state, shut.title, shut.text) == ("protected", "Nur für Gäste", "")
    assert (written.state, written.title) == ("open", "Geschützt: was der Zaun verbirgt")
    assert "post-password-form" in written.text
