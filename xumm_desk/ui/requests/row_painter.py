"""Paint one row: background, status shape, texts, numbers, step line.

Painted texts are cached as pixmaps: drawing one costs a fraction of painting text again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from math import ceil
from typing import Final, NamedTuple, TypeAlias

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap
from PySide6.QtWidgets import QHeaderView

from xumm_desk.core.bidi import as_line, isolate
from xumm_desk.core.history.summary import RefundMark, RequestSummary
from xumm_desk.core.message import Message
from xumm_desk.core.refund.refund import has_refund
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.ports import Clock
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.locale.words import Words
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Space, Theme, status_tone, tone_of
from xumm_desk.ui.widgets import step_line
from xumm_desk.ui.widgets.mirroring import mirrored

from . import columns, past_cells
from .columns import EMPTY, NUMBERS, TIMES, Column

PAD: Final = int(Space.S)
_DRAWN: Final = frozenset({Column.STATUS, Column.STEPS})
_MUTED: Final = TIMES | {
    Column.ASSET,
    Column.TYPE,
    Column.NETWORK,
    Column.UUID,
    Column.OPERATOR,
    Column.TILL,
}
_EMPHASISED: Final = frozenset({Tone.ATTENTION, Tone.HARM, Tone.GOOD})
_MIDDLE: Final = frozenset({Column.UUID, Column.TXID, Column.REFERENCE})
_WHOLE: Final = frozenset({Column.AMOUNT, Column.PRICE})
"""Half a number is another number: these shrink before they are cut."""
_PAINT_ERROR: Final = Message(
    "{identifier}: this line cannot be shown, an error of this program. Select it for its details."
)
_STEP_LABELS: Final = 4096


class FontWidths:
    """A font, and how wide texts are in it: shaping them takes as long as drawing them, and most
    cells repeat texts of other cells."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = metrics = QFontMetricsF(font)

        # Not PySide6's method itself: a cache reads the documentation of what it wraps, and for
        # that PySide6 loads all its signatures, some 20 ms of a start.
        def width(words: str) -> float:
            return metrics.horizontalAdvance(words)

        self.width: Callable[[str], float] = lru_cache(_STEP_LABELS)(width)
        self.height = self.metrics.height()
        self._ascent = self.metrics.ascent()

    def baseline(self, place: QRect) -> float:
        """The baseline of letters that are centred in `place`."""
        return place.top() + (place.height() - self.height) / 2 + self._ascent


class PaintedLine(NamedTuple):
    """A line of the table: where it is, the colour behind it, and how it is shown; `marked` that
    keys would move it."""

    rect: QRect
    base: QColor
    selected: bool = False
    hovered: bool = False
    marked: bool = False


