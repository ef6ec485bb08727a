import csv
import random
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

from extractors.fingerprint import _configuration
from extractors.residue import Cleaned, clean, digest
from extractors.residue.catalogue import look_up, look_up_joined
from extractors.residue.compile import compile_phrases
from extractors.residue.dates import has_date, is_date
from extractors.residue.lines import normalise

PROSE = (
    "The harbour office has kept its ledger since 1874, and nobody has ever asked it to stop doing so, not even the "
    "three mayors who wanted the shelf."
)
PROSE_DE = (
    "Das Hafenamt führt sein Buch seit 1874, und niemand hat je verlangt, damit aufzuhören, nicht einmal die drei "
    "Bürgermeister, die das Regal gebraucht hätten."
)
PROSE_JA = (
    "港の事務所は千八百七十四年から帳簿をつけており、棚を欲しがった三人の市長でさえ、それをやめるように言ったことは一度もなかったのである。"
    * 2
)
PROSE_AR = (
    "يحتفظ مكتب الميناء بدفتره منذ سنوات طويلة ولم يطلب منه أحد أن يتوقف عن ذلك قط "
    "ولا حتى رؤساء البلدية الثلاثة الذين أرادوا الرف."
)
PROSE_ZH = (
    "港口办公室从很久以前就开始记账，从来没有人要求他们停下来，就连那三位想要那个书架的市长也没有提过这样的要求，这件事镇上每个人都知道得清清楚楚。"
    * 2
)

FORM = """Leave a Reply

Fill in your details below or click an icon to log in:

WordPress.com Logo

You are commenting using your WordPress.com account. Log Out /  Change )

Google photo

You are commenting using your Google account. Log Out /  Change )

Connecting to %s

%d bloggers like this:"""

ARTICLE = f"A ledger of boats\n\n{PROSE}\n\nShort line\n\n{PROSE}"


def whole(text: str, cleaned: Cleaned) -> str:
    """Put what was kept and what was removed together again."""
    out, at, kept = [], 0, cleaned.clean
    for span in cleaned.removed:
        assert span.start is not None
        assert span.end is not None
        assert text[span.start : span.end] == span.text
        length = span.start - sum(map(len, out))
        out += [kept[at : at + length], span.text]
        at += length
    return "".join(out) + kept[at:]


def test_form_of_wordpress_com_goes_with_the_blanks_above_it():
    cleaned = clean(f"{ARTICLE}\n\n\n{FORM}\n")
    assert cleaned.clean == ARTICLE
    assert {span.kind for span in cleaned.removed} == {"comment_form", "like"}
    assert cleaned.comments == ()


@pytest.mark.parametrize(
    ("prose", "tail"),
    [
        (PROSE_DE, "Teilen mit:\n  • Twitter\n  • Facebook\nGefällt mir:\nLiken Lade …\nÄhnliche Beiträge"),
        (PROSE_DE, "Schreibe einen Kommentar\nAntworten abbrechen\nDeine E-Mail-Adresse wird nicht veröffentlicht."),
        (PROSE_JA, "コメントを残す\nコメントをキャンセル\nメールアドレスが公開されることはありません。"),
        (PROSE_AR, "اترك تعليقاً\nإلغاء الرد\nلن يتم نشر عنوان بريدك الإلكتروني.\nالتعليق\nالاسم"),
        (PROSE_ZH, "发表评论\n取消回复\n电子邮件地址不会被公开。\n评论\n姓名"),
        (PROSE, "{ 4 comments… read them below or add one }\n1 Ann May 3, 2020 at 4:05 pm\n" + PROSE + "\nReply"),
        (PROSE, "12 appreciated comments on “Das Buch”\n1. Ann, on May 3, 2020\n" + PROSE),
        (PROSE, "This entry was posted on Monday, May 3rd, 2020 at 4:05 pm and is filed under Boats. " + PROSE),
        (PROSE, "« A boat | Main | Another boat »\nComments\nPosted by: Ann | May 3, 2020 at 4:05 PM"),
        (PROSE, f"About the author\n{PROSE}\nView all posts by Ann Lee →"),
        (PROSE, "You may also like\nOne boat\nThe first boat was built in…\nTwo boats\n" + PROSE[:-1] + " […]"),
        (PROSE, "Tagged as: harbour, ledger, boats"),
        (
            PROSE_DE,
            "Kommentar verfassen\nDu kommentierst mit Deinem WordPress.com-Konto.\n"
            "Du kommentierst mit Deinem Google-Konto.\nEtwas mit %s\nBoote Häfen Bücher Regale Bürgermeister Ämter "
            "Schiffe Kräne Kais Möwen Fische Netze Taue Anker Segel Masten Ruder Kiele Bojen Nebel Winde",
        ),
        (
            PROSE,
            "Labels: , , ,\nNo comments:\nPost a Comment\nNewer PostOlder PostHome",
        ),
    ],
)
def test_tails_in_many_languages(prose, tail):
    article = f"Das Buch\n\n{prose}\n\n{prose}"
    assert clean(f"{article}\n\n{tail}").clean == article


