"""What a careful profile takes, what it leaves, and how it is kept from run to run. All sentences are made up here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from extractors.document import parse_text
from extractors.fingerprint import fingerprint
from extractors.memory import LEAST, is_due, pack, pack_profile, renewed, unpack, unpack_profile
from extractors.page import extract_page
from extractors.profile import Sample, SiteProfile, key_of, learn, sample
from extractors.template import lines_in
from variorum.records import Page

AT = datetime(2026, 5, 1, tzinfo=UTC)
FAREWELL = (
    "Thank you for reading down to the very end, dear friends of the allotment.",
    "Keep your boots dry and your kettle warm until we meet again on Sunday.",
    "With soil under the nails as ever, your Marguerite from plot thirty-one.",
)
SHOP = (
    "Order our seed catalogue of two hundred kinds of beans from the shop in the mill.",
    "The shop in the mill is open on all days but Tuesdays, when the miller sleeps.",
    "All beans are sent by post on the day after they are dry and counted twice.",
)
CROPS = "beans leeks kale chard peas turnips onions garlic celery fennel".split()


def html(number: int, body: str) -> str:
    crop = CROPS[number % len(CROPS)] * (1 + number // len(CROPS))
    told = "".join(
        f"<p>{line}</p>"
        for line in (
            f"This week the {crop} came up in three rows, though the pigeons had been at the first of them already.",
            f"I put a net over the {crop} and a stone on every corner of it, and then it rained until Thursday.",
            f"Next week the {crop} want thinning, and I want a chair that does not sink into the ground so quickly.",
        )
    )
    return (
        f"<html><head><title>Notes on {crop}</title></head><body><div class='a1'><div class='a2'>"
        f"<h1>Notes on {crop}</h1>{told}{body}</div></div></body></html>"
    )


def plain(lines: tuple[str, ...]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def linked(lines: tuple[str, ...]) -> str:
    return "".join(f"<p><a href='/{at}'>{line}</a></p>" for at, line in enumerate(lines))


def samples(body: str, count: int = LEAST) -> list[Sample]:
    taken: list[Sample] = []
    for number in range(count):
        parsed = parse_text(html(number, body), f"https://plot.example/{number}")
        extract_page(parsed, captured_at=AT, tap=lambda tree: taken.append(sample(lines_in(tree))))
    assert len(taken) == count
    return taken


def read(body: str, profile: SiteProfile | None) -> Page:
    return extract_page(parse_text(html(0, body), "https://plot.example/0"), captured_at=AT, profile=profile)


@pytest.mark.parametrize(
    "body",
    [
        plain(FAREWELL),
        f"<div class='a3'>{plain(FAREWELL)}</div>",
        "<p>" + "<br>".join(FAREWELL) + "</p>",
        "<ul>" + "".join(f"<li>{line}</li>" for line in FAREWELL) + "</ul>",
        f"<blockquote>{plain(FAREWELL)}</blockquote>",
    ],
)
def test_what_an_author_sets_under_every_post_stays(body: str) -> None:
    profile = renewed(None, samples(body))
    assert profile is not None
    assert profile.foot >= {key_of(line) for line in FAREWELL}
    cold, warm = read(body, None), read(body, profile)
    assert (warm.text, warm.markdown, warm.removed) == (cold.text, cold.markdown, cold.removed)
    assert all(line in warm.text for line in FAREWELL)


def test_what_stands_beside_the_post_goes_and_is_told() -> None:
    body = f"</div><div class='a9'>{plain(SHOP)}"
    profile = renewed(None, samples(body))
    assert any(line in read(body, None).text for line in SHOP)
    warm = read(body, profile)
    assert not any(line in warm.text or line in warm.markdown for line in SHOP)
    assert [cut.rule for cut in warm.removed if SHOP[0] in cut.text] == ["profile/1/block"]
    assert {cut.kind for cut in warm.removed} == {"other"}


def test_a_list_of_links_among_paragraphs_goes() -> None:
    body = f"<div class='a4'>{linked(SHOP)}</div><p>My own last words on {'{}'} of this week, which nobody repeats.</p>"
    profile = renewed(None, samples(body.replace("{}", "beans")))
    assert profile is not None
    assert not any(line in read(body, profile).text for line in SHOP)


def test_what_a_few_posts_repeat_is_no_template() -> None:
    foot = f"</div><div>{plain(SHOP)}"
    series = "<p><a href='/1'>The bean diary</a></p>"
    taken = [*samples(series + foot, 5), *samples(foot, 24)[5:]]
    profile, bold = renewed(None, taken), learn(taken)
    assert profile is not None
    assert bold is not None
    assert profile.foot == {key_of(line) for line in SHOP}
    assert bold.foot == {key_of(line) for line in (*SHOP, "The bean diary")}


def test_a_careful_profile_has_a_revision_of_its_own() -> None:
    taken = samples(f"</div><div>{plain(SHOP)}")
    careful, bold = learn(taken, careful=True), learn(taken)
    assert careful is not None
    assert bold is not None
    assert careful.revision != bold.revision


def test_samples_and_profiles_survive_as_bytes() -> None:
    one = sample(["Eins", "Das ist ein ganzer Satz, und er ist lang genug dafür, dass er einer ist.", "三"])
    assert unpack(pack(one)) == one
    assert unpack(pack(sample([]))) == sample([])
    assert len(pack(one)) == 27
    profile = SiteProfile(9, frozenset((3, 2**64 - 1)), frozenset((5,)), frozenset(), careful=True)
    assert unpack_profile(9, pack_profile(profile)) == profile
    assert pack_profile(profile)[0][:8] == b"\3" + bytes(7)


@pytest.mark.parametrize(
    ("held", "young", "due"),
    [(0, 0, False), (7, 7, False), (8, 8, True), (15, 7, False), (16, 8, True), (128, 63, False), (128, 64, True)],
)
def test_a_profile_is_looked_for_by_doublings(held: int, young: int, due: bool) -> None:
    assert is_due(held, young) is due


def test_a_profile_stays_until_it_rests_on_twice_as_many_pages() -> None:
    few, more = samples(f"</div><div>{plain(SHOP)}"), samples(f"</div><div>{plain(SHOP)}{linked(FAREWELL)}", 15)
    old = renewed(None, few)
    assert old is not None
    assert renewed(old, more) is old
    twice = renewed(old, samples(f"</div><div>{plain(SHOP)}{linked(FAREWELL[:2])}", 16))
    assert twice is not old
    assert renewed(old, []) is old
    assert renewed(None, few[:4]) is None


def test_another_template_is_added() -> None:
    old = renewed(None, samples(f"</div><div>{plain(SHOP)}"))
    assert old is not None
    both = renewed(old, samples(f"</div><div>{plain(FAREWELL)}{linked(FAREWELL)}"))
    assert both is not None
    assert both.foot > old.foot


def test_the_profile_is_part_of_the_fingerprint() -> None:
    assert fingerprint("1234567890abcdef").text == f"{fingerprint().text} 1234567890abcdef"
    assert fingerprint().profile is None
    assert fingerprint("1234567890abcdef").config_sha256 == fingerprint().config_sha256
