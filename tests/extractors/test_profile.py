"""What repeats on a site goes, what an author repeats stays. All sentences are made up here."""

import json
import time
from datetime import UTC, datetime

import pytest

from extractors import batch
from extractors.document import parse_text
from extractors.page import extract_page
from extractors.profile import LEAST_PAGES, MOST_PAGES, key_of, learn, learn_sites, sample, site_of, worth_learning
from extractors.residue import clean
from extractors.residue.batch import clean_batch
from extractors.template import lines_of, trim
from extractors.text import Rendered

AT = datetime(2026, 5, 1, tzinfo=UTC)
HEAD = ["Hamnbladet", "Nyheter", "Kusten", "Vädret"]
FOOT = [
    "Sjung vidare med oss:",
    "Tipsa redaktionen",
    "Hamnbladet ges ut av Båtlaget i Norrvik sedan 1987",
    "Till toppen",
]


def prose(number: int) -> str:
    return f"Båt nummer {chr(97 + number) * 4} kom in med kvällsbrisen och lade till vid den yttre bryggan."


def page(number: int, *, middle: tuple[str, ...] = (), end: tuple[str, ...] = ()) -> list[str]:
    title = f"Rapport {chr(97 + number)}"
    return [
        *HEAD,
        title,
        f"{number + 1} maj",
        prose(number),
        *middle,
        prose(number) + " Sedan blev det natt.",
        *end,
        *FOOT,
    ]


def profile_of(pages):
    return learn([sample(lines) for lines in pages])


def kept(profile, lines, **told):
    template = profile.template(lines, **told)
    return [line for at, line in enumerate(lines) if at not in template]


def test_head_and_foot_go_and_the_article_stays():
    pages = [page(n) for n in range(6)]
    profile = profile_of(pages)
    assert profile is not None
    assert profile.pages == 6
    assert kept(profile, pages[2]) == ["Rapport c", prose(2), prose(2) + " Sedan blev det natt."]


def test_four_pages_teach_nothing():
    assert profile_of([page(n) for n in range(LEAST_PAGES - 1)]) is None
    assert learn([]) is None


def test_one_article_at_many_addresses_teaches_nothing():
    assert profile_of([page(0) for _ in range(9)]) is None


def test_copies_of_an_article_do_not_make_it_template():
    copies = [[*page(0), f"Utskrift {letter}"] for letter in "abcd"]
    profile = profile_of([*copies, *(page(n) for n in range(1, 7))])
    assert profile is not None
    assert prose(0) in kept(profile, page(0))


@pytest.mark.parametrize("words", ["Uppdatering:", "* * *", "Och havet sjunger, havet sjunger än", "Ingredienser"])
def test_what_an_author_repeats_within_the_text_stays(words):
    pages = [page(n, middle=(words,)) for n in range(6)]
    profile = profile_of(pages)
    assert profile is not None
    assert words in kept(profile, pages[0])


def test_a_name_under_the_text_stays():
    pages = [page(n, end=("Er Agneta",)) for n in range(6)]
    profile = profile_of(pages)
    assert profile is not None
    assert kept(profile, pages[3])[-1] == "Er Agneta"


def test_a_standing_heading_with_a_list_of_its_own_stays():
    pages = [page(n, end=("Ombord", f"styrman {chr(97 + n)}", f"kock {chr(97 + n)}")) for n in range(6)]
    profile = profile_of(pages)
    assert profile is not None
    assert kept(profile, pages[1])[-3:] == ["Ombord", "styrman b", "kock b"]


def test_a_title_that_every_sidebar_lists_stays():
    titles = [f"Rapport {chr(97 + n)}" for n in range(6)]
    pages = [[*page(n), "Senaste", *titles] for n in range(6)]
    profile = profile_of(pages)
    assert profile is not None
    assert kept(profile, pages[4])[0] == "Rapport e"
    assert kept(profile, ["Rapport e"], title="Rapport e") == ["Rapport e"]


def test_a_text_that_is_all_template_stays():
    profile = profile_of([page(n) for n in range(6)])
    assert profile is not None
    assert kept(profile, FOOT) == FOOT
    assert kept(profile, []) == []