class RowPainter(QObject):
    """Paints the rows of the request table, cell by cell. Ordinary rows stay neutral: only the
    status shape and its label have a colour.

    A full table is painted within a small part of a frame: one call of Qt for a whole page, not
    some for each cell; fonts and colours are made once a theme, and painted cells, which look alike
    in many rows, are cached.
    """

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hovered = -1
        self._clock = clock
        self._pixmaps = PixmapCache()
        self.refresh()
        Theme.current().changed.connect(self.refresh)

    def refresh(self) -> None:
        """Read the application's font and colours again."""
        self._plain = FontWidths(theme.font())
        self._digits = FontWidths(theme.font(tabular=True))
        self._strong = FontWidths(theme.font(strong=True))
        colours = Theme.current().colours
        self._ink, self._muted = QColor(colours.text), QColor(colours.muted)
        self._line, self._accent = QColor(colours.line), QColor(colours.accent)
        self._selected_colour, self._hover_colour = QColor(colours.selected), QColor(colours.hover)
        self._tones = {role: QColor(ink) for role, ink in colours.tones.items()}
        self._pixmaps.clear()

    @property
    def strong(self) -> QFont:
        """The font of what must be seen."""
        return self._strong.font

    def paint(
        self, painter: QPainter, row: RequestRow, line: PaintedLine, across: Sequence[ColumnSpan]
    ) -> None:
        """Paint the cells `across` of one line."""
        self._paint(painter, line, across, lambda column: _cell_of(row, column, self._clock))

    def paint_past(
        self,
        painter: QPainter,
        past: RequestSummary,
        line: PaintedLine,
        across: Sequence[ColumnSpan],
        network: str,
    ) -> None:
        """As `paint`, for a request of the history in a shop of `network`."""
        self._paint(
            painter, line, across, lambda column: _past_cell(past, column, self._clock, network)
        )

    def paint_empty(self, painter: QPainter, line: PaintedLine) -> None:
        """Paint a line of which nothing was read yet."""
        self._paint_background(painter, line.rect, self._ground(line))

    def _paint(
        self,
        painter: QPainter,
        line: PaintedLine,
        across: Sequence[ColumnSpan],
        cell: Callable[[Column], _Cell],
    ) -> None:
        rect, ground = line.rect, self._ground(line)
        self._paint_background(painter, rect, ground)
        for column, left, width in across:
            shown = cell(column)
            if column in _DRAWN:
                place = QRect(left, rect.top(), width, rect.height())
                draw = self._status if column is Column.STATUS else self._steps
                draw(painter, place, shown, ground, line.base)
            else:
                place = QRect(left + PAD, rect.top(), width - 2 * PAD, rect.height())
                self._text(painter, place, shown, column)
            if line.marked and column is Column.STATUS:
                mark = QRect(left, rect.top(), 3, rect.height())
                cell_place = QRect(left, rect.top(), width, rect.height())
                painter.fillRect(mirrored(painter, cell_place, mark), self._accent)

    def _ground(self, line: PaintedLine) -> QColor | None:
        if line.selected:
            return self._selected_colour
        return self._hover_colour if line.hovered else None

    def paint_error(self, painter: QPainter, row: RequestRow, line: PaintedLine) -> None:
        """Paint that a row cannot be painted: an empty one would look like no request."""
        painter.fillRect(line.rect, line.base)
        painter.setFont(self._strong.font)
        painter.setPen(self._tones[Tone.HARM])
        place = line.rect.adjusted(PAD, 0, -PAD, 0)
        painter.drawText(place, _LEFT, tr(_PAINT_ERROR.filled(identifier=isolate(row.identifier))))

    def _paint_background(self, painter: QPainter, rect: QRect, ground: QColor | None) -> None:
        if ground is not None:
            painter.fillRect(rect, ground)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self._line)

    def _steps(
        self, painter: QPainter, rect: QRect, cell: _Cell, ground: QColor | None, base: QColor
    ) -> None:
        line = cell.steps

        def draw(on: QPainter, place: QRect) -> None:
            self._paint_background(on, place, ground)
            step_line.paint_small(on, QRectF(place.adjusted(PAD, 0, -PAD, 0)), line)

        base = ground or base
        self._pixmaps.draw(painter, rect, (line, base.rgb()), base, draw)

    def _status(
        self, painter: QPainter, rect: QRect, cell: _Cell, ground: QColor | None, base: QColor
    ) -> None:
        def draw(on: QPainter, place: QRect) -> None:
            self._paint_background(on, place, ground)
            self._status_text(on, place.adjusted(PAD, 0, -PAD, 0), cell)

        base = ground or base
        shows = (cell.shape, cell.tone, cell.short, cell.whole, base.rgb())
        self._pixmaps.draw(painter, rect, shows, base, draw)

    def _status_text(self, painter: QPainter, place: QRect, cell: _Cell) -> None:
        ink = self._tones[cell.tone]
        side = max(16, ceil(self._plain.height))
        left = place.left() + int(Space.XS)
        mark = QRectF(left, place.top(), side, place.height())
        status_shapes.draw(painter, mirrored(painter, QRectF(place), mark), cell.shape, ink)
        words = place.adjusted(side + int(Space.M), 0, 0, 0)
        widths = self._strong if cell.tone in _EMPHASISED else self._plain
        painter.setFont(widths.font)
        painter.setPen(ink)
        shown = widths.metrics.elidedText(cell.short, _RIGHT_DOTS, words.width())
        painter.drawText(mirrored(painter, place, words), _LEFT, shown)
        after = words.adjusted(round(widths.width(cell.short)), 0, 0, 0)
        rest, font = cell.whole.removeprefix(cell.short), self._plain.font
        if rest and self._plain.width(rest) > after.width():
            rest = cell.aside
            share = after.width() / self._plain.width(rest) if rest else 0.0
            if share < 1:
                rest, font = rest if share >= _LEAST_SHARE else "", _narrower(font, share)
        if rest:
            painter.setFont(font)
            painter.setPen(self._muted)
            painter.drawText(mirrored(painter, place, after), _LEFT, rest)

    def _widths_of(self, column: Column) -> FontWidths:
        return self._digits if column in NUMBERS or column in TIMES else self._plain

    def _text(self, painter: QPainter, place: QRect, cell: _Cell, column: Column) -> None:
        room, words = place.width(), cell.whole
        ink = self._muted if words == EMPTY or column in _MUTED else self._ink
        widths = self._widths_of(column)
        if column is Column.LEFT:
            if cell.urgent:
                ink, widths = self._tones[Tone.ATTENTION], self._strong
            elif cell.final:
                ink = self._muted
        if widths.width(words) > room:
            words = cell.short
            if column in _WHOLE:
                share = room / widths.width(words)
                widths = FontWidths(_narrower(widths.font, share))
            dots = Qt.TextElideMode.ElideMiddle if column in _MIDDLE else _RIGHT_DOTS
            words = widths.metrics.elidedText(words, dots, room)
        painter.setFont(widths.font)
        painter.setPen(ink)
        turned = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
        if turned and not isinstance(cell.whole, Words):
            words = as_line(words)
        begin = room - widths.width(words) if turned or column in NUMBERS else 0.0
        painter.drawText(QPointF(place.left() + begin, widths.baseline(place)), words)


