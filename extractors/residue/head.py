"""What stands above the article: skip links, menus, dates and bylines. The title stays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extractors.residue import dates
from extractors.residue.catalogue import Hit
from extractors.residue.lines import Line, ends_sentence
from extractors.residue.patterns import is_email, is_list_of_terms, is_post_format
from extractors.residue.records import Mark

_MENU = 3  #: bullets in a row that make a menu
_TERSE_ROWS = 6  #: rows, all of them terse, among which one word of menus is enough
_TERSE = 24
_LONGEST_NAME = 40
_BYLINE_LINES = 8  #: lines between title and text among which bylines are looked for
_LONGEST_BYLINE = 120
#: What menus are made of, in the languages where the catalogue has no word for it.
_MENU_WORDS = frozenset(
    "home startseite accueil inicio início hem hjem etusivu kezdőlap anasayfa beranda главная الرئيسية "
    "ホーム 首页 首頁 홈 impressum datenschutz datenschutzerklärung kontakt contact contacto contato contatti kontakta "
    "about über archiv archive archives archivo arquivo search suche menu facebook twitter instagram youtube rss "
    "privacy imprint blog blogs shop newsletter login einloggen anmelden sport sports sporto politics politik "
    "noticias news opinión opinion deporte deportes cultura kultur 뉴스 스포츠 연예 로그인 "
    "お問い合わせ 关于 关于我们 world business technology tech science health entertainment travel lifestyle music "
    "video videos photos galleries events jobs weather local national international economy education magazine "
    "wirtschaft wissen technik gesundheit reise leben panorama regional kultur sport politik wetter video galerie "
    "monde économie culture santé société sciences voyage météo région politique internacional economía tecnología "
    "ciencia salud sociedad política mundo cultura vídeos esportes economia tecnologia ciência saúde política "
    "entretenimento mondo cronaca economia scienza salute spettacoli tecnologia nieuws wereld economie cultuur "
    "gezondheid wetenschap reizen nyheter nyheder ekonomi kultur hälsa vetenskap sundhed uutiset talous kulttuuri "
    "urheilu polityka gospodarka świat kultura zdrowie nauka wydarzenia zprávy ekonomika kultúra sport zdraví hírek "
    "gazdaság kultúra egészség știri economie cultură sănătate gündem ekonomi spor dünya sağlık teknoloji kültür "
    "magazin yaşam berita ekonomi olahraga dunia kesehatan teknologi hiburan новости политика экономика общество "
    "культура спорт мир наука здоровье новини політика економіка світ спорт здоров'я verslas sportas pasaulyje "
    "sveikata kultūra muzika lietuvoje ziņas bizness kultūra uudised majandus ειδήσεις πολιτική οικονομία κόσμος "
    "πολιτισμός αθλητικά υγεία الأخبار أخبار سياسة اقتصاد رياضة ثقافة صحة تكنولوجيا العالم اخبار ورزشی فرهنگی "
    "اقتصادی חדשות ספורט תרבות כלכלה समाचार खेल मनोरंजन ニュース スポーツ 経済 政治 エンタメ 社会 新闻 新聞 体育 體育 "
    "财经 財經 娱乐 娛樂 科技 文化 健康 国际 國際 정치 경제 사회 문화 국제 연예".split()
)
_SEPARATOR = re.compile(r"\s[|/·•–-]\s|[|·•≈]|\d/[^\W\d]")
_STAMP = re.compile(r"[^|]{6,40}\|[^|]{1,60}$")  #: "2020年07月03日 | 徒歩": date and category
_STAMP_LINES = 5
_LEAF = re.compile(r"([^\W\d_]{3,9})\.?\s?\d{1,2}")
_CRUMBS = re.compile(r"[^»›]{1,60}(?:\s?[»›]\s?[^»›]{1,80}){2,6}|[^/]{2,50}(?:\s/\s[^/]{2,90}){3,6}")
_BY = re.compile(
    r"(?:^|[\s\d/])(?:by|von|par|por|di|door|av|przez|από|от|oleh|posted|published|veröffentlicht|publié|publicado|"
    r"pubblicato|geschrieben|autor|author|autore|auteur)(?:[\s:]|$)",
    re.IGNORECASE,
)


def head_marks(lines: Sequence[Line], hits: Sequence[Hit | None]) -> tuple[int, dict[int, Mark]]:
    """Return the index of the title (the first line that stays) and the marks of the head.

    Only lines above the first running text are looked at, or above the eighth line below the title where there is
    none.
    """
    prose = next((index for index, line in enumerate(lines) if line.prose), len(lines))
    marks = _menus(lines, hits, prose)
    title = next((index for index in range(len(lines)) if index not in marks), len(lines))
    while title < min(prose, len(lines) - 1):
        hit = hits[title]
        if _is_calendar_leaf(lines[title].text):
            marks[title] = Mark("byline", "head/leaf")
        elif _CRUMBS.fullmatch(lines[title].text.strip()):
            marks[title] = Mark("navigation", "head/breadcrumbs")
        elif hit is not None and _is_above_title(hit):
            marks[title] = Mark(hit.kind, f"head/{hit.rule}")
        else:
            break
        title += 1
        while title in marks:
            title += 1
    below = next((index for index in range(title + 1, len(lines)) if lines[index].prose), len(lines))
    for index in range(title + 1, min(below, title + 1 + _BYLINE_LINES)):
        mark = _byline(lines[index], hits[index], next_to_title=index <= title + 2)
        if mark is not None:
            marks[index] = mark
    for index in range(title + 1, min(below, title + 2 + _BYLINE_LINES)):
        if index not in marks and (mark := _beside_byline(lines, hits, index, marks)) is not None:
            marks[index] = mark
    for index in range(title + 1, min(len(lines), title + 1 + _STAMP_LINES)):
        if index not in marks and _STAMP.match(lines[index].text) and not lines[index].prose:
            left = lines[index].text.partition("|")[0]
            if dates.is_date(left):
                marks[index] = Mark("byline", "head/date-category")
    return title, marks


def _beside_byline(
    lines: Sequence[Line], hits: Sequence[Hit | None], index: int, marks: Mapping[int, Mark]
) -> Mark | None:
    """Return a mark for what is a byline only beside one: the values of a label, a format, an address."""
    line, above = lines[index], hits[index - 1]
    if is_email(line.text):
        return Mark("byline", "head/address")
    if index - 1 not in marks and index + 1 not in marks:
        return None
    if _is_repeated_name(lines, index):
        return Mark("byline", "head/name")
    if index - 1 not in marks:
        return None
    if (
        above is not None
        and above.role == "terms"
        and above.rule == "catalogue"
        and is_list_of_terms(line.text.strip())
    ):
        return Mark("byline", "head/values")
    if marks[index - 1].kind == "byline" and is_post_format(line):
        return Mark("byline", "head/format")
    return None


def _is_repeated_name(lines: Sequence[Line], index: int) -> bool:
    """Return whether a line beside a byline can be the author's name: a few words that come again as a line below."""
    line = lines[index]
    words = line.text.split()
    if not 2 <= len(words) <= 4 or len(line.text.strip()) > _LONGEST_NAME or ends_sentence(line.text):
        return False
    if not all(word[0].isupper() for word in words):
        return False
    return any(below.key == line.key for below in lines[index + 2 :])


