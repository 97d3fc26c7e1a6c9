"""The lines of the table: the same as a plain list, whatever is done to them."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from xumm_desk.ui.requests.rows.lines import Lines, merged, ranges


class LinesAsAList(RuleBasedStateMachine):
    """Numbers are put in, taken out and exchanged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines, self.plain = Lines(), list[int]()
        self.fresh = 0

    def number(self, in_memory: bool) -> int:
        self.fresh += 1
        return -self.fresh if in_memory else self.fresh

    @rule(at=st.floats(0, 1), kinds=st.lists(st.booleans(), max_size=4))
    def insert(self, at: float, kinds: list[bool]) -> None:
        place = round(at * len(self.plain))
        numbers = [self.number(kind) for kind in kinds]
        self.lines.insert(place, numbers)
        self.plain[place:place] = numbers

    @rule(at=st.floats(0, 1), many=st.integers(1, 3))
    def remove(self, at: float, many: int) -> None:
        if self.plain:
            first = min(round(at * len(self.plain)), len(self.plain) - 1)
            last = min(first + many - 1, len(self.plain) - 1)
            self.lines.remove(first, last)
            del self.plain[first : last + 1]

    @rule(at=st.floats(0, 1), in_memory=st.booleans())
    def replace(self, at: float, in_memory: bool) -> None:
        if self.plain:
            line = min(round(at * len(self.plain)), len(self.plain) - 1)
            number = self.number(in_memory)
            self.lines.replace(line, number)
            self.plain[line] = number

    @invariant()
    def alike(self) -> None:
        assert list(self.lines.part(0, len(self.lines))) == self.plain
        for line, number in enumerate(self.plain):
            assert self.lines[line] == number
            assert self.lines.place(number) == line
        assert self.lines.place(-self.fresh - 1) is None
        assert self.lines.place(self.fresh + 1) is None
        leading = [n < 0 for n in self.plain]
        assert self.lines.leading() == (leading.index(False) if False in leading else len(leading))
        leading.reverse()
        assert self.lines.trailing() == (leading.index(False) if False in leading else len(leading))


TestLinesAsAList = LinesAsAList.TestCase

_PLACES = st.dictionaries(st.integers(0, 12), st.lists(st.booleans(), max_size=2))


@given(st.integers(0, 12), _PLACES, _PLACES)
def test_merging_is_what_it_says(
    count: int, instead: dict[int, list[bool]], before: dict[int, list[bool]]
) -> None:
    fresh = iter(range(-1, -1000, -1))
    other = {at: [next(fresh) for _ in some] for at, some in instead.items() if at < count}
    more = {at: [next(fresh) for _ in some] for at, some in before.items() if at <= count}
    keys = array("q", range(100, 100 + count))
    expected: list[int] = []
    for at in range(count + 1):
        expected += more.get(at, [])
        if at < count:
            expected += other.get(at, [keys[at]])
    lines = merged(keys, other, more)
    assert list(lines.part(0, len(lines))) == expected
    for line, number in enumerate(expected):
        assert lines.place(number) == line


def test_lines_that_go_on_are_known() -> None:
    few, many = Lines([-1, 5]), Lines([-1, 5, 4])
    assert few.begins(many)
    assert list(many.after(few)) == [4]
    assert not few.begins(Lines([5, -1, 4]))
    assert not many.begins(few)


def test_spans() -> None:
    assert ranges([]) == []
    assert ranges([5, 3, 4, 9, 9]) == [(3, 5), (9, 9)]
