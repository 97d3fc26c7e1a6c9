"""How wide columns are: the least that makes sense, what is comfortable, and what fits a width."""

from __future__ import annotations

from collections.abc import Collection
from datetime import time
from typing import Final

from PySide6.QtGui import QFontMetrics

from xumm_desk.core.message import Formatted, Message
from xumm_desk.locale.translation import tr
from xumm_desk.ui.requests.columns import DEFAULT_ORDER, HIDDEN, TITLES, Column
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Space

_CLOCK: Final = Formatted("00:00:00", time(22, 58, 58))
"""A time of day: longer in languages that divide the day in two."""

_MIN_SAMPLES: Final[dict[Column, str]] = {
    Column.STATUS: Message("Expired, opened"),
    Column.LEFT: "+00:00:00",
    Column.TIME: _CLOCK,
    Column.REFERENCE: "desk-20260314",
    Column.AMOUNT: "000 000.000000",
    Column.ASSET: "Asset",
    Column.PAYER: "rWWWWW…WWWWW",
    Column.TAG: "0000000000",
    Column.TYPE: "TrustSet",
    Column.UUID: "00000000-0000-0000-0000-000000000000",
    Column.TXID: "00000000…00000000",
    Column.NETWORK: "XAHAUTESTNET",
    Column.NOTE: Message("Two coffees and a slice of cake"),
    Column.PRICE: "CHF 000.00",
    Column.OPERATOR: "Margarete",
    Column.TILL: "Till 10",
    Column.LAST_EVENT: Message("On the ledger 00:00:00"),
    Column.EXPIRY: _CLOCK,
    Column.RATE: "CHF 0.00000",
}
_COMFORT_SAMPLES: Final[dict[Column, str]] = {
    Column.TIME: Message("00 Mmm 00:00"),
    Column.STATUS: Message("Pre-signed · as of 00:00:00"),
    Column.AMOUNT: "00 000 000 000.000000",
    Column.LEFT: Message("time is up — checking"),
    Column.REFERENCE: "desk-20260314-130420-0123456789ab",
    Column.TYPE: "PaymentChannelClaim",
    Column.PRICE: "CHF 00 000.00",
    Column.EXPIRY: Message("00 Mmm 00:00"),
    Column.LAST_EVENT: Message("On the ledger 00 Mmm 00:00"),
}
"""In the order in which room is given to them: a time of another day is cut without it."""

_LESSER: Final = (
    Column.PRICE,
    Column.TIME,
    Column.PAYER,
    Column.TAG,
    Column.OPERATOR,
    Column.STEPS,
)
"""What is left out where not everything fits, the last ones first; the detail pane shows it all the
same."""

_BEFORE_WANTED: Final = 2
"""So many of them matter more than a column that is wanted besides."""

_MIN_PIXELS: Final = {Column.REFERENCE: 72, Column.AMOUNT: 90, Column.STATUS: 112}
"""How far the columns that never give way may be squeezed, in pixels, before it scrolls."""


def min_width(column: Column) -> int:
    """The width below which a column stops making sense."""
    metrics = QFontMetrics(theme.font(strong=column is Column.STATUS))
    pad = 2 * int(Space.S) + 2
    if column is Column.STEPS:
        return 5 * 18 + pad
    title = QFontMetrics(theme.font()).horizontalAdvance(tr(TITLES[column])) + pad + int(Space.M)
    mark = metrics.height() + int(Space.L) if column is Column.STATUS else 0
    return max(title, metrics.horizontalAdvance(tr(_MIN_SAMPLES[column])) + mark + pad)


def comfortable_width(column: Column) -> int:
    """The width at which a column is comfortable."""
    wide = _COMFORT_SAMPLES.get(column)
    if wide is None:
        return min_width(column)
    metrics = QFontMetrics(theme.font())
    mark = metrics.height() + int(Space.L) if column is Column.STATUS else 0
    return max(min_width(column), metrics.horizontalAdvance(tr(wide)) + mark + 2 * int(Space.S) + 2)


def fit_columns(width: int, wanted: Collection[Column] = ()) -> dict[Column, int]:
    """Widths for the columns that fit into `width`; a column not named is left out. Those `wanted`
    are shown although a new shop hides them, where there is room."""
    shown: set[Column] = {
        column for column in DEFAULT_ORDER if column not in HIDDEN and column not in _LESSER
    }
    room = width - sum(map(min_width, shown))
    for column in (*_LESSER[:_BEFORE_WANTED], *wanted, *_LESSER[_BEFORE_WANTED:]):
        if (least := min_width(column)) <= room:
            shown.add(column)
            room -= least
    widths = {column: min_width(column) for column in DEFAULT_ORDER if column in shown}
    spare = width - sum(widths.values())
    for column, floor in _MIN_PIXELS.items():
        cut = min(max(0, -spare), max(0, widths[column] - floor))
        widths[column] -= cut
        spare += cut
    for column in _COMFORT_SAMPLES:
        if column in widths and spare > 0:
            more = min(spare, comfortable_width(column) - widths[column])
            widths[column] += more
            spare -= more
    return widths
