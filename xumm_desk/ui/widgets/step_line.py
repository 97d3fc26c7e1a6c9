"""The steps of a request as a line of dots, painted small and large, and as a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from xumm_desk.core.history.summary import RequestSummary
from xumm_desk.core.message import LABEL_SEPARATOR, LIST_SEPARATOR, Message, Sentences
from xumm_desk.core.state.lifecycle import Request
from xumm_desk.core.status import Status, Step
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.locale.words import spoken_again
from xumm_desk.ui.style import status_shapes, theme
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.status_shapes import Shape
from xumm_desk.ui.style.theme import Size, Space, Theme

from .painted_text import PaintedText


class StepState(Enum):
    """The state of one step."""

    DONE = "done"
    NOW = "now"
    PENDING = "not yet"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True, eq=False)
class StepMark:
    """One mark of the line. There are few, each made once: what looks the same is the same
    object."""

    label: str
    state: StepState
    shape: Shape = Shape.DOT
    role: Tone = Tone.PROGRESS


_STEPS: Final = (
    (Step.CREATED, Message("Created")),
    (Step.OPENED, Message("Opened")),
    (Step.PRE_SIGNED, Message("Pre-signed")),
    (Step.DISPATCHED, Message("Dispatched")),
)


def step_marks(row: RequestRow) -> tuple[StepMark, ...]:
    """The line of a row: four steps and its end. A later step implies the earlier ones, and a
    skipped step is never shown as missing."""
    request, status = row.request, row.verdict.status
    end = _end(
        status,
        request.step,
        signed=request.signed,
        declined=request.resolved,
        cancelled=request.cancelled,
    )
    # A phone that holds an expired request may still go on.
    ended = end.state is StepState.DONE and status is not Status.EXPIRED_OPENED
    reached = Step.DISPATCHED if request.signed else min(request.step, Step.DISPATCHED)
    if request.resolved and not request.signed:
        # Declining needs an opened phone; beyond that only hints say how far the customer went.
        reached = max(_received_steps(request), Step.OPENED)
    if request.uuid is None:
        reached = Step.INTENDED
    signed_only = request.signed and not request.spec.is_submitted
    untold = request.outage_link is not None and request.uuid is None
    return _line(reached, end, ended, signed_only, untold)


def past_step_marks(past: RequestSummary) -> tuple[StepMark, ...]:
    """The same of a request of the history."""
    status = past.status
    declined = status is Status.DECLINED
    end = _end(
        status,
        past.step,
        signed=past.signed,
        declined=declined,
        cancelled=status is Status.CANCELLED,
    )
    ended = end.state is StepState.DONE and status is not Status.EXPIRED_OPENED
    reached = Step.DISPATCHED if past.signed else min(past.step, Step.DISPATCHED)
    if declined:
        reached = max(reached, Step.OPENED)
    if not past.uuid:
        reached = Step.INTENDED
    return _line(
        reached, end, ended, past.signed and status is Status.SIGNED, past.outage and not past.uuid
    )


@cache
def _line(
    reached: Step, end: StepMark, ended: bool, signed_only: bool, untold: bool
) -> tuple[StepMark, ...]:
    """The line, the same objects for the same line. `signed_only` requests reach no ledger; of the
    steps of an `untold` one no platform will ever report."""
    made = []
    for step, label in _STEPS:
        if step <= reached:
            state = StepState.DONE
        elif ended:
            state = StepState.NOT_REACHED
        else:
            state = StepState.NOW if step == reached + 1 else StepState.PENDING
        if untold or (step is Step.DISPATCHED and signed_only):
            state = StepState.NOT_REACHED
        made.append(_step_mark(label, state))
    return (*made, end)


@cache
def _step_mark(
    label: str, state: StepState, shape: Shape = Shape.DOT, role: Tone = Tone.PROGRESS
) -> StepMark:
    return StepMark(label, state, shape, role)


def _received_steps(request: Request) -> Step:
    return max(
        (step for step, __ in _STEPS if request.step_times[step] is not None), default=Step.CREATED
    )


def _end(status: Status, step: Step, *, signed: bool, declined: bool, cancelled: bool) -> StepMark:
    if signed:
        return _step_mark(Message("Signed"), StepState.DONE, Shape.FULL_TICK)
    if declined:
        return _step_mark(Message("Declined"), StepState.DONE, Shape.CROSS, Tone.NEUTRAL)
    if cancelled:
        return _step_mark(Message("Cancelled"), StepState.DONE, Shape.DASH, Tone.NEUTRAL)
    if status is Status.FAILED:
        return _step_mark(Message("Not created"), StepState.DONE, Shape.OCTAGON, Tone.HARM)
    if status is Status.EXPIRED_OPENED:
        return _step_mark(Message("Expired"), StepState.DONE, Shape.TRIANGLE, Tone.ATTENTION)
    if status is Status.EXPIRED:
        return _step_mark(Message("Expired"), StepState.DONE, Shape.DASH, Tone.NEUTRAL)
    if step >= Step.DISPATCHED:
        return _step_mark(Message("Resolved"), StepState.NOW)
    return _step_mark(Message("Resolved"), StepState.PENDING)


def steps_sentence(row: RequestRow) -> str:
    """The line as a sentence, for tooltips and screen readers."""
    return line_sentence(step_marks(row))


@spoken_again
def line_sentence(line: tuple[StepMark, ...]) -> str:
    """The marks as a sentence."""
    said = (
        stop.label
        if stop.state is StepState.DONE
        else _SPOKEN_STATES[stop.state].filled(step=stop.label)
        for stop in line
    )
    return tr(Sentences(said, LIST_SEPARATOR))


_SPOKEN_STATES: Final = {
    StepState.NOW: Message("{step}: next"),
    StepState.PENDING: Message("{step}: not yet"),
    StepState.NOT_REACHED: Message("{step}: not reached"),
}


def paint_small(painter: QPainter, place: QRectF, line: tuple[StepMark, ...]) -> None:
    """The line as beads, for a cell."""
    gap = min(18.0, (place.width() - 12) / max(1, len(line) - 1))
    points = [QPointF(place.left() + 6 + i * gap, place.center().y()) for i in range(len(line))]
    if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        points = [QPointF(place.left() + place.right() - one.x(), one.y()) for one in points]
    _paint(painter, points, line, 4.0, 12)


def _paint(
    painter: QPainter, points: list[QPointF], line: tuple[StepMark, ...], radius: float, mark: int
) -> None:
    colours = Theme.current().colours
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for index in range(1, len(line)):
        done = line[index - 1].state is line[index].state is StepState.DONE
        ink = QColor(colours.tones[Tone.PROGRESS] if done else colours.edge)
        style = Qt.PenStyle.SolidLine if done else Qt.PenStyle.DotLine
        painter.setPen(QPen(ink, 1.5, style, Qt.PenCapStyle.RoundCap))
        towards = 1 if points[index].x() > points[index - 1].x() else -1
        reach = QPointF(towards * (radius + 2), 0)
        painter.drawLine(points[index - 1] + reach, points[index] - reach)
    for point, stop in zip(points, line, strict=True):
        ink = QColor(colours.tones[stop.role])
        if stop.state is StepState.DONE and stop.shape is not Shape.DOT:
            side = float(mark)
            place = QRectF(point.x() - side / 2, point.y() - side / 2, side, side)
            status_shapes.draw(painter, place, stop.shape, ink)
            continue
        done, now = stop.state is StepState.DONE, stop.state is StepState.NOW
        painter.setPen(QPen(ink if done or now else QColor(colours.edge), 1.5))
        painter.setBrush(ink if done else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(point, radius - 0.75, radius - 0.75)
        if now:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            painter.drawEllipse(point, radius / 3, radius / 3)
    painter.restore()


_SIZES: Final = (1.0, 0.95, 0.9, 0.85, 0.8, 0.75)
"""How far labels shrink before they are put in two rows, as parts of their size."""


class StepLine(PaintedText):
    """The step line with its labels below. `scale` enlarges it for the customer's screen."""

    def __init__(self, parent: QWidget | None = None, *, scale: float = 1.0) -> None:
        super().__init__(parent)
        self._scale = scale
        self._line: tuple[StepMark, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(_("Steps"))
        Theme.current().changed.connect(self.update)

    def show_row(self, row: RequestRow | None) -> None:
        """Show the steps of a row."""
        line = step_marks(row) if row is not None else ()
        if line == self._line:
            return
        self._line = line
        sentence = steps_sentence(row) if row is not None else ""
        self.set_spoken(tr(Sentences([Message("Steps"), sentence], LABEL_SEPARATOR)))
        self.setToolTip(sentence)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        wide = (self._widest(self._metrics()) + Space.M) * max(1, len(self._line))
        return QSize(round(wide), self.minimumSizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The line is always whole, and every other label is lower where they would be cut."""
        labels = self._rows() * self._metrics().height()
        return QSize(160, round(self._mark() + Space.XS + labels + 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another number of rows."""
        super().resizeEvent(event)
        self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        if not self._line:
            return
        painter = QPainter(self)
        mark, step = self._mark(), self.width() / len(self._line)
        points = [QPointF((i + 0.5) * step, mark / 2) for i in range(len(self._line))]
        if self.isRightToLeft():
            points.reverse()
        _paint(painter, points, self._line, mark / 2 - 2, round(mark))
        rows = self._rows()
        room = rows * step - 2
        font = self._fitting_font(room)
        metrics = QFontMetricsF(font)
        colours = Theme.current().colours
        for index, stop in enumerate(self._line):
            state_text = stop.state is StepState.DONE or stop.state is StepState.NOW
            ink = colours.text if state_text else colours.muted
            if stop.state is StepState.DONE and stop.shape is not Shape.DOT:
                ink = colours.tones[stop.role]
            painter.setFont(font)
            painter.setPen(QColor(ink))
            label = metrics.elidedText(tr(stop.label), Qt.TextElideMode.ElideRight, room)
            wide, row = metrics.horizontalAdvance(label) + 1, index % rows
            left = min(max(0.0, points[index].x() - wide / 2), self.width() - wide)
            top = mark + Space.XS + row * metrics.height()
            place = QRectF(left, top, wide, metrics.height() + 1)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, label)

    def _widest(self, metrics: QFontMetricsF) -> float:
        return max((metrics.horizontalAdvance(tr(stop.label)) for stop in self._line), default=60.0)

    def _rows(self) -> int:
        """Rows of labels: two where they do not fit side by side, even a little smaller."""
        room = self.width() / max(1, len(self._line)) - 2
        return 2 if self._widest(QFontMetricsF(self._fitting_font(room))) > room else 1

    def _fitting_font(self, room: float) -> QFont:
        """The largest font in which each label fits into `room`, else the smallest there is."""
        font = self._font()
        full = font.pointSizeF()
        for part in _SIZES:
            # Measured each time: hinted glyphs do not shrink in proportion.
            font.setPointSizeF(full * part)
            if self._widest(QFontMetricsF(font)) <= room:
                break
        return font

    def _mark(self) -> float:
        return 18 * self._scale

    def _font(self) -> QFont:
        font = theme.font(Size.SMALL)
        font.setPointSizeF(font.pointSizeF() * self._scale)
        return font

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._font())