def test_comments_are_kept_as_records():
    text = (
        f"{ARTICLE}\n\n2 thoughts on “A ledger of boats”\n  1. Ann Lee says:\n"
        f"    May 3, 2020 at 4:05 pm\n    Fine boats.\n    Really.\n    Reply\n  2. 花子 says:\n"
        f"    May 4, 2020 at 9:15 am\n    {PROSE}\n    Reply\n\n"
        "Leave a Reply\nYour email address will not be published. Required fields are marked *"
    )
    cleaned = clean(text)
    assert cleaned.clean == ARTICLE
    assert [(c.author, c.date) for c in cleaned.comments] == [
        ("Ann Lee", "May 3, 2020 at 4:05 pm"),
        ("花子", "May 4, 2020 at 9:15 am"),
    ]
    assert cleaned.comments[0].text == "Fine boats.\n    Really."
    assert all(text[c.start : c.end] == c.text for c in cleaned.comments)


def test_comments_that_no_counter_announces():
    text = (
        f"{ARTICLE}\n\nAnn Lee said...\nFine boats.\nMay 3, 2020 4:05 PM\n"
        f"Bo said...\n{PROSE}\nMay 4, 2020 9:15 AM\nPost a Comment"
    )
    cleaned = clean(text)
    assert cleaned.clean == ARTICLE
    assert [(c.author, c.date, c.text) for c in cleaned.comments] == [
        ("Ann Lee", "May 3, 2020 4:05 PM", "Fine boats."),
        ("Bo", "May 4, 2020 9:15 AM", PROSE),
    ]


def test_a_link_to_the_form_below_the_counter_does_not_end_the_list():
    text = (
        f"{ARTICLE}\n2 Kommentare zu „A ledger of boats“\nKommentar hinzufügen\n  1. Ann sagt:\n"
        "    13. April 2017 um 13:55\n    Schön!\n    LikenGefällt 1 Person\n  2. Bo sagt:\n"
        "    13. April 2017 um 13:45\n    Ja, schön!\nSchreibe einen Kommentar\nVerbinde mit %s"
    )
    cleaned = clean(text)
    assert cleaned.clean == ARTICLE
    assert [(c.author, c.text) for c in cleaned.comments] == [("Ann", "Schön!"), ("Bo", "Ja, schön!")]


