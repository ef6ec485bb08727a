"""The Merkle tree of RFC 9162 §2.1 over SHA-256: roots, proofs that a leaf is in, proofs that nothing was rewritten.

Pure. Whoever holds the tree gives a function that returns the hash of a perfect subtree: `node(level, number)` covers
the leaves from `number * 2**level` on, `2**level` of them; level 0 is a leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

__all__ = ("Node", "consistency_path", "inclusion_path", "is_consistent", "leaf_hash", "node_hash", "root", "root_of")

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf, 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """Return the root of the tree over the first *size* leaves; of none, the hash of nothing."""
    return _range(0, size, node) if size else hashlib.sha256(b"").digest()


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that leaf *index*, from 0, is in the tree over the first *size* leaves (§2.1.3.1).

    Raises:
        ValueError: There is no such leaf in a tree of that size.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """Return the proof that the tree over *new* leaves begins with that over *old* (§2.1.4.1).

    Raises:
        ValueError: *old* is not between 1 and *new*.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} leaves has no beginning of {old}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(middle, end, node))
            end = middle
        else:
            path.append(_range(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_range(start, end, node))
    return path[::-1]


def root_of(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root to which a proof of inclusion leads from the hash of a leaf (§2.1.3.2).

    Raises:
        ValueError: The proof has not as many steps as such a tree asks for.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    number, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            raise ValueError("the proof is too long")
        if number & 1 or number == last:
            found = node_hash(other, found)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, other)
        number, last = number >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return found


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the tree of *new_root* begins with that of *old_root* (§2.1.4.2)."""
    if not 0 < old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    found_old = found_new = steps[0]
    for other in steps[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            found_old, found_new = node_hash(other, found_old), node_hash(other, found_new)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            found_new = node_hash(found_new, other)
        number, last = number >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def _split(count: int) -> int:
    """Return the greatest power of two that is smaller than *count*."""
    return 1 << ((count - 1).bit_length() - 1)


def _range(start: int, end: int, node: Node) -> bytes:
    """Return the hash over the leaves from *start* to before *end*, where *start* is where such a subtree may begin."""
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range(start, middle, node), _range(middle, end, node))
