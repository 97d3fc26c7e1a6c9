"""How much of each lamp is shown where there is not room for all of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from xumm_desk.core.health.lamp import LampLevel, LampName


class Detail(IntEnum):
    """How much of a lamp is shown; the rest is in its tooltip."""

    MARK = 0
    WORD = 1
    AGE = 2


@dataclass(frozen=True, slots=True)
class LampWidths:
    """A lamp's level, and how wide it is in each detail."""

    level: LampLevel
    widths: tuple[int, int, int]


def fit(lamps: Mapping[LampName, LampWidths], room: int) -> Mapping[LampName, Detail]:
    """As much of all lamps as fits into `room`. Ages go first and words next, those of the later
    lamps before those of the earlier, and what is well before what is not."""
    shown = dict.fromkeys(lamps, Detail.AGE)
    width = sum(lamp.widths[Detail.AGE] for lamp in lamps.values())
    for name, detail in _steps(lamps):
        if width <= room:
            break
        width -= lamps[name].widths[shown[name]] - lamps[name].widths[detail]
        shown[name] = detail
    return shown


def _steps(lamps: Mapping[LampName, LampWidths]) -> Sequence[tuple[LampName, Detail]]:
    """What is given up, in order."""
    ill = [name for name, lamp in lamps.items() if lamp.level > LampLevel.WELL]
    well = [name for name in lamps if name not in ill]
    return [
        (name, detail)
        for group in (well, ill)
        for detail in (Detail.WORD, Detail.MARK)
        for name in reversed(group)
    ]