def test_head_loses_menu_and_byline_but_not_the_title():
    text = (
        "Skip to content\n  • Home\n  • About\n  • Contact\nA ledger of boats\nPosted on May 3, 2020\n"
        f"by Ann Lee | May 3, 2020\n{PROSE}"
    )
    assert clean(text).clean == f"A ledger of boats\n{PROSE}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n \n",
        "Gefällt mir\n\n" + PROSE_DE,
        "Leave a Reply\n\n" + PROSE,
        f"Links\n\n{PROSE}\n\nLinks\n\nOne\n\nTwo",
        f"How to write a form\n\n{PROSE}\n\nName\n\nEmail\n\n{PROSE}\n\n{PROSE}",
        f"Comments\n\n{PROSE}\n\nI wrote: please leave a reply, if you like this.\n\n{PROSE}",
        f"Protokoll vom 10. Oktober 2019\n\n{PROSE_DE}\n\nRelated\n\n{PROSE_DE}",
        f"Talks\n\n{PROSE}\n\nAnn said:\n\n{PROSE}\n\nBo said:\n\n{PROSE}",
        f"Logins\n\n{PROSE}\n\n  • Log in with Facebook\n  • Log in with Google\n\n{PROSE}",
        f"Formats\n\n{PROSE}\n\nprintf takes %s and %d\n\n{PROSE}",
        f"About the author\n\n{PROSE}\n\n{PROSE}\n\n{PROSE}",
        f"A guide\n\n  • What a boat is\n  • Why to buy one\n  • Blog\n\n{PROSE}\n\nWhat a boat is\n\n{PROSE}\n\n"
        f"Why to buy one\n\n{PROSE}",
        f"Letters\n\n{PROSE}\n\nNewsletter\n\n"
        + "\n\n".join(f"{PROSE[:-1]}, and the newsletter has {n} subscribers." for n in range(4)),
        f"The ledger\nPublished once a year, it costs nothing\n{PROSE}",
        f"The ledger\n\n{PROSE}\n\nThis article was written for the friends of the harbour.",
        f"Points\n\n{PROSE}\n\n(a) The ledger\n\n(b) The shelf\n\n(c) The mayor",
        f"Soup\n\n  • 2 leeks\n  • 3 potatoes\n  • salt\n\n{PROSE}",
    ],
)
def test_articles_that_look_like_residue_stay_whole(text):
    assert clean(text) == Cleaned(text, (), ())


@pytest.mark.parametrize(
    ("top", "bottom"),
    [
        ("  • Nyheter\n  • Debatt\n  • Opinion\n  • Lokalt\n  • Annat\n  • Mer\n", ""),
        ("", "\n(c) Ann Lee • Weitere Rechte siehe Impressum"),
        ("", "\n© Ann Lee"),
        (
            "",
            "\nShare this:\nBy signing up, you agree to our terms of use and to a newsletter now and then, or more.",
        ),
        ("", "\nTags: , ,"),
    ],
)
def test_what_stands_around_goes(top, bottom):
    article = f"A ledger of boats\n{PROSE}\n{PROSE * 8}"
    assert clean(top + article + bottom).clean == article


def test_labels_and_names_between_title_and_text_go():
    text = (
        f"A ledger of boats\nPosted inHarbour news\nAnn Lee\nMay 3, 2020\nTags\nboats, docks\nann@port.example\n"
        f"{PROSE}\n{PROSE}\nShare this:\nAnn Lee"
    )
    assert clean(text).clean == f"A ledger of boats\n{PROSE}\n{PROSE}"


def test_a_share_row_on_top_does_not_take_the_article():
    text = f"A ledger of boats\nShare this:\n  • Twitter\n  • Facebook\n{PROSE}\n{PROSE}"
    assert clean(text).clean == f"A ledger of boats\n{PROSE}\n{PROSE}"


@pytest.mark.parametrize(
    "top",
    [
        "Share this:\n  • Twitter\n1. The first boat\n2. The second boat\n",
        "3 Comments\nby Ann Lee on May 3, 2020 at 4:05 pm\n",
        "Share this:\nMay 3, 2020 at 4:05 pm\n",
        "Leave a comment\nMay 3, 2020 at 4:05 pm\nMay 4, 2020 at 4:05 pm\n",
    ],
)
def test_rows_on_top_do_not_take_the_article(top):
    cleaned = clean(f"A ledger of boats\n{top}{PROSE}\n{PROSE}\nThe end")
    assert cleaned.clean.startswith("A ledger of boats\n")
    assert cleaned.clean.endswith(f"{PROSE}\n{PROSE}\nThe end")
    assert ("first boat" in top) == ("first boat" in cleaned.clean)


