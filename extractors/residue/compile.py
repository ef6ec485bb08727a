"""Compile the catalogue of interface phrases: facts in, the table that `catalogue` reads out.

Run by hand when phrases are added: `python -m extractors.residue.compile FACTS.tsv additions.tsv > phrases.tsv`. Facts
are one phrase a line with the columns language, kind, phrase (placeholders as `{name}`), english (the message it
translates, where known) and strength ("weak" for what authors write too, "strong" for what they never do; else it is
found by length).
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Container, Iterable, Mapping
from pathlib import Path

from extractors.residue.lines import normalise, width

_HOLE = re.compile(r"\{\w+\}")
_COUNTED = re.compile(r"\{(?:title|x)\}")
_LONGEST_COUNTER = 28  #: characters before the title in "{n} thoughts on {title}"
_DATED = re.compile(r"\{(?:date|time)\}")
_LETTER = re.compile(r"[^\W\d_]")

#: English messages by what they are on the page; their translations inherit the role.
_HEADINGS = frozenset(
    "Leave a Reply|Leave a reply|Leave a Comment|Leave a comment|Post a Comment|Leave a Reply to {name}"
    "|Leave a comment on {title}|Leave a Comment on {title}|Join the Conversation|Comments are closed."
    "|Comments on this post are closed.|Your email address will not be published.".split("|")
)
_CANCELS = frozenset(("Cancel reply", "Cancel Reply", "Click here to cancel reply."))
_REPLIES = frozenset(("Reply", "Reply ↓", "Reply to {name}", "Log in to Reply", "Edit", "(Edit)"))
#: Labels of tags and categories.
_TERMS = frozenset(("Tags:", "Tags", "Categories", "Posted in", "Tagged {tags}", "Category: {name}"))
#: Short, yet unmistakable.
_STRONG = _HEADINGS | frozenset(
    "Share this:|Like this:|Related Posts|Related posts|Post navigation|Posts navigation|Comment navigation"
    "|Comments navigation|Skip to content|Skip to the content|Cancel reply|Cancel Reply|Connecting to %s|Post Comment"
    "|Submit Comment|Recent Comments|Newer Comments »|« Older Comments|Older Comments|Newer Comments"
    "|Comments (RSS)|No comments yet.|Share this entry|Recent Posts|Proudly powered by WordPress"
    "|Powered by WordPress|Loading Comments...|Click here to cancel reply.|{n} bloggers like this:".split("|")
)
#: As they stand in other phrases' English, and for what sources without an English column give.
_STRONG_KEYS = frozenset(map(normalise, _STRONG))
#: Kinds whose phrases never begin a widget by themselves, whatever their length.
_NEVER_STRONG = frozenset(("byline",))
#: Long enough, but also what authors write.
_PLAIN = frozenset(map(normalise, ("Comments Off", "Your Name", "Read more", "Follow me on Twitter")))
#: Translations that are the bare name of a product: no text of an interface.
_NAMES = frozenset(("wordpress", "akismet", "jetpack", "gravatar"))


def compile_phrases(facts: Iterable[Mapping[str, str]]) -> str:
    """Return the table: `kind, role, strength, languages, phrase` a line, sorted, tabs between, phrases normalised.

    Placeholders become `{}`, but `{n}`, which is 0 as all numbers are, and `{0}` where there is a date among them.
    Phrases without enough letters of their own are left out, as are those whose first placeholder would swallow a
    sentence.
    """
    table: dict[str, tuple[str, str, str, set[str]]] = {}
    facts = list(facts)
    plain = _PLAIN | {_phrase(fact["phrase"]) for fact in facts if fact.get("strength") == "weak"}
    for fact in facts:
        phrase = _phrase(fact["phrase"])
        if phrase in _NAMES:
            continue
        letters = len(_LETTER.findall(phrase.replace("{}", "")))
        if width("x" * letters) < 2 or (phrase.startswith("{}") and letters < 4 and not phrase.endswith(":")):
            continue
        english, kind = fact.get("english") or "", fact["kind"]
        role = _role(kind, fact["phrase"], english)
        if role == "counter":
            phrase = re.sub(r"^\{\} ", "0 ", phrase)  # the number; without a beginning it could not be looked up
        told = fact.get("strength") == "strong" and not _is_one_word(phrase) and kind not in _NEVER_STRONG
        strength = "strong" if phrase not in plain and (told or _is_strong(phrase, kind, english)) else "weak"
        known = table.get(phrase)
        if known is None:
            table[phrase] = (kind, role, strength, {fact["language"]})
        else:
            known[3].add(fact["language"])
            better = strength == "strong" and known[2] == "weak"
            table[phrase] = (
                kind if better else known[0],
                known[1] or role,
                strength if better else known[2],
                known[3],
            )
    undated = {_phrase(fact["phrase"]) for fact in facts if not _DATED.search(fact["phrase"])}
    rows = (
        f"{kind}\t{role}\t{strength}\t{','.join(sorted(langs))}\t{_told(phrase, undated)}\n"
        for phrase, (kind, role, strength, langs) in sorted(table.items())
    )
    return "".join(rows)


def _told(phrase: str, undated: Container[str]) -> str:
    """Return a phrase with a mark in its first hole where a date must stand somewhere: "published {0}"."""
    bare = "{}" + phrase[1:] if phrase.startswith("0 ") and "{}" in phrase else phrase
    return phrase if phrase in undated or bare in undated else phrase.replace("{}", "{0}", 1)


def _phrase(raw: str) -> str:
    raw = raw.replace("{n}", "0")
    marked = _HOLE.sub("\ue000", raw)
    key = normalise(marked)
    if marked.rstrip().endswith("\ue000:"):
        key += ":"  # "{name}:" is a phrase because of its colon
    return key.replace("\ue000", "{}")


def _role(kind: str, phrase: str, english: str) -> str:
    if english in _HEADINGS:
        return "heading"
    if english in _CANCELS:
        return "cancel"
    if english in _REPLIES:
        return "reply"
    if english == "{name} says:" or (
        kind == "comment_list" and phrase.startswith("{name}") and "{title}" not in phrase
    ):
        return "says"
    if kind == "comment_list" and (title := _COUNTED.search(phrase)) and title.start() <= _LONGEST_COUNTER:
        return "counter"
    if kind == "comment_list" and "{n}" in phrase:
        return "count"
    if english == "About the author":
        return "about"
    if kind == "byline" and (english in _TERMS or "{tags}" in phrase or "{categories}" in phrase):
        return "terms"
    return ""


def _is_one_word(phrase: str) -> bool:
    """Return whether a phrase is one word, or as short in a script without blanks: too plain to be strong."""
    literal = phrase.replace("{}", " ").strip()
    if "%" in literal:
        return False
    return width(literal) < 9 or (len(literal.split()) < 2 and width(literal) == len(literal) and len(literal) < 15)


def _is_strong(phrase: str, kind: str, english: str) -> bool:
    if kind in _NEVER_STRONG or _is_one_word(phrase):
        return False
    if english in _STRONG or phrase in _STRONG_KEYS or "%s" in phrase or "%d" in phrase or "%0" in phrase:
        return True
    literal = phrase.replace("{}", " ").strip()
    if phrase.startswith("{}"):
        return False
    return width(literal) >= 22 and (len(literal.split()) >= 3 or width(literal) >= len(literal) * 1.5)


def main() -> None:
    """Read the files of facts named on the command line, write the table to standard output."""
    facts: list[dict[str, str]] = []
    for name in sys.argv[1:]:
        with Path(name).open(encoding="utf-8", newline="") as handle:
            facts += csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
    sys.stdout.write(compile_phrases(facts))


if __name__ == "__main__":
    main()
