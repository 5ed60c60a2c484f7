"""What is said anonymously is mixed: five at a time, without an order, and nothing is lost."""

from __future__ import annotations

from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from surveys.answering import urn
from surveys.answering.urn import Heap, Mixed

people = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(["1", "2"]), st.sampled_from(["1", "5", "yes"])),
        st.dictionaries(st.sampled_from(["7", "8"]), st.text(min_size=1, max_size=20)),
    ),
    max_size=17,
)


def filled(answers: list[tuple[dict[str, str], dict[str, str]]]) -> list[Mixed]:
    """Return the urn after each of some people, the empty one first."""
    urns = [Mixed()]
    for values, texts in answers:
        urns.append(urn.add(urns[-1], Heap.of(values, texts)))
    return urns


def size(heap: Heap) -> int:
    counts = sum(count for counts in heap.tallies.values() for count in counts.values())
    return counts + sum(len(texts) for texts in heap.texts.values())


@given(people)
def test_nothing_is_read_of_fewer_than_five_and_then_five_at_a_time(
    answers: list[tuple[dict[str, str], dict[str, str]]],
) -> None:
    read = [urn.readable(one, is_over=False)[0] for one in filled(answers)]
    assert read == [number // 5 * 5 for number in range(len(answers) + 1)]
    for before, after in pairwise(filled(answers)):
        more = urn.readable(after, is_over=False)[0] - urn.readable(before, is_over=False)[0]
        same = urn.readable(after, is_over=False) == urn.readable(before, is_over=False)
        assert (more, same) in ((0, True), (5, False), (5, True))


@given(people)
def test_nothing_is_lost_at_the_end(answers: list[tuple[dict[str, str], dict[str, str]]]) -> None:
    count, heap = urn.readable(filled(answers)[-1], is_over=True)
    said = sum(len(values) + len(texts) for values, texts in answers)
    enough = len(answers) >= 5
    assert (count, size(heap)) == (len(answers) if enough else 0, said if enough else 0)


@given(people)
def test_what_a_row_holds_is_read_back(answers: list[tuple[dict[str, str], dict[str, str]]]) -> None:
    last = filled(answers)[-1]
    assert [Heap.read(heap.written()) for heap in (last.shown, last.waiting)] == [last.shown, last.waiting]


def test_the_order_of_arrival_leaves_no_trace() -> None:
    answers = [({"1": str(number)}, {"7": text}) for number, text in enumerate(("d", "b", "a", "c"), start=1)]
    rows = {str(filled(list(order))[-1].waiting.written()) for order in permutations(answers)}
    assert rows == {
        "{'tallies': {'1': {'1': 1, '2': 1, '3': 1, '4': 1}}, 'texts': {'7': ['a', 'b', 'c', 'd']}}"
    }