class _Cell(NamedTuple):
    """What a cell shows: its text and the short form of it; of a status its shape and tone, and
    what stands beside the short form where the whole has no room."""

    whole: str
    short: str
    shape: Shape = Shape.DOT
    tone: Tone = Tone.NEUTRAL
    steps: tuple[step_line.StepMark, ...] = ()
    urgent: bool = False
    final: bool = False
    aside: str = ""


def _cell_of(row: RequestRow, column: Column, clock: Clock) -> _Cell:
    if column is Column.STEPS:
        return _Cell("", "", steps=step_line.step_marks(row))
    whole = columns.cell_text(row, column, clock)
    if column is not Column.STATUS:
        status, final = row.verdict.status, row.verdict.final
        short = columns.short_text(row, column, clock) if column is Column.LEFT else whole
        return _Cell(whole, short, urgent=status is Status.EXPIRED_OPENED, final=final)
    refunded = has_refund(row.refunds)
    return _Cell(
        whole,
        columns.short_text(row, column, clock),
        status_shapes.shape_of(row.verdict.status, refunded=refunded),
        status_tone(row.verdict.status, row.verdict, refunded=refunded),
        aside=f" · {_('not live')}" if columns.stale_since(row) else "",
    )


def _past_cell(past: RequestSummary, column: Column, clock: Clock, network: str) -> _Cell:
    if column is Column.STEPS:
        return _Cell("", "", steps=step_line.past_step_marks(past))
    whole = past_cells.cell_text(past, column, clock, network)
    if column is not Column.STATUS:
        return _Cell(whole, whole, final=True)
    refunded = past.refunded is not RefundMark.NONE
    return _Cell(
        whole,
        past_cells.short_text(past, network),
        status_shapes.shape_of(past.status, refunded=refunded),
        tone_of(past.status, foreign=past_cells.is_foreign(past, network), refunded=refunded),
    )


def _narrower(font: QFont, share: float) -> QFont:
    """The font, smaller."""
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * max(0.6, share * 0.97))
    return small


_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT_DOTS: Final = Qt.TextElideMode.ElideRight

_LEAST_SHARE: Final = 0.75
"""How far what stands beside a status may shrink."""

_MAX_ENTRIES: Final = 300
"""Some screens full of different cells; at 20 KB each the memory of one photograph."""

Draw = Callable[[QPainter, QRect], None]


class PixmapCache:
    """Pictures by what they show; the least lately made go first."""

    def __init__(self) -> None:
        self._made: dict[Hashable, QPixmap] = {}

    def clear(self) -> None:
        """Forget all: colours or fonts have changed."""
        self._made.clear()

    def draw(
        self, painter: QPainter, place: QRect, shows: Hashable, ground: QColor, draw: Draw
    ) -> None:
        """Paint at `place` what `draw` draws, which depends on `shows` and on the size alone.
        `ground` is opaque, so that letters are smoothed as on the screen itself."""
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        size = place.size()
        key = (shows, size.width(), size.height(), ratio, painter.layoutDirection())
        picture = self._made.get(key)
        if picture is None:
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(ground)
            inside = QPainter(picture)
            inside.setRenderHints(painter.renderHints())
            inside.setLayoutDirection(painter.layoutDirection())
            draw(inside, QRect(QPoint(0, 0), size))
            inside.end()
            while len(self._made) >= _MAX_ENTRIES:
                del self._made[next(iter(self._made))]
            self._made[key] = picture
        painter.drawPixmap(place.topLeft(), picture)


ColumnSpan: TypeAlias = tuple[Column, int, int]
"""A column in view, its left edge and its width."""


class VisibleColumns:
    """The columns of one header, from its first to its last."""

    def __init__(self, header: QHeaderView) -> None:
        self._header = header
        self._place: tuple[int, int, bool] | None = None
        self._spans: list[ColumnSpan] = []
        for moved in (header.sectionResized, header.sectionMoved, header.geometriesChanged):
            moved.connect(self.invalidate)

    def invalidate(self) -> None:
        """Compute the spans again: the header does not signal what it restores from a file."""
        self._place = None

    def spans(self) -> list[ColumnSpan]:
        """All that are shown."""
        header = self._header
        place = header.offset(), header.width(), header.isRightToLeft()
        if place != self._place:
            self._place = place
            self._spans = [
                (column, header.sectionViewportPosition(column), header.sectionSize(column))
                for column in Column
                if not header.isSectionHidden(column)
            ]
        return self._spans

    def in_rect(self, part: QRect) -> list[ColumnSpan]:
        """Those that lie in a part of the view."""
        first, last = part.left(), part.right()
        return [one for one in self.spans() if one[1] <= last and one[1] + one[2] > first]