@pytest.mark.parametrize(
    ("head", "foot", "words"),
    [
        (
            ("港の新聞", "今日の天気 | 潮の時刻"),
            "この記事を共有する · お問い合わせ",
            "昨日の夕方、{}という船が静かに港へ入ってきて、乗組員はみな笑っていた。長い旅の終わりに町の人々も手を振った。",
        ),
        (
            ("جريدة الميناء", "الطقس | المد والجزر"),
            "تواصل معنا | سياسة الخصوصية",
            "دخلت السفينة {} الميناء مساء أمس وكان البحارة يضحكون، واجتمع أهل البلدة على الرصيف يلوحون لهم.",
        ),
    ],
)
def test_scripts_without_blanks_and_from_right_to_left(head, foot, words):
    pages = [[*head, words.format(name), foot] for name in "甲乙丙丁戊己"]
    profile = profile_of(pages)
    assert profile is not None
    assert kept(profile, pages[0]) == [pages[0][2]]


def test_the_revision_is_that_of_the_knowledge():
    pages = [page(n) for n in range(6)]
    one, other, third = profile_of(pages), profile_of(pages[::-1]), profile_of([*pages, page(7, end=("ny rad",))])
    assert one is not None
    assert other is not None
    assert third is not None
    assert one.revision == other.revision == third.revision
    fourth = profile_of([[*lines, "Ny fot"] for lines in pages])
    assert fourth is not None
    assert fourth.revision != one.revision


def test_keys_are_the_same_in_every_process():
    assert key_of("12 kommentarer") == key_of("  3 Kommentarer: ") == 8948445193263204263
    assert key_of("* * *") == key_of("") == 0
    assert key_of("\ud800") >= 0


def test_a_huge_site_is_learnt_from_its_first_pages():
    samples = [("a", sample([*HEAD, f"Text {'x' * n} med egna ord.", *FOOT])) for n in range(1, MOST_PAGES + 50)]
    profile = learn_sites(samples)["a"]
    assert profile.pages == MOST_PAGES
    assert len(sample(["rad " + chr(0x4E00 + n) for n in range(5000)]).keys) == 600


@pytest.mark.parametrize(
    ("record", "site"),
    [
        ({"url": "https://a.example/x"}, "a.example"),
        ({"site": "b", "url": "https://a.example/x"}, "b"),
        ({"url": "about:blank"}, None),
        ({"url": "http://[1"}, None),
        ({"url": 3}, None),
        ({}, None),
    ],
)
def test_the_site_of_a_line(record, site):
    assert site_of(record) == site


def test_only_sites_with_pages_enough_are_learnt():
    assert worth_learning([*["a"] * 5, *["b"] * 4, *[""] * 9]) == {"a"}


def test_clean_takes_a_profile():
    pages = [page(n) for n in range(6)]
    text = "\n".join(pages[0])
    cleaned = clean(text, profile=profile_of(pages))
    assert cleaned.clean.split("\n")[0] == "Rapport a"
    assert not set(HEAD + FOOT) & set(cleaned.clean.split("\n"))
    assert clean(cleaned.clean, profile=profile_of(pages)).clean == cleaned.clean
    parts, at = [], 0
    for cut in cleaned.removed:
        parts += [text[at : cut.start], cut.text]
        at = cut.end or 0
    assert "".join([*parts, text[at:]]) == text
    assert {cut.rule for cut in cleaned.removed} >= {"profile/1/foot"}


# ------------------------------------------------------------------------------------------------ pages
def html(number: int) -> str:
    menu = "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in HEAD)
    foot = "".join(f"<p>{line}</p>" for line in FOOT)
    body = "".join(f"<p>{prose(number)} Del {part} följer här.</p>" for part in ("ett", "två", "tre"))
    return (
        f"<html><head><title>Rapport {chr(97 + number)}</title></head><body><ul>{menu}</ul>"
        f"<div class='ram'><h1>Rapport {chr(97 + number)}</h1>{body}{foot}</div></body></html>"
    )


