"""From pairs of like texts to groups, and who in a group was first.

Texts that each hold the greater part of the other belong together, and so does whoever belongs to one of them. A text
that is only part of another one joins it alone: a digest that quotes five posts must not make one group of the five.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from variorum.records import LikeLink, LikePlace, LikePost, LikeRole


def places(posts: Iterable[LikePost], links: Sequence[LikeLink]) -> list[LikePlace]:
    """Return the place of each post that is linked, in order of their numbers.

    Args:
        posts: All that *links* name.
        links: Each pair once; all links of each post, or its group would be cut.
    """
    known = {post.work_id: post for post in posts}
    by_post: dict[int, list[LikeLink]] = {}
    for link in links:
        by_post.setdefault(link.low_id, []).append(link)
        by_post.setdefault(link.high_id, []).append(link)
    order = sorted(by_post, key=lambda number: (known[number].said_at, number))
    rank = {number: place for place, number in enumerate(order)}
    group = _groups(order, rank, by_post, _joined(order, (link for link in links if link.kind != "excerpt")))
    same = _joined(order, (link for link in links if link.kind == "exact"))
    heads = _first(order, group)
    names, exact_names, sizes = _first(sorted(order), group), _first(sorted(order), same), _sizes(same)
    found = []
    for number in sorted(order):
        head = heads[group[number]]
        inside = [link for link in by_post[number] if group[link.other(number)] == group[number]]
        if not inside:
            continue  # the others that hold a part of it belong elsewhere
        nearest = min(inside, key=lambda item: (item.other(number) != head, -item.similarity, rank[item.other(number)]))
        is_head = number == head
        found.append(
            LikePlace(
                work_id=number,
                group_id=names[group[number]],
                exact_id=exact_names[same[number]] if sizes[same[number]] > 1 else None,
                role="original" if is_head else _role(known[number], known[head], nearest),
                of_id=None if is_head else nearest.other(number),
                similarity=1.0 if is_head else nearest.similarity,
                method=None if is_head else nearest.method,
            )
        )
    return found


def _groups(
    order: Iterable[int],
    rank: Mapping[int, int],
    by_post: Mapping[int, Sequence[LikeLink]],
    copies: Mapping[int, int],
) -> dict[int, int]:
    """Return the group of each post: its copies, or where it has none the group of what was earlier and is most like.

    Args:
        order: All posts, the earliest first, so that what is joined has its group already.
        rank: Their places in it.
        by_post: Their links.
        copies: Post → name of the set that it makes with its copies.
    """
    sizes = _sizes(copies)
    group: dict[int, int] = {}
    for number in order:
        group[number] = copies[number]
        earlier = [link for link in by_post[number] if rank[link.other(number)] < rank[number]]
        if earlier and sizes[copies[number]] == 1:
            most = min(earlier, key=lambda link: (-link.containment, rank[link.other(number)]))
            group[number] = group[most.other(number)]
    return group


def _role(post: LikePost, head: LikePost, link: LikeLink) -> LikeRole:
    if link.kind == "excerpt" and link.shorter_id == post.work_id:
        return "excerpt"
    return "crosspost" if post.source_id == head.source_id or post.authors & head.authors else "syndicated"


def _joined(posts: Iterable[int], links: Iterable[LikeLink]) -> dict[int, int]:
    """Return for each post the name of the set that links join it to."""
    parent = {number: number for number in posts}

    def top(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for link in links:
        parent[top(link.low_id)] = top(link.high_id)
    return {number: top(number) for number in parent}


def _first(order: Iterable[int], names: Mapping[int, int]) -> dict[int, int]:
    """Return for each set the first of its posts."""
    first: dict[int, int] = {}
    for number in order:
        first.setdefault(names[number], number)
    return first


def _sizes(names: Mapping[int, int]) -> dict[int, int]:
    sizes: dict[int, int] = {}
    for name in names.values():
        sizes[name] = sizes.get(name, 0) + 1
    return sizes
