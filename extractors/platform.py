"""The shape of what is known of one platform: each file of `platforms/` declares one `Platform`.

Names are whole class names and ids, apart by blanks, never parts of them: Typepad marks every comment
`comment-has-avatar`, and a rule for "avatar" would take it for furniture. What a platform names holds on every page,
whatever that was recognised for, because themes of one platform copy the names of another; `registry` joins all of
them into one table a purpose. No I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

#: What a widget is for; `variorum.records.Removed` tells it. Where a name means two things, the first here counts.
Kind = Literal["share", "like", "related", "comment_form", "subscribe", "navigation", "cookie", "byline", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """What a platform calls the parts of a thread, in lower case; ids count as well as classes where a place is named.

    `ids`, `word_ids`, `short_ids`, `levels` and `pages` are regular expressions: alternatives apart by blanks.
    """

    item: str = ""  #: one comment
    lists: str = ""  #: a list whose children are comments, marked or not
    region: str = ""  #: the place where a thread stands: heading, list, form
    drawn: str = ""  #: a place that a script fills: the comments are not in the page
    nested: str = ""  #: what holds the answers to a comment
    text: str = ""  #: what the commenter wrote, and nothing else
    holder: str = ""  #: the commenter's words with other things beside them
    author: str = ""  #: the name
    byline: str = ""  #: the name with other things beside it
    date: str = ""
    title: str = ""  #: the commenter's own heading
    own: str = ""  #: a comment of the post's author
    gone: str = ""  #: a comment, or its text, that is no longer there
    furniture: str = ""  #: it says nothing that the commenter wrote
    ids: str = ""  #: what stands before the number in an id that only comments have: "dsq-comment-"
    word_ids: str = ""  #: the same, before letters and digits: "t1_"
    short_ids: str = ""  #: too short to be believed unless the element is a comment by its class or place: "ljcmt"
    levels: str = ""  #: what stands before the number in a class that tells how deep a comment of a flat list stands
    counts: str = ""  #: what says how many comments there are, and no other number
    pagers: str = ""  #: what holds the links to the other pages of a thread
    pages: str = ""  #: what stands in the address of another page of a thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Class names, in lower case, of what a post's metadata is read from."""

    title: str = ""
    date: str = ""
    entry: str = ""  #: the post with its head and foot


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Software or a service that makes pages of blogs, or threads below them."""

    name: str  #: as records tell it, and the name of its file
    #: What its meta element "generator" says of it, in lower case.
    generators: tuple[str, ...] = ()
    #: Domains that it serves alone: "livejournal.com"; "blogspot." for one under any country.
    hosts: tuple[str, ...] = ()
    #: Strings in the source of its pages that others lack, for those that name themselves nowhere.
    marks: tuple[str, ...] = ()
    #: Class names, in lower case, of the element that holds the body of a post and nothing else on nearly every page.
    bodies: str = ""
    #: The same, of wrappers, too, on some sites: one witness among others.
    loose_bodies: str = ""
    #: Widgets in and around an article by what they are for. Case counts; an id has a "#" before it.
    furniture: Mapping[Kind, str] = field(default_factory=dict)
    #: Those of them that wrap the article itself on some pages: cut within its container only.
    inside_only: str = ""
    comments: Comments = Comments()
    head: Head = Head()