def test_a_page_loses_the_template_of_its_site():
    samples = [sample(lines_of(parse_text(html(n), f"https://hamn.example/{n}"))) for n in range(6)]
    profile = learn(samples)
    assert profile is not None
    cold = extract_page(parse_text(html(0), "https://hamn.example/0"), captured_at=AT)
    warm = extract_page(parse_text(html(0), "https://hamn.example/0"), captured_at=AT, profile=profile)
    assert FOOT[2] in cold.text
    assert prose(0) in warm.text
    assert not any(line in warm.text or line in warm.markdown for line in FOOT)
    assert any(cut.rule.startswith("profile/1/") for cut in warm.removed)


def test_markdown_loses_the_same_lines_as_the_text():
    profile = profile_of([page(n) for n in range(6)])
    assert profile is not None
    text = "\n".join([*HEAD, "Rapport a", prose(0), FOOT[0], prose(0) + " Slut.", *FOOT])
    menu = [f"- [{line}](https://hamn.example/{n})" for n, line in enumerate(HEAD)]
    blocks = [*menu, "# Rapport a", prose(0), FOOT[0], prose(0) + " Slut.", *(f"**{line}**" for line in FOOT)]
    markdown = "\n\n".join(blocks)
    trimmed, removed = trim(Rendered(text, markdown), profile, "Rapport a")
    assert trimmed.text.split("\n") == ["Rapport a", prose(0), FOOT[0], prose(0) + " Slut."]
    assert trimmed.markdown.split("\n\n") == ["# Rapport a", prose(0), FOOT[0], prose(0) + " Slut."]
    assert [cut.text for cut in removed] == [*HEAD, *FOOT]


def test_a_page_of_many_lines_takes_its_time_once():
    profile = profile_of([page(n) for n in range(6)])
    assert profile is not None
    text = "\n".join([*HEAD, *(f"Rad {chr(0x4E00 + n % 9000)} {n}" for n in range(60_000)), *FOOT])
    started = time.process_time()
    trimmed, _ = trim(Rendered(text, "ett annat ord\n\n" * 30_000), profile, "")
    assert time.process_time() - started < 10
    assert trimmed.text.startswith("Rad ")


def test_a_last_line_of_its_own_keeps_what_stands_above_it():
    pages = [page(n) for n in range(6)]
    profile = profile_of(pages)
    assert profile is not None
    assert kept(profile, [prose(0), *FOOT, "Foto: Agneta"]) == [prose(0), *FOOT, "Foto: Agneta"]


@pytest.fixture
def lines(tmp_path):
    pages = [{"id": n, "url": f"https://hamn.example/{n}", "html": html(n)} for n in range(6)]
    pages.append({"id": "alone", "url": "https://other.example/", "html": html(7)})
    path = tmp_path / "in.jsonl"
    path.write_text("\n".join(map(json.dumps, pages)) + "\n{no json\n")
    return path


def read(path):
    return [{**json.loads(line), "cpu_ms": 0} for line in path.read_text().splitlines()]


def test_a_batch_learns_from_its_own_lines(lines, tmp_path):
    out, cold, two = (tmp_path / name for name in ("out.jsonl", "cold.jsonl", "two.jsonl"))
    assert batch.run(lines, out) == batch.run(lines, cold, memory=False) == batch.run(lines, two, 2) == (7, 1)
    assert read(out) == read(two)
    assert FOOT[2] not in read(out)[0]["text"]
    assert FOOT[2] in read(cold)[0]["text"]
    assert read(out)[6:] == read(cold)[6:]


def test_clean_batch_learns_where_lines_tell_their_site(tmp_path):
    texts = ["\n".join(page(n)) for n in range(6)]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    for told, expected in (({"url": "https://hamn.example/a"}, False), ({"site": "hamn"}, False), ({}, True)):
        source.write_text("\n".join(json.dumps({"id": n, "raw": text, **told}) for n, text in enumerate(texts)))
        assert clean_batch(source, out) == (6, 0)
        assert (FOOT[2] in read(out)[0]["clean"]) is expected
    source.write_text("\n".join(json.dumps({"id": n, "raw": text, "site": "a"}) for n, text in enumerate(texts)))
    clean_batch(source, out, memory=False)
    assert FOOT[2] in read(out)[0]["clean"]