def is_byline(line: Line) -> bool:
    """Return whether a line below the text is a byline: name and date between bars, nothing of a sentence."""
    text = line.text.strip()
    return (
        not line.prose
        and len(text) <= 80
        and "|" in text
        and dates.has_date(text)
        and len(dates.rest_of(text)) <= 4
        and not ends_sentence(text)
    )


def _is_calendar_leaf(text: str) -> bool:
    """Return whether *text* is a month and a day run together, as themes print a leaf of a calendar: "Jun12"."""
    match = _LEAF.fullmatch(text.strip())
    return match is not None and dates.is_month(match[1])


def _is_above_title(hit: Hit) -> bool:
    return hit.role in ("date", "slots", "theme") or (hit.strong and hit.kind in ("navigation", "cookie", "share"))


def _menus(lines: Sequence[Line], hits: Sequence[Hit | None], prose: int) -> dict[int, Mark]:
    """Mark everything down to the last run of bullets that begins before the article can have begun.

    A menu stands at the very top, below a skip link or the blog's name; an article whose text opens with a list has
    its title above it and nothing else, so a run of bullets counts only if the text begins with one, if a skip link
    says that a menu follows, or if its words are those of a menu.
    """
    runs, at = [], 0
    while at < prose:
        size = 0
        while at + size < prose and lines[at + size].bullet:
            size += 1
        if size >= _MENU:
            runs.append((at, at + size))
        at += max(size, 1)
    skip = next((i for i, hit in enumerate(hits[: min(prose, 6)]) if _is_skip(hit)), None)
    if not runs or not (runs[0][0] == 0 or (skip is not None and skip < runs[0][0]) or _is_menu(lines, hits, runs[0])):
        return {} if skip is None else {i: Mark("navigation", "head/skip-link") for i in range(skip + 1)}
    last = runs[0][1]
    for start, end in runs[1:]:
        if start - last <= 6 and (start - last <= 2 or _is_menu(lines, hits, (start, end))):
            last = end
    return {index: Mark("navigation", "head/menu") for index in range(last)}


