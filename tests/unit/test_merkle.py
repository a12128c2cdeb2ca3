"""The Merkle tree: the vectors of Certificate Transparency, and proofs that prove nothing else."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.merkle import Frontier, Tree, is_consistent, is_included, leaf

FEW = settings(max_examples=150, deadline=None, database=None)
# The leaves and roots that implementations of RFC 6962 test with.
LINES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
LEAVES = [leaf(line) for line in LINES]


@pytest.mark.parametrize("size", range(1, 9))
def test_gives_the_known_root_of_the_known_leaves(size):
    assert Tree(LEAVES[:size]).root().hex() == Tree(LEAVES).root(size).hex() == ROOTS[size - 1]


def test_nothing_has_the_digest_of_nothing():
    assert Tree([]).root() == Frontier().root == hashlib.sha256(b"").digest()


def by_the_book(leaves):
    """The definition of RFC 6962 §2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = max(2**n for n in range(20) if 2**n < len(leaves))
    both = by_the_book(leaves[:split]) + by_the_book(leaves[split:])
    return hashlib.sha256(b"\1" + both).digest()


@FEW
@given(st.integers(1, 200))
def test_grows_to_what_the_definition_says(size):
    leaves = [leaf(str(number).encode()) for number in range(size)]
    frontier = Frontier()
    for digest in leaves:
        frontier.add(digest)

    assert (frontier.size, frontier.root) == (size, by_the_book(leaves))


@FEW
@given(st.data())
def test_a_proof_shows_a_leaf_at_its_place_and_at_no_other(data):
    size = data.draw(st.integers(1, 70))
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(-1, size + 1))
    leaves = [leaf(str(number).encode()) for number in range(size)]
    root, proof = Tree(leaves).root(), Tree(leaves).inclusion(index)

    assert is_included(leaves[index], index, size, proof, root)
    assert is_included(leaves[index], other, size, proof, root) == (other == index)
    assert not is_included(leaf(b"another"), index, size, proof, root)
    assert not is_included(leaves[index], index, size, [*proof, root], root)
    assert not proof or not is_included(leaves[index], index, size, proof[:-1], root)


@FEW
@given(st.data())
def test_a_proof_shows_a_beginning_and_nothing_else(data):
    size = data.draw(st.integers(1, 70))
    before = data.draw(st.integers(1, size))
    leaves = [leaf(str(number).encode()) for number in range(size)]
    tree = Tree(leaves)
    old, new, proof = tree.root(before), tree.root(), tree.consistency(before)

    assert is_consistent(before, old, size, new, proof)
    forged = [leaf(b"another"), *leaves[1:before]]
    assert not is_consistent(before, Tree(forged).root(), size, new, proof)
    assert not is_consistent(before, old, size, leaf(b"another"), proof)
    assert not is_consistent(before, old, size, new, [*proof, new])
    assert before == size or not proof or not is_consistent(before, old, size, new, proof[1:])


@pytest.mark.parametrize(("size", "later"), [(0, 3), (4, 3), (-1, 3)])
def test_nothing_is_consistent_with_what_is_no_beginning(size, later):
    leaves = LEAVES[:later]

    assert not is_consistent(size, Tree([]).root(), later, Tree(leaves).root(), [])
    with pytest.raises(ValueError, match="no size of a beginning"):
        Tree(leaves).consistency(size)


def test_asks_for_a_leaf_that_is_there():
    with pytest.raises(ValueError, match="no leaf 8"):
        Tree(LEAVES).inclusion(8)


@FEW
@given(st.data())
def test_a_proof_within_a_beginning_is_that_of_the_beginning_alone(data):
    size = data.draw(st.integers(1, 70))
    part = data.draw(st.integers(1, size))
    index, before = data.draw(st.integers(0, part - 1)), data.draw(st.integers(1, part))
    leaves = [leaf(str(number).encode()) for number in range(size)]

    assert Tree(leaves).inclusion(index, part) == Tree(leaves[:part]).inclusion(index)
    assert Tree(leaves).consistency(before, part) == Tree(leaves[:part]).consistency(before)


@FEW
@given(st.integers(0, 200), st.integers(0, 100))
def test_goes_on_from_its_parts_as_if_it_had_never_stopped(size, more):
    leaves = [leaf(str(number).encode()) for number in range(size + more)]
    begun = Frontier()
    for digest in leaves[:size]:
        begun.add(digest)
    resumed = Frontier(begun.size, begun.parts)
    for digest in leaves[size:]:
        resumed.add(digest)

    assert (resumed.size, resumed.root) == (size + more, Tree(leaves).root())


def test_does_not_go_on_from_parts_of_another_size():
    with pytest.raises(ValueError, match="not those of 3 leaves"):
        Frontier(3, [LEAVES[0]])
