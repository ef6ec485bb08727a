"""The tree of RFC 9162: roots by another road, proofs of every leaf and every beginning, and what is no proof."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.proof import merkle

LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(70)]
#: Leaves and roots of the test vectors that Certificate Transparency's own implementations share.
VECTORS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def node(level: int, number: int) -> bytes:
    if level == 0:
        return LEAVES[number]
    return merkle.node_hash(node(level - 1, 2 * number), node(level - 1, 2 * number + 1))


def by_definition(leaves: list[bytes]) -> bytes:
    """The root as §2.1.1 defines it, over hashes of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:half]) + by_definition(leaves[half:])).digest()


@pytest.mark.parametrize("size", ROOTS)
def test_roots_are_those_of_the_known_vectors(size: int) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in VECTORS]

    def known(level: int, number: int) -> bytes:
        if level == 0:
            return leaves[number]
        return merkle.node_hash(known(level - 1, 2 * number), known(level - 1, 2 * number + 1))

    assert merkle.root(size, known).hex() == ROOTS[size]


def test_every_leaf_of_every_tree_is_proved() -> None:
    for size in range(1, len(LEAVES) + 1):
        root = merkle.root(size, node)
        assert root == by_definition(LEAVES[:size])
        for index in range(size):
            path = merkle.inclusion_path(index, size, node)
            assert merkle.root_of(index, size, LEAVES[index], path) == root


def test_every_beginning_of_every_tree_is_proved() -> None:
    roots = {size: merkle.root(size, node) for size in range(1, len(LEAVES) + 1)}
    for new, new_root in roots.items():
        for old in range(1, new + 1):
            path = merkle.consistency_path(old, new, node)
            assert merkle.is_consistent(old, new, roots[old], new_root, path)
            assert not merkle.is_consistent(old, new, roots[old], bytes(32), path)
            assert not merkle.is_consistent(old, new, bytes(32), new_root, path)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_proof_with_any_bit_turned_proves_nothing(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion_path(index, size, node)
    step, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
    turned = bytearray(path[step])
    turned[bit // 8] ^= 1 << bit % 8
    bad = [*path[:step], bytes(turned), *path[step + 1 :]]
    assert merkle.root_of(index, size, LEAVES[index], bad) != merkle.root(size, node)


def test_what_cannot_be_proved_is_an_error() -> None:
    with pytest.raises(ValueError, match="no leaf 3"):
        merkle.inclusion_path(3, 3, node)
    with pytest.raises(ValueError, match="no beginning"):
        merkle.consistency_path(4, 3, node)
    path = merkle.inclusion_path(2, 7, node)
    with pytest.raises(ValueError, match="too short"):
        merkle.root_of(2, 7, LEAVES[2], path[:-1])
    with pytest.raises(ValueError, match="too long"):
        merkle.root_of(2, 7, LEAVES[2], [*path, bytes(32)])
    assert not merkle.is_consistent(0, 3, bytes(32), bytes(32), [])
    assert not merkle.is_consistent(2, 3, bytes(32), bytes(32), [])
