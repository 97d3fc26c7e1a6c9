"""The life of a request as a bar to scale, from saved to validated: a slow stage is a long one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from xumm_desk.core.message import LABEL_SEPARATOR, LIST_SEPARATOR, Formatted, Message, Sentences
from xumm_desk.core.state.stage_times import Span, Stage, StageTimes, TimeSource
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Size, Space, Theme, escape_tooltip
from xumm_desk.ui.style.time_format import clock_text
from xumm_desk.ui.widgets.painted_text import PaintedText

_HEIGHT: Final = 12
"""Pixels of the bar itself."""
_LEAST: Final = 3.0
"""Pixels of the shortest part: what took no time was there all the same."""
_GAP: Final = 8.0
"""Pixels between two labels of one line."""
_MOST_LINES: Final = 2
"""More lines of labels would leave no room for the timeline beside the practice phone."""

STAGE_NAMES: Final[dict[Stage, str]] = {
    Stage.CREATED: Message("Created"),
    Stage.OPENED: Message("Opened"),
    Stage.PRE_SIGNED: Message("Pre-signed"),
    Stage.DISPATCHED: Message("Dispatched"),
    Stage.RESOLVED: Message("Resolved"),
    Stage.VALIDATED: Message("Validated"),
}

_SPOKEN: Final[dict[TimeSource, Message]] = {
    TimeSource.LIVE: Message("{stage} after {duration}."),
    TimeSource.PLATFORM: Message("{stage} after {duration}, by the platform's clock."),
    TimeSource.LEDGER: Message("{stage} after {duration}, by the ledger's clock."),
    TimeSource.LATEST: Message("{stage} after {duration} at the latest: it was learnt by asking."),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the bar: its label, its length in seconds, and how it is drawn. The time of a
    part that is not `exact` has limits; a `running` one goes on."""

    label: str
    seconds: float
    exact: bool = True
    running: bool = False


def duration_text(seconds: float) -> str:
    """How long something took."""
    if seconds < 60:
        shown = f"{max(0.0, seconds):.1f}"
        return _("{seconds} s", seconds=Formatted(shown, Decimal(shown)))
    return clock_text(seconds)


def life_parts(times: StageTimes, now: datetime | None) -> tuple[Part, ...]:
    """The parts of the bar; with `now` the request still waits for its next stage."""
    parts = [
        Part(_label(span), span.seconds, span.to.source is TimeSource.LIVE and not span.unknown)
        for span in times.spans()
    ]
    trailing = _trailing(times)
    if trailing:
        parts.append(
            Part(tr(Sentences(map(_unknown_label, trailing), LIST_SEPARATOR)), 0.0, exact=False)
        )
    if now is not None:
        since = max(0.0, (now - times.last_at).total_seconds())
        label = _("now {duration}", duration=duration_text(since))
        parts.append(Part(label, since, running=True))
    return tuple(parts)


def life_sentence(times: StageTimes, now: datetime | None) -> str:
    """The bar in words, for tooltips and screen readers."""
    said: list[str] = []
    for span in times.spans():
        said += [_spoken_unknown(stage) for stage in span.unknown]
        source = span.to.source or TimeSource.LATEST
        name, length = STAGE_NAMES[span.to.stage], duration_text(span.seconds)
        said.append(_SPOKEN[source].filled(stage=name, duration=length))
    said += [_spoken_unknown(stage) for stage in _trailing(times)]
    if now is not None:
        since = duration_text((now - times.last_at).total_seconds())
        said.append(Message("Nothing new for {duration}.", duration=since))
    return tr(Sentences(said)) or _("Saved here, nothing more is known.")


def _trailing(times: StageTimes) -> list[Stage]:
    """The stages at the end of which only is known that they were passed."""
    found: list[Stage] = []
    for one in times.passed:
        found = [*found, one.stage] if one.at is None else []
    return found


