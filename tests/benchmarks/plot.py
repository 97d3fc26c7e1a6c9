"""The figures as a picture: one panel a measure, one bar a contender."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw, ImageFont

from .report import TABLES, Measure

_WIDE, _PANEL, _BAR, _LEFT, _RIGHT = 560, 44, 20, 180, 80
_COLUMNS: Final = 3
_INKS: Final = {
    "desk": "#0b6e4f",
    "thin window": "#6fae97",
    "plain asyncio": "#7a8794",
    "desk on stock qasync": "#b3541e",
}
_OTHERS: Final = "#7a5195"
_LEFT_OUT: Final = frozenset({"each.anonymous", "threads"})


def draw(path: Path, scenarios: Mapping[str, Mapping[str, Any]], words: str) -> None:
    """Write the picture of every scenario with several contenders."""
    panels = [
        (f"{scenario}: {measure.title}", bars)
        for scenario, contenders in scenarios.items()
        for measure in _measures(scenario)
        if len(bars := _bars(measure, contenders)) > 1
    ]
    font = ImageFont.load_default(13)
    heights = [_PANEL + _BAR * len(bars) for _, bars in panels]
    columns: list[list[int]] = [[] for _ in range(_COLUMNS)]
    filled = [60] * _COLUMNS
    for number, height in enumerate(heights):
        column = filled.index(min(filled))
        columns[column].append(number)
        filled[column] += height
    picture = Image.new("RGB", (_WIDE * _COLUMNS + 20, max(filled) + 20), "white")
    pen = ImageDraw.Draw(picture)
    pen.text((20, 20), words, fill="#333333", font=font)
    for column, numbers in enumerate(columns):
        top = 60
        for number in numbers:
            title, bars = panels[number]
            _panel(pen, font, (column * _WIDE + 20, top), title, bars)
            top += heights[number]
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)


def _measures(scenario: str) -> list[Measure]:
    every = [measure for _, measures in TABLES.get(scenario, ()) for measure in measures]
    return [measure for measure in every if measure.key not in _LEFT_OUT]


def _bars(measure: Measure, contenders: Mapping[str, Any]) -> list[tuple[str, float, str]]:
    found = []
    for name, entry in contenders.items():
        figures = entry.get("median", {})
        if measure.key in figures:
            value = figures[measure.key]
            found.append((name, value, measure.write(value)))
    return found


def _panel(
    pen: ImageDraw.ImageDraw,
    font: Any,
    corner: tuple[int, int],
    title: str,
    bars: list[tuple[str, float, str]],
) -> None:
    left, top = corner
    pen.text((left, top + 8), title, fill="#000000", font=font)
    most = max(value for _, value, _ in bars) or 1.0
    room = _WIDE - _LEFT - _RIGHT - 20
    for place, (name, value, words) in enumerate(bars):
        y = top + _PANEL - 14 + place * _BAR
        pen.text((left, y), name, fill="#333333", font=font)
        end = left + _LEFT + max(1, int(room * value / most))
        ink = _INKS.get(name, _OTHERS)
        pen.rectangle((left + _LEFT, y, end, y + _BAR - 8), fill=ink)
        pen.text((end + 6, y), words, fill="#333333", font=font)
