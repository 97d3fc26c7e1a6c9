"""The figures as a table: contenders as rows, measures as columns, ratios to plain asyncio."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

BASE: Final = "plain asyncio"
Figures = Mapping[str, float]


@dataclass(frozen=True)
class Measure:
    """One column: its title, where the figure lies, how it is written, and what is to be reached
    with 10,000 sockets."""

    title: str
    key: str
    write: Callable[[float], str]
    goal: str = ""


def _percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def _kilobytes(value: float) -> str:
    return f"{value / 1024:.1f} KB"


def _ms(value: float) -> str:
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def _seconds(value: float) -> str:
    return f"{value:.1f} s"


def _whole(value: float) -> str:
    return f"{value:,.0f}"


_OPEN: Final = (
    Measure("idle CPU", "idle.cpu", _percent, "≤ 1.5 ×"),
    Measure("memory each", "each.rss", _kilobytes, "12 KB"),
    Measure("of it heap", "each.anonymous", _kilobytes),
    Measure("threads", "threads", _whole),
    Measure("dial: all", "dial.seconds", _seconds, "≤ 1 ×"),
    Measure("dial: beat p99", "dial.p99_ms", _ms, "16 ms"),
    Measure("dial: stall", "dial.longest_ms", _ms, "33 ms"),
)
_SLOW: Final = (
    Measure("loaded CPU", "slow.cpu", _percent, "≤ 1.6 ×"),
    Measure("row p50", "slow.row_p50_ms", _ms, "0.6 ms"),
    Measure("row p99", "slow.row_p99_ms", _ms, "8 ms"),
    Measure("cell p99", "slow.cell_p99_ms", _ms, "33 ms"),
)
_FAST: Final = (Measure("row p99 at 8,000/s", "fast.row_p99_ms", _ms, "16 ms"),)
_BURST: Final = (
    Measure("at once: last row", "burst.last_row_ms", _ms, "300 ms"),
    Measure("at once: stall", "burst.longest_ms", _ms, "16 ms"),
)
_ENDS: Final = (Measure("all ends, GETs included", "ends.last_row_ms", _ms),)
_LOST: Final = (Measure("sockets lost", "counts.lost", _whole),)
_PAID: Final = (
    Measure("last paid", "paid.last_ms", _ms),
    Measure("half paid", "paid.p50_ms", _ms),
    Measure("CPU", "paid.cpu_seconds", _seconds),
    Measure("stall", "paid.longest_ms", _ms),
    Measure("calls", "counts.reads", _whole),
)
_WEIGHT: Final = (
    Measure("memory each", "each.rss", _kilobytes, "60 KB"),
    Measure("of it heap", "each.anonymous", _kilobytes),
    Measure("dial: all", "dial.seconds", _seconds),
    Measure("dial: beat p99", "dial.p99_ms", _ms),
    Measure("dial: stall", "dial.longest_ms", _ms),
)
TABLES: Final[dict[str, tuple[tuple[str, tuple[Measure, ...]], ...]]] = {
    "sockets": (
        ("open sockets", _OPEN),
        ("under events: 2,000 a second, 8,000 a second, all at once", _SLOW + _FAST + _BURST),
        ("the end of all, sockets", _ENDS + _LOST),
    ),
    "tls": (("memory under TLS", _WEIGHT),),
    "subscriptions": (
        ("open subscriptions", _OPEN),
        ("under 2,000 events a second", _SLOW + _BURST + _LOST),
    ),
    "few events": (
        ("open subscriptions", _OPEN),
        ("under 500 events a second", _SLOW + _BURST + _LOST),
    ),
    "sales": (("resolved at one instant", _PAID),),
}
"""By scenario: the tables made of it."""


def flat(figures: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """All numbers, by their dotted path."""
    found: dict[str, float] = {}
    for name, value in figures.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            found[prefix + name] = float(value)
    return found


def medians(rounds: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The median of each number over all rounds that have it."""
    each = [flat(one) for one in rounds]
    names = dict.fromkeys(name for one in each for name in one)
    return {name: median(one[name] for one in each if name in one) for name in names}


def tables(scenario: str, told: Mapping[str, Mapping[str, Any]], sockets: int) -> str:
    """The tables of a scenario with several contenders."""
    parts = []
    for title, measures in TABLES[scenario]:
        head = ["", *(measure.title for measure in measures)]
        rows = [head]
        base = told.get(BASE, {}).get("median", {})
        for name, entry in told.items():
            if "not run" in entry:
                rows.append([name, f"not run: {entry['not run']}"])
                continue
            figures: Figures = entry["median"]
            rows.append([name, *(_cell(measure, figures) for measure in measures)])
            if name != BASE and base:
                ratios = [_ratio(measure, figures, base) for measure in measures]
                rows.append([f"  × {BASE}", *ratios])
        if sockets == 10_000 and scenario == "sockets" and any(m.goal for m in measures):
            rows.append(["to reach", *(measure.goal for measure in measures)])
        parts.append(f"{title}\n\n{_grid(rows)}")
    noted = [
        f"  {name}: {one}"
        for name, entry in told.items()
        for round_ in entry.get("rounds", [])
        for one in round_.get("noted", [])
    ]
    if noted:
        parts.append("\n".join(["lost or late there, round by round", "", *noted]))
    return "\n\n".join(parts)


def _cell(measure: Measure, figures: Figures) -> str:
    return measure.write(figures[measure.key]) if measure.key in figures else "–"


def _ratio(measure: Measure, figures: Figures, base: Figures) -> str:
    if not base.get(measure.key) or measure.key not in figures:
        return "–"
    ratio = figures[measure.key] / base[measure.key]
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"


def _grid(rows: Sequence[Sequence[str]]) -> str:
    full = [row for row in rows if len(row) == len(rows[0])]
    widths = [max(len(row[column]) for row in full) for column in range(len(rows[0]))]
    lines = []
    for place, row in enumerate(rows):
        first, *rest = row
        if len(row) == len(rows[0]):
            cells = [text.rjust(width) for text, width in zip(rest, widths[1:], strict=True)]
        else:
            cells = list(rest)
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
        if place == 0:
            lines.append("-" * (sum(widths) + 2 * (len(widths) - 1)))
    return "\n".join(lines)


def lines(figures: Figures, entry: Mapping[str, Any]) -> str:
    """A scenario of one contender: every figure on a line."""
    texts = {
        name: value
        for name, value in entry["rounds"][-1].items()
        if isinstance(value, str) and name not in figures
    }
    shown = {name: f"{value:,.1f}".removesuffix(".0") for name, value in figures.items()}
    width = max(len(name) for name in (*shown, *texts))
    return "\n".join(f"  {n.ljust(width)}  {v}" for n, v in (*shown.items(), *texts.items()))