def test_any_mix_of_lines_is_partitioned_and_cleaned_for_good():
    bits = [*FORM.split("\n"), *ARTICLE.split("\n"), "  • Home", "© 2020 Me. All rights reserved.", "2 Comments"]
    bits += [
        "Ann says:",
        "3. Mai 2020 um 10:15",
        "\u200b",
        "\t",
        "Tags: , , ,",
        "Related Posts",
        PROSE_JA,
        PROSE_AR,
        "返信",
        "\r",
    ]
    rng = random.Random(7)
    for _ in range(300):
        text = rng.choice(["\n", "\n\n", " \n"]).join(rng.choices(bits, k=rng.randrange(1, 25)))
        cleaned = clean(text)
        assert whole(text, cleaned) == text
        again = clean(cleaned.clean)
        assert again.clean == cleaned.clean, text
        assert again.removed == ()


def test_a_line_of_a_million_characters_and_a_hundred_thousand_lines():
    assert clean("x" * 1_000_000).removed == ()
    many = "\n".join(["Reply", "word"] * 5_000)
    assert whole(many, clean(many)) == many


@pytest.mark.parametrize(
    ("line", "kind", "role"),
    [
        ("  • Leave a Reply", "comment_form", "heading"),
        ("12 thoughts on “Boats”", "comment_list", "counter"),
        ("Ein Gedanke zu „Boote“", "comment_list", "counter"),
        ("Ann Lee says:", "comment_list", "says"),
        ("You are commenting using your Mastodon account. Log Out / Change )", "comment_form", ""),
    ],
)
def test_catalogue(line, kind, role):
    hit = look_up(normalise(line.replace("•", "")))
    assert hit is not None
    assert (hit.kind, hit.role) == (kind, role)


def test_a_wheel_carries_the_catalogue_and_the_fingerprint_names_it():
    package = files("extractors.residue")
    tables = {path.name for path in package.iterdir() if path.name.endswith(".tsv")}
    root = Path(__file__).parents[2]
    told = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    assert set(told["extractors.residue"]) == tables
    assert _configuration(root / "extractors")["residue/phrases.tsv"] == digest()


def test_the_catalogue_is_what_its_facts_say():
    rows = [row.split("\t") for row in files("extractors.residue").joinpath("phrases.tsv").read_text().splitlines()]
    phrases = {row[4] for row in rows}
    assert len(phrases) == len(rows) > 10_000
    assert all(len(row) == 5 and row[2] in ("strong", "weak") for row in rows)
    with files("extractors.residue").joinpath("additions.tsv").open(encoding="utf-8") as handle:
        added = compile_phrases(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert {row.split("\t")[4] for row in added.splitlines()} <= phrases


def test_what_authors_write_too_begins_nothing():
    facts = [
        {"language": "en", "kind": "comment_form", "phrase": "What are your thoughts on this?", "strength": "weak"},
        {"language": "en", "kind": "comment_form", "phrase": "Leave a comment on this", "strength": "strong"},
        {"language": "en", "kind": "comment_form", "phrase": "Comment", "strength": "strong"},
    ]
    strengths = {row.split("\t")[4]: row.split("\t")[2] for row in compile_phrases(facts).splitlines()}
    assert strengths == {
        "what are your thoughts on this?": "weak",
        "leave a comment on this": "strong",
        "comment": "weak",  # one word never is
    }


def test_catalogue_knows_no_sentences():
    assert look_up(normalise(PROSE)) is None
    assert look_up("") is None
    assert len(digest()) == 64


def test_labels_run_together():
    hit = look_up_joined(normalise("AntwortenLöschen Antworten"))
    assert hit is not None
    assert look_up_joined("antwortenlöschen wir das") is None


@pytest.mark.parametrize(
    "text",
    ["9. Dezember 2013", "May 3, 2020 at 4:05 pm", "2020年07月03日", "Wed, Oct 14, 2020 - 5:50 AM", "2020.10.26 13:44"],
)
def test_dates(text):
    assert is_date(text)


@pytest.mark.parametrize("text", ["1874", "In May", "May 3", "3 boats in 2020", "10:15", "May 3, 2020: a fine day"])
def test_no_dates(text):
    assert not is_date(text)
    assert has_date(text) == (text == "May 3, 2020: a fine day")
