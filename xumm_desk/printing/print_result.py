"""What became of one print: whether the paper holds it, and a sentence for a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xumm_desk.core.message import Message


@dataclass(frozen=True, slots=True)
class PrintResult:
    """`text` says what happened and, where it did not work, what to do next."""

    ok: bool
    text: str


@dataclass(frozen=True, slots=True)
class PrinterChoice:
    """A printer to choose in the settings: the value of `receipt_printer`, and what people read."""

    value: str
    label: str


def tell_apart(names: Sequence[tuple[str, Sequence[str]]]) -> list[str]:
    """Labels that differ: each name alone where that is enough; namesakes with the first of their
    details in which all of them differ, else with a number."""
    labels: list[str] = []
    for index, (name, details) in enumerate(names):
        namesakes = [one[1] for one in names if one[0] == name]
        place = _distinct_place(namesakes)
        if len(namesakes) == 1:
            labels.append(name)
        elif place is not None:
            labels.append(Message("{name} ({detail})", name=name, detail=details[place]))
        else:
            number = sum(one[0] == name for one in names[: index + 1])
            labels.append(Message("{name} (number {number})", name=name, number=number))
    return labels


def _distinct_place(namesakes: Sequence[Sequence[str]]) -> int | None:
    """Which detail every one has and none shares with another."""
    for place in range(min(map(len, namesakes))):
        values = [details[place] for details in namesakes]
        if all(values) and len(set(values)) == len(values):
            return place
    return None