def _is_menu(lines: Sequence[Line], hits: Sequence[Hit | None], run: tuple[int, int]) -> bool:
    """Return whether a run of bullets near the top is a menu.

    Its lines are all short, and it holds words that menus are made of, or stands a second time on the page, as menus
    for telephones do.
    """
    start, end = run
    if start > 4 and start != 0 and hits[start - 1] is None and not any(line.bullet for line in lines[:start]):
        return False
    rows = lines[start:end]
    if any(len(line.key) > 60 or line.text.rstrip().endswith((".", ",", ";")) for line in rows):
        return False
    known = sum(
        line.key in _MENU_WORDS or (hit is not None and hit.kind in ("navigation", "other", "share"))
        for line, hit in zip(rows, hits[start:end], strict=True)
    )
    again = {line.key for line in lines[end:] if line.bullet}  # without a bullet it is a heading of the article
    terse = len(rows) >= _TERSE_ROWS and all(len(line.key) <= _TERSE for line in rows)
    return known >= 2 or (known and terse) or sum(line.key in again for line in rows) * 2 > len(rows)


def _is_skip(hit: Hit | None) -> bool:
    return hit is not None and hit.strong and hit.kind == "navigation"


def _byline(line: Line, hit: Hit | None, *, next_to_title: bool) -> Mark | None:
    text = line.text.strip()
    if _CRUMBS.fullmatch(text):
        return Mark("navigation", "head/breadcrumbs")
    if hit is not None and (hit.strong or hit.role in ("date", "slots", "service") or hit.kind == "byline"):
        return Mark(hit.kind, f"head/{hit.rule}")
    if hit is not None and hit.kind in ("comment_form", "comment_list") and hit.role in ("heading", "count"):
        return Mark("byline", f"head/{hit.rule}")
    if len(text) > _LONGEST_BYLINE or line.prose or not dates.has_date(text):
        return None
    if text[0].islower() and not _BY.match(text):
        return None  # a sentence that was wrapped
    rest = dates.rest_of(text)
    if _BY.search(text) or _SEPARATOR.search(text) or (len(rest) <= 3 and dates.has_clock(text)):
        return Mark("byline", "head/byline") if len(rest) <= 12 else None
    if next_to_title and len(rest) <= 3 and text[-1].isdigit():
        return Mark("byline", "head/name-date")
    return None
