"""The lines of the table: a number for each, so that a million cost eight megabytes."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence

_NOTHING: tuple[int, ...] = ()


class Lines:
    """Numbers in the order of the table. Those below zero are requests in memory, whose lines are
    found at once; the others are keys of the history."""

    def __init__(self, numbers: Iterable[int] = ()) -> None:
        self._numbers = array("q", numbers)
        # The line of each number below zero.
        self._places = {n: line for line, n in enumerate(self._numbers) if n < 0}

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, line: int) -> int:
        return self._numbers[line]

    def part(self, first: int, last: int) -> Sequence[int]:
        """The numbers of the lines from `first` up to, but not with, `last`."""
        return self._numbers[max(0, first) : last]

    def place(self, number: int) -> int | None:
        """The line of a number; None if there is none."""
        if number < 0:
            return self._places.get(number)
        try:
            return self._numbers.index(number)
        except ValueError:
            return None

    def insert(self, line: int, numbers: Sequence[int]) -> None:
        """Put these before `line`."""
        self._shift(line, len(numbers))
        self._numbers[line:line] = array("q", numbers)
        self._places |= {n: line + at for at, n in enumerate(numbers) if n < 0}

    def remove(self, first: int, last: int) -> None:
        """Take the lines `first` to `last` away."""
        for number in self._numbers[first : last + 1]:
            self._places.pop(number, None)
        del self._numbers[first : last + 1]
        self._shift(last + 1, first - last - 1)

    def replace(self, line: int, number: int) -> None:
        """Let a line show another request."""
        self._places.pop(self._numbers[line], None)
        self._numbers[line] = number
        if number < 0:
            self._places[number] = line

    def leading(self) -> int:
        """How many lines at the top are in memory."""
        return next((at for at, n in enumerate(self._numbers) if n >= 0), len(self._numbers))

    def trailing(self) -> int:
        """How many lines at the bottom are in memory."""
        backwards = enumerate(reversed(self._numbers))
        return next((at for at, n in backwards if n >= 0), len(self._numbers))

    def begins(self, other: Lines) -> bool:
        """Whether `other` is these lines and more after them."""
        return other._numbers[: len(self)] == self._numbers

    def after(self, other: Lines) -> Sequence[int]:
        """The numbers that these lines have after those of `other`."""
        return self._numbers[len(other) :]

    def _shift(self, begin: int, by: int) -> None:
        for number, line in self._places.items():
            if line >= begin:
                self._places[number] = line + by


def merged(
    keys: array[int],
    instead: Mapping[int, Sequence[int]],
    before: Mapping[int, Sequence[int]],
) -> Lines:
    """The lines of `keys`, with other numbers `instead` of some places of it (none takes the key
    away), and others `before` some; the place after the last is one too. Costs the changes, and
    copying bytes, however many keys there are."""
    lines = Lines()
    numbers, places, done = lines._numbers, lines._places, 0
    for place in sorted({*instead, *before}):
        numbers.extend(keys[done:place])
        done = place
        fresh = [*before.get(place, _NOTHING), *instead.get(place, _NOTHING)]
        places |= {n: len(numbers) + at for at, n in enumerate(fresh)}
        numbers.extend(fresh)
        if place in instead:
            done = place + 1
    numbers.extend(keys[done:])
    return lines


def ranges(places: Collection[int]) -> list[tuple[int, int]]:
    """Places as contiguous runs, first and last."""
    runs: list[tuple[int, int]] = []
    for place in sorted(places):
        if runs and place <= runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
