"""Keys and shares of texts: what is a copy is found, what is not is not, whatever the script."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable, Sequence

import pytest

from collation import near
from collation.kinship import places
from variorum.records import LikeLink, LikePlace, LikePost

SYLLABLES = "ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu".split()
HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 900)]


def word(rng: random.Random) -> str:
    """Return a made-up word, short ones often."""
    return "".join(rng.choices(SYLLABLES, k=1 + int(rng.expovariate(1.1))))


def prose(rng: random.Random, count: int) -> list[str]:
    """Return so many made-up words, with a full stop here and there."""
    return [word(rng) + ("." if rng.random() < 0.07 else "") for _ in range(count)]


def han(rng: random.Random, count: int) -> list[str]:
    """Return so many made-up signs."""
    return [rng.choice(HAN) + ("。" if rng.random() < 0.05 else "") for _ in range(count)]


def replaced(rng: random.Random, words: Sequence[str], share: float, make: Callable[[random.Random], str]) -> list[str]:
    """Return the words, each replaced by another one with the probability *share*."""
    return [make(rng) if rng.random() < share else item for item in words]


def likeness(a: str, b: str) -> near.Likeness | None:
    return near.Shingled(a).likeness(near.Shingled(b))


def shared(a: str, b: str) -> int:
    return len(set(near.keys(a)) & set(near.keys(b)))


def test_keys_are_the_same_whatever_the_process() -> None:
    text = "Über 200 Wörter,\nおはよう世界、今日は良い天気です。 نخلة التمر \ud800"
    code = f"from collation.near import keys; print(keys({text!r}))"
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == str(near.keys(text))
    assert near.keys("The quick brown fox jumps.") == (
        1738715074,
    )  # CRC-32; those in archives must go on meaning the same


@pytest.mark.parametrize("text", ["", "\n \t", "one two three four", "!!! ???", "\ud800"])
def test_what_has_no_five_words_has_no_key(text: str) -> None:
    assert near.keys(text) == ()
    assert likeness(text, text) is None


def test_case_width_and_punctuation_do_not_count() -> None:
    assert near.keys("The “late” FROST took, all buds.") == near.keys("the late frost took - all buds")
    assert near.keys("ＡＢＣ de fg hi jk") == near.keys("abc de fg hi jk")
    assert near.tokens("東京 Tokyo は snake_case") == ["東", "京", "tokyo", "は", "snake", "case"]


@pytest.mark.parametrize(("make", "joint"), [(prose, " "), (han, "")], ids=["words", "han"])
@pytest.mark.parametrize(
    ("share", "least"), [(0.0, 1.0), (0.05, 1.0), (0.1, 0.99), (0.2, 0.9)], ids=["same", "5 %", "10 %", "20 %"]
)
def test_a_copy_with_words_changed_is_found(
    make: Callable[[random.Random, int], list[str]], joint: str, share: float, least: float
) -> None:
    rng = random.Random(11)
    found = 0
    for _ in range(100):
        words = make(rng, rng.randint(120, 900))
        other = replaced(rng, words, share, lambda rng: make(rng, 1)[0])
        a, b = joint.join(words), joint.join(other)
        found += shared(a, b) >= near.SHARED and likeness(a, b) is not None
    assert found >= least * 100


def test_an_excerpt_is_found_and_told_from_a_copy() -> None:
    rng = random.Random(12)
    found = 0
    for _ in range(100):
        words = prose(rng, rng.randint(150, 900))
        start = rng.randrange(len(words) * 7 // 10)
        whole, part = " ".join(words), " ".join(words[start : start + len(words) * 3 // 10])
        like = likeness(whole, part)
        assert like is not None
        assert (like.kind, like.method) == ("excerpt", "containment/5")
        assert near.Shingled(part).is_shorter_than(near.Shingled(whole))
        found += shared(whole, part) >= near.SHARED
    assert found >= 95


def test_kinds_follow_the_shares() -> None:
    rng = random.Random(13)
    words = prose(rng, 400)
    text = " ".join(words)
    assert likeness(text, text) == ("exact", 1.0, 1.0, "text_sha256")
    footed = likeness(text, text + " Read more at the other place. First printed there.")
    assert footed is not None
    assert (footed.kind, footed.method) == ("duplicate", "jaccard/5")
    longer = likeness(text, text + " " + " ".join(prose(rng, 250)))
    assert longer is not None
    assert longer.kind == "variant"
    reworded = likeness(text, " ".join(replaced(rng, words, 0.2, word)))
    assert reworded is not None
    assert (reworded.kind, reworded.method) == ("variant", "containment/3")
    assert likeness(text, " ".join(prose(rng, 400))) is None


def test_texts_on_the_same_thing_are_not_alike() -> None:
    rng = random.Random(14)
    phrases = [" ".join(prose(rng, rng.randint(2, 6))) for _ in range(300)]  # what everybody says
    texts = [
        near.Shingled(
            " ".join(rng.choice(phrases) if rng.random() < 0.5 else word(rng) for _ in range(rng.randint(60, 300)))
        )
        for _ in range(120)
    ]
    pairs = [(a, b) for place, a in enumerate(texts) for b in texts[:place]]
    assert [(a.text, b.text) for a, b in pairs if a.likeness(b)] == []


def test_common_keys_propose_their_first_holders_alone() -> None:
    own = (1, 2, 3, 4)
    holders = {key: [5, 6, 7, 8, 9] for key in own}
    assert near.candidates(9, own, holders, ()) == [5, 6, 7, 8]
    assert near.candidates(9, own, holders, {1, 2, 3, 4}) == [5, 6]
    assert near.candidates(5, own, holders, {1, 2, 3, 4}) == [6, 7]
    assert near.candidates(9, own[:2], holders, ()) == []


# ------------------------------------------------------------------------------------------------ groups
def post(number: int, said_at: str, source: int = 1, author: str = "") -> LikePost:
    names = frozenset({author} if author else ())
    return LikePost(work_id=number, source_id=source, said_at=said_at, authors=names)


def link(low: int, high: int, kind: str = "duplicate", share: float = 0.9, shorter: int | None = None) -> LikeLink:
    method = {"exact": "text_sha256", "duplicate": "jaccard/5"}.get(kind, "containment/5")
    return LikeLink(
        low_id=low,
        high_id=high,
        kind=kind,  # type: ignore[arg-type]
        jaccard=share if kind in ("exact", "duplicate") else share / 3,
        containment=share,
        method=method,
        shorter_id=shorter,
    )


def told(found: Sequence[LikePlace]) -> dict[int, tuple[int, str, int | None]]:
    return {place.work_id: (place.group_id, place.role, place.of_id) for place in found}


def test_the_first_is_the_original_and_roles_follow_source_and_author() -> None:
    posts = [post(1, "2020", 1), post(2, "2019", 2, "ann"), post(3, "2021", 3, "ann"), post(4, "2022", 2)]
    links = [link(1, 2), link(1, 3), link(2, 3, "exact", 1.0), link(2, 4)]
    found = places(posts, links)
    assert told(found) == {
        1: (1, "syndicated", 2),
        2: (1, "original", None),
        3: (1, "crosspost", 2),
        4: (1, "crosspost", 2),
    }
    assert [place.exact_id for place in found] == [None, 2, 2, None]


def test_a_copy_of_a_copy_names_what_it_is_like() -> None:
    posts = [post(1, "2020"), post(2, "2021", 2), post(3, "2022", 3)]
    assert told(places(posts, [link(1, 2), link(2, 3, "variant", 0.6)]))[3] == (1, "syndicated", 2)


def test_an_excerpt_joins_the_group_of_what_it_quotes() -> None:
    posts = [post(1, "2020"), post(2, "2021", 2), post(3, "2022", 3)]
    links = [link(1, 2), link(1, 3, "excerpt", 1.0, shorter=3), link(2, 3, "excerpt", 0.9, shorter=3)]
    assert told(places(posts, links))[3] == (1, "excerpt", 1)


def test_a_digest_does_not_join_what_it_quotes() -> None:
    posts = [post(number, f"202{number}") for number in range(1, 5)]
    links = [link(number, 4, "excerpt", 0.9 + number / 100, shorter=number) for number in (1, 2, 3)]
    found = told(places(posts, links))
    assert found == {3: (3, "original", None), 4: (3, "crosspost", 3)}


def test_ties_are_broken_by_number_and_order_does_not_matter() -> None:
    posts = [post(number, "2020", number) for number in range(1, 6)]
    links = [link(low, high) for low in range(1, 6) for high in range(low + 1, 6)]
    rng = random.Random(15)
    wanted = places(posts, links)
    assert wanted[0].role == "original"
    for _ in range(5):
        rng.shuffle(posts)
        rng.shuffle(links)
        assert places(posts, links) == wanted
