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
    """Labels that differ: each name alone where that is enough, else with the first of its details
    that sets it apart from its namesakes, else with a number."""
    labels: list[str] = []
    for index, (name, details) in enumerate(names):
        namesakes = [one for one in names if one[0] == name]
        if len(namesakes) == 1:
            labels.append(name)
            continue
        own = next(
            (
                detail
                for place, detail in enumerate(details)
                if detail and sum(_at(one[1], place) == detail for one in namesakes) == 1
            ),
            "",
        )
        number = sum(one[0] == name for one in names[: index + 1])
        labels.append(
            Message("{name} ({detail})", name=name, detail=own)
            if own
            else Message("{name} (number {number})", name=name, number=number)
        )
    return labels


def _at(details: Sequence[str], place: int) -> str:
    return details[place] if place < len(details) else ""