def _label(span: Span) -> str:
    length = duration_text(span.seconds)
    name = STAGE_NAMES[span.to.stage]
    if span.to.source is TimeSource.LATEST:
        text = _("{stage} ≤ {duration}", stage=name, duration=length)
    elif span.to.source is not TimeSource.LIVE:
        text = _("{stage} ≈ {duration}", stage=name, duration=length)
    else:
        text = _("{stage} {duration}", stage=name, duration=length)
    return tr(Sentences([*map(_unknown_label, span.unknown), text], LIST_SEPARATOR))


def _unknown_label(stage: Stage) -> str:
    return _("{stage} ?", stage=STAGE_NAMES[stage])


def _spoken_unknown(stage: Stage) -> Message:
    return Message("{stage} at an unknown time.", stage=STAGE_NAMES[stage])


_WHAT: Final = Message("How long each stage took")


class LifeBar(PaintedText):
    """The bar with a label below each part; labels that would cover each other go to another
    line. Where there is no room for all, the least important ones are left out, and none is cut:
    what goes on or came last stays, then what took longest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times: StageTimes | None = None
        self._parts: tuple[Part, ...] = ()
        self._total = ""
        self._line_count = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_spoken(tr(_WHAT))
        Theme.current().changed.connect(self.update)

    @property
    def parts(self) -> tuple[Part, ...]:
        """What is shown."""
        return self._parts

    def show_times(self, times: StageTimes | None, now: datetime | None) -> None:
        """Show a life; `now` while it goes on, None once it is over."""
        if times is None:
            # The room stays, so that nothing jumps while the facts of the next request are read.
            self._times, self._parts = None, ()
            self.set_spoken(tr(_WHAT))
            self.setToolTip("")
            self.update()
            return
        parts = life_parts(times, now)
        if times == self._times and parts == self._parts:
            return
        self._times, self._parts = times, parts
        whole = sum(part.seconds for part in parts)
        self._total = _("{duration} in all", duration=duration_text(whole))
        sentence = life_sentence(times, now)
        self.set_spoken(tr(Sentences([_WHAT, sentence], LABEL_SEPARATOR)))
        self.setToolTip(escape_tooltip(sentence))
        count = len(self._lines(_MOST_LINES))
        if count != self._line_count:
            self._line_count = count
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The bar and its lines of labels."""
        lines = len(self._lines(_MOST_LINES)) if self._parts else self._line_count
        line = QFontMetricsF(_font()).height()
        return QSize(120, round(_labels_top() + Space.XS + lines * line))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of lines."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        if not self._parts:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(_font())
        colours = Theme.current().colours
        metrics = QFontMetricsF(_font())
        top = metrics.height() + Space.XS
        painter.setPen(QColor(colours.muted))
        head = QRectF(0, 0, self.width(), metrics.height())
        painter.drawText(head, Qt.AlignmentFlag.AlignLeft, _("Stages"))
        painter.drawText(head, Qt.AlignmentFlag.AlignRight, self._total)
        places = self._places()
        for number, (part, (left, width)) in enumerate(zip(self._parts, places, strict=True)):
            self._paint_part(painter, QRectF(left, top, width, _HEIGHT), part, number % 2 == 1)
        slowest = self._slowest()
        for line, labels in enumerate(self._lines(self._room_for_lines())):
            y = _labels_top() + line * metrics.height()
            for number, x, width in labels:
                font = _font(strong=number == slowest)
                painter.setFont(font)
                painter.setPen(QColor(colours.text if number == slowest else colours.muted))
                text = QFontMetricsF(font).elidedText(
                    self._parts[number].label, Qt.TextElideMode.ElideRight, width
                )
                middle = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextDontClip
                painter.drawText(QRectF(x, y, width, metrics.height() + 1), int(middle), text)

    def _paint_part(self, painter: QPainter, place: QRectF, part: Part, second: bool) -> None:
        """Neighbours differ in strength; what is not exact is hatched, what goes on is open."""
        ink = QColor(Theme.current().colours.tones[Tone.PROGRESS])
        inner = place.adjusted(0.5, 0.5, -0.5, -0.5)
        if part.running:
            painter.setPen(QPen(ink, 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(inner)
            return
        fill = QColor(ink)
        fill.setAlphaF(0.5 if second else 1.0)
        painter.setPen(QPen(ink, 1) if not part.exact else Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        if not part.exact:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(inner)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            brush = painter.brush()
            brush.setStyle(Qt.BrushStyle.BDiagPattern)
            painter.setBrush(brush)
        painter.drawRect(inner)

    def _places(self) -> list[tuple[float, float]]:
        """Left edge and width of each part, to scale but for those that would not be seen."""
        room, mirrored = float(self.width()), self.layoutDirection() is _RIGHT_TO_LEFT
        whole = sum(part.seconds for part in self._parts) or 1.0
        spare = max(0.0, room - _LEAST * len(self._parts))
        left, places = 0.0, []
        for part in self._parts:
            width = _LEAST + spare * part.seconds / whole
            places.append((room - left - width if mirrored else left, width))
            left += width
        return places

    def _slowest(self) -> int:
        return max(range(len(self._parts)), key=lambda n: self._parts[n].seconds)

    def _room_for_lines(self) -> int:
        """How many lines of labels can be painted: a layout that is too small gives less than the
        least size."""
        room = self.height() - _labels_top()
        fit = int((room + 1) / QFontMetricsF(_font()).height())
        return max(1, min(_MOST_LINES, fit))

    def _lines(self, most: int) -> Sequence[Sequence[tuple[int, float, float]]]:
        """Where the labels stand: in each of at most so many lines the number of a part, left edge
        and width. Neighbours take turns, so that labels stay in order and near their parts."""
        room, metrics = float(self.width()), QFontMetricsF(_font(strong=True))
        wishes = [
            (left + width / 2, min(metrics.horizontalAdvance(part.label) + 1, room))
            for part, (left, width) in zip(self._parts, self._places(), strict=True)
        ]
        by_importance = self._by_importance()
        while by_importance:
            turned = self.layoutDirection() is _RIGHT_TO_LEFT
            numbers = sorted(by_importance, reverse=turned)
            for count in range(1, min(most, len(numbers)) + 1):
                lines = [numbers[first::count] for first in range(count)]
                if all(sum(wishes[n][1] + _GAP for n in line) - _GAP <= room for line in lines):
                    return [_side_by_side(line, wishes, room) for line in lines]
            by_importance.pop()
        return []

    def _by_importance(self) -> list[int]:
        """The numbers of the parts, of which the last one's label is left out first."""
        rank = {self._slowest(): 1, len(self._parts) - 1: 2} if self._parts else {}
        return sorted(
            range(len(self._parts)),
            key=lambda n: (rank.get(n, 0), self._parts[n].seconds),
            reverse=True,
        )


def _side_by_side(
    line: Sequence[int], wishes: Sequence[tuple[float, float]], room: float
) -> list[tuple[int, float, float]]:
    """Labels of one line: each as near to the middle of its part as the others let it."""
    edges, free = [], 0.0
    for number in line:
        middle, width = wishes[number]
        edges.append(max(free, middle - width / 2))
        free = edges[-1] + width + _GAP
    end, placed = room, []
    for number, edge in zip(reversed(line), reversed(edges), strict=True):
        width = wishes[number][1]
        left = min(edge, end - width)
        placed.append((number, left, width))
        end = left - _GAP
    return placed[::-1]


_RIGHT_TO_LEFT: Final = Qt.LayoutDirection.RightToLeft


def _labels_top() -> float:
    """Where the first line of labels begins, below the title and the bar."""
    return QFontMetricsF(_font()).height() + _HEIGHT + 2 * Space.XS


def _font(*, strong: bool = False) -> QFont:
    return theme.font(Size.SMALL, strong=strong, tabular=True)
