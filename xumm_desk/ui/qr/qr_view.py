"""Show a QR code so that every camera can read it: whole device pixels, black on pure white."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QFileDialog, QMenu, QSizePolicy, QWidget

from xumm_desk.core.bidi import strip_controls
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style import theme
from xumm_desk.ui.style.theme import Size, Space, Theme
from xumm_desk.ui.widgets.painted_text import PaintedText

from .qr_image import qr_image, save_png, save_svg, scaled_image

MIN_MODULE_PIXELS: Final = 2
"""Device pixels a module needs; below that a code on a screen cannot be read at arm's length."""


class QrView(PaintedText):
    """A code to be scanned. A click copies the link (`copied`); an overlay hides a code which must
    not be scanned again. `saved` carries the result of saving. A module has at least
    `least_module` device pixels, else no code is painted."""

    copied = Signal()
    saved = Signal(str)

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        least: int = 180,
        least_module: int = MIN_MODULE_PIXELS,
    ) -> None:
        super().__init__(parent)
        self._text = self._overlay_text = ""
        self._least, self._least_module = least, least_module
        self._feedback = QTimer(self)
        self._feedback.setSingleShot(True)
        self._feedback.setInterval(1500)
        self._feedback.timeout.connect(self.update)
        self.setPixmap(QPixmap(1, 1))  # never painted: makes it a picture to a screen reader
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._describe()
        Theme.current().changed.connect(self.update)

    @property
    def content(self) -> str:
        """The text in the code."""
        return self._text

    def show_text(self, text: str, cover: str = "") -> None:
        """Show the code of `text`, hidden under the text `cover` if it must not be scanned."""
        if (text, cover) == (self._text, self._overlay_text):
            return
        self._text, self._overlay_text = text, cover
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._least, self._least)

    def module_px(self, dpr: float) -> int:
        """Device pixels per module in the space there is; 0 when a code would be unreadable."""
        if not self._text:
            return 0
        # One pixel to spare: the widget itself may begin between two device pixels.
        room = int(min(self.width(), self.height()) * dpr) - 1
        fits = room // qr_image(self._text).width()
        return fits if fits >= self._least_module else 0

    def least_side(self, text: str) -> int:
        """The pixels that the code of `text` needs each way, to be readable on this screen."""
        return ceil((qr_image(text).width() * self._least_module + 1) / self.devicePixelRatioF())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw the code, its cover, or the reason why there is none."""
        painter = QPainter(self)
        dpr = painter.device().devicePixelRatioF()
        if self._overlay_text or not self._text:
            self._paint_message(painter, self._overlay_text or _("No code"))
        elif module := self.module_px(dpr):
            place = self._code(painter, module, dpr)
            if self._feedback.isActive():
                self._badge(painter, place)
        else:
            self._paint_message(painter, _("Not enough space for the code"))
        if self.hasFocus():
            painter.setPen(QPen(QColor(Theme.current().colours.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.copy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The space bar copies too."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.copy()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._text:
            self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with the code; the menu deletes itself."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, slot in (
            (_("Copy link"), self.copy),
            (_("Save as PNG…"), self.ask_png),
            (_("Save as SVG…"), self.ask_svg),
        ):
            action = QAction(words, menu)
            action.triggered.connect(slot)
            menu.addAction(action)
        return menu

    def copy(self) -> None:
        """Copy the link, and show that for a moment."""
        if self._text:
            QGuiApplication.clipboard().setText(tr(self._text))
            self._feedback.start()
            self.update()
            self.copied.emit()

    def ask_png(self) -> None:
        """Ask where to save a picture."""
        self._ask(_("PNG picture (*.png)"), "png", self.save_to_png)

    def ask_svg(self) -> None:
        """Ask where to save a drawing."""
        self._ask(_("SVG drawing (*.svg)"), "svg", self.save_to_svg)

    def save_to_png(self, name: str) -> None:
        """Save a picture there."""
        self._show_feedback(name, save_png(Path(name), self._text))

    def save_to_svg(self, name: str) -> None:
        """Save a drawing there."""
        self._show_feedback(name, save_svg(Path(name), self._text))

    def _ask(self, kind: str, suffix: str, chosen: object) -> None:
        dialog = QFileDialog(self, _("Save code"), "", kind)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(strip_controls(_("request.{suffix}", suffix=suffix)))
        dialog.fileSelected.connect(chosen)
        dialog.open()

    def _show_feedback(self, name: str, done: bool) -> None:
        short = Path(name).name
        self.saved.emit(
            _("Saved {file}", file=short)
            if done
            else _("{file} could not be saved there", file=short)
        )

    def _describe(self) -> None:
        scan = (
            _("QR code to scan with the wallet: {link}", link=self._text)
            if self._text
            else _("No QR code")
        )
        self.set_spoken(tr(self._overlay_text or scan))
        self.setToolTip(
            tr("" if self._overlay_text or not self._text else _("Click to copy the link"))
        )

    def _code(self, painter: QPainter, module: int, dpr: float) -> QRectF:
        picture = QPixmap.fromImage(scaled_image(self._text, module))
        picture.setDevicePixelRatio(dpr)
        side = picture.width() / dpr
        # The corner on a whole device pixel of the window too: with scales such as 1.25 the
        # widget's own corner may lie between two, and modules would become uneven.
        device = painter.deviceTransform()
        corner = device.map(QPointF((self.width() - side) / 2, (self.height() - side) / 2))
        back, _ = device.inverted()
        corner = back.map(QPointF(ceil(corner.x()), ceil(corner.y())))
        painter.drawPixmap(corner, picture)
        return QRectF(corner.x(), corner.y(), side, side)

    def _badge(self, painter: QPainter, place: QRectF) -> None:
        colours = Theme.current().colours
        font = theme.font(strong=True)
        metrics = QFontMetrics(font)
        words = _("Copied")
        wide, high = metrics.horizontalAdvance(words) + int(Space.XL), metrics.height() + 10
        # Below the modules, in the quiet zone or under it: the code stays readable.
        bottom = min(place.bottom() + high / 2, self.height() - 2.0)
        badge = QRectF(place.center().x() - wide / 2, bottom - high, wide, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.button))
        painter.drawRoundedRect(badge, high / 2, high / 2)
        painter.setFont(font)
        painter.setPen(QColor(colours.button_text))
        painter.drawText(badge, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_message(self, painter: QPainter, words: str) -> None:
        colours = Theme.current().colours
        wide = min(self.width(), max(self.height(), 2 * self._least))
        box = QRect((self.width() - wide) // 2, 0, wide, self.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colours.line))
        painter.setBrush(QColor(colours.page))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setFont(theme.font(Size.LARGE))
        painter.setPen(QColor(colours.muted))
        flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
        inner = box.adjusted(int(Space.L), 0, -int(Space.L), 0)
        painter.drawText(inner, flags, words)
