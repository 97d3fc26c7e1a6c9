"""What a person can do with one request, and why not; signals carry it to the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.refund.refund import refund_balances, why_not_refundable
from xumm_desk.core.rights import TILL, Rights
from xumm_desk.core.sale.sale import refunded_identifier
from xumm_desk.core.status import Step
from xumm_desk.core.verdict.wording import CANCEL_REASONS, OUTAGE, OUTAGE_NOT_CANCELLABLE
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.language.shown_words import language_change

_NOTHING: Final = Message("No request is selected.")


class RequestActions(QObject):
    """The actions on the selected request, shared by table, menus and detail pane, so that each has
    one shortcut and one state. `copied` carries what went to the clipboard. What `rights` do not
    allow is in no menu and has no key."""

    refresh_asked = Signal(str)
    cancel_asked = Signal(str)
    close_asked = Signal(str)
    resend_asked = Signal(str)
    show_asked = Signal(str)
    receipt_asked = Signal(object)
    refund_asked = Signal(str)
    copy_all_asked = Signal(object)
    note_asked = Signal()
    review_asked = Signal()
    copied = Signal(str)

    def __init__(self, parent: QObject | None = None, *, rights: Rights = TILL) -> None:
        super().__init__(parent)
        self._left_out: frozenset[QAction] = frozenset()
        self._row: RequestRow | None = None
        self.copy_link = self._make(_("Copy link"), "Ctrl+C", self._copy_link)
        self.copy_id = self._make(_("Copy id"), "Ctrl+Shift+C", self._copy_id)
        self.copy_txid = self._make(_("Copy transaction id"), "Ctrl+T", self._copy_txid)
        self.copy_txid.setIconText(_("Copy txid"))
        self.copy_all = self._make(_("Copy everything for support"), "Ctrl+Alt+C", self._copy_all)
        self.note = self._make(_("Note…"), "Ctrl+M", self.note_asked.emit)
        self.review = self._make(_("Reviewed"), "Ctrl+Shift+R", self.review_asked.emit)
        self.refresh = self._make(_("Refresh"), "Ctrl+R", self._refresh)
        self.show = self._make(_("Show to customer"), "F11", self._show)
        self.show.setShortcuts([QKeySequence("F11"), QKeySequence("F2")])
        # These change nothing, and are wanted while the cursor is in the form.
        for harmless in (self.show, self.refresh):
            harmless.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.receipt = self._make(_("Print receipt"), "Ctrl+P", self._receipt)
        self.receipt.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.refund = self._make(_("Refund…"), "", self._refund)
        self.refund.setIconText(_("Refund…"))
        self.cancel = self._make(_("Cancel request"), "Del", self._cancel)
        self.cancel.setIconText(_("Cancel", context="a request"))
        self.resend = self._make(_("Send again"), "", self._resend)
        self.close_request = self._make(_("Close this request…"), "", self._close)
        self.close_request.setIconText(_("Close…"))
        if not rights.writes:
            reading = {self.copy_link, self.copy_id, self.copy_txid, self.copy_all, self.receipt}
            self._left_out = frozenset(self.all_actions()) - reading
        self.set_row(None)
        language_change.changed.connect(self._say_again)

    @property
    def row(self) -> RequestRow | None:
        """The request that is acted on."""
        return self._row

    @property
    def only_reads(self) -> bool:
        """Whether nothing can be done that changes a request."""
        return bool(self._left_out)

    def all_actions(self) -> tuple[QAction, ...]:
        """All of them, in the order of menus."""
        every = (
            self.show,
            self.copy_link,
            self.copy_id,
            self.copy_txid,
            self.copy_all,
            self.note,
            self.review,
            self.refresh,
            self.receipt,
            self.refund,
            self.resend,
            self.cancel,
            self.close_request,
        )
        return tuple(action for action in every if action not in self._left_out)

    def add_shortcuts_to(self, widget: QWidget) -> None:
        """Let the shortcuts work while `widget` or a child of it has the focus, and there only:
        Del in an input must never cancel a sale."""
        widget.addActions(list(self.all_actions()))

    def menu(self, parent: QWidget) -> QMenu:
        """A context menu; it deletes itself when it closes."""
        menu = QMenu(parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addAction(self.show)
        menu.addSeparator()
        menu.addActions([self.copy_link, self.copy_id, self.copy_txid, self.copy_all])
        menu.addSeparator()
        menu.addActions([self.note, self.review])
        menu.addSeparator()
        menu.addActions([self.refresh, self.receipt, self.refund])
        menu.addActions([self.resend, self.cancel, self.close_request])
        for action in self._left_out:
            menu.removeAction(action)
        return menu

    def set_row(self, row: RequestRow | None) -> None:
        """Act on this request, in this state, from now on."""
        if row is not None and row is self._row:
            return
        self._row = row
        self._allow(self.copy_link, why_no_link(row))
        self._allow(self.copy_id, "" if row else _NOTHING)
        self._allow(self.copy_txid, why_no_txid(row))
        for anything in (self.copy_all, self.note, self.review):
            self._allow(anything, "" if row else _NOTHING)
        self._allow(self.refresh, why_no_refresh(row))
        self._allow(self.show, why_not_shown(row))
        self._allow(self.receipt, "" if row else _NOTHING)
        self._allow(self.refund, why_no_refund(row))
        self._allow(self.cancel, why_no_cancel(row))
        # These two are for rows that the platform never had: others do not show them.
        for action, why_not in (
            (self.resend, why_no_resend(row)),
            (self.close_request, why_no_close(row)),
        ):
            action.setVisible(not why_not)
            self._allow(action, why_not)

    def _say_again(self) -> None:
        """A tooltip is made of the text of its action."""
        row, self._row = self._row, None
        self.set_row(row)

    def _make(self, words: str, keys: str, slot: Callable[[], None]) -> QAction:
        action = QAction(tr(words), self)
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        return action

    def _allow(self, action: QAction, why_not: str) -> None:
        if action in self._left_out:
            action.setVisible(False)
            return
        action.setEnabled(not why_not)
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        words = action.text().removesuffix("…").rstrip()
        action.setToolTip(
            tr(why_not) or (_("{action} ({keys})", action=words, keys=keys) if keys else words)
        )

    def _copy_link(self) -> None:
        if self._row is not None and self._row.request.qr_link:
            self._copy(self._row.request.qr_link, _("Link copied"))

    def _copy_id(self) -> None:
        if self._row is not None:
            self._copy(self._row.request.uuid or self._row.identifier, _("Id copied"))

    def _copy_txid(self) -> None:
        if self._row is not None and self._row.request.shown_txid:
            self._copy(self._row.request.shown_txid, _("Transaction id copied"))

    def _copy_all(self) -> None:
        if self._row is not None:
            self.copy_all_asked.emit(self._row)

    def _copy(self, text: str, words: str) -> None:
        QGuiApplication.clipboard().setText(tr(text))
        self.copied.emit(words)

    def _receipt(self) -> None:
        if self._row is not None:
            self.receipt_asked.emit(self._row)

    def _refund(self) -> None:
        if self._row is not None:
            self.refund_asked.emit(self._row.identifier)

    def _refresh(self) -> None:
        if self._row is not None:
            self.refresh_asked.emit(self._row.identifier)

    def _cancel(self) -> None:
        if self._row is not None:
            self.cancel_asked.emit(self._row.identifier)

    def _resend(self) -> None:
        if self._row is not None:
            self.resend_asked.emit(self._row.identifier)

    def _close(self) -> None:
        if self._row is not None:
            self.close_asked.emit(self._row.identifier)

    def _show(self) -> None:
        if self._row is not None:
            self.show_asked.emit(self._row.identifier)


def why_no_link(row: RequestRow | None) -> str:
    """Why there is no link to copy; "" when there is one."""
    if row is None:
        return _NOTHING
    return "" if row.request.qr_link else _("The platform has not given a link yet.")


def why_no_txid(row: RequestRow | None) -> str:
    """Why there is no transaction id to copy; "" when there is one."""
    if row is None:
        return _NOTHING
    return "" if row.request.shown_txid else _("Nobody has signed a transaction.")


def why_no_refresh(row: RequestRow | None) -> str:
    """Why the platform cannot be asked; "" if it can."""
    if row is None:
        return _NOTHING
    if row.request.outage_link is not None:
        return tr(OUTAGE)
    return "" if row.request.uuid else _("It has not reached the platform yet.")


def why_not_shown(row: RequestRow | None) -> str:
    """Why the customer need not see it; "" when it may be shown."""
    if row is None:
        return _NOTHING
    if refunded_identifier(row.request.spec):
        return _("A refund is signed in the shop's own wallet, not by the customer.")
    return ""


def why_no_refund(row: RequestRow | None) -> str:
    """Why nothing can be refunded; "" when something can."""
    if row is None:
        return _NOTHING
    status, foreign = row.verdict.status, row.verdict.foreign_network
    balances = row.refunds or refund_balances(row.request)
    return why_not_refundable(row.request, status, balances, foreign)


def why_no_cancel(row: RequestRow | None) -> str:
    """Why the request cannot be cancelled; "" when it can."""
    if row is None:
        return _NOTHING
    request = row.request
    if request.outage_link is not None:
        return OUTAGE_NOT_CANCELLABLE
    if request.uuid is None:
        return _("It has not reached the platform yet.")
    if request.resolved:
        return _sentence("ALREADY_RESOLVED")
    if request.cancelled:
        return _sentence("ALREADY_CANCELLED")
    if request.platform is not None and request.platform.expired and row.verdict.final:
        return _sentence("ALREADY_EXPIRED")
    return _sentence("ALREADY_OPENED") if request.step >= Step.OPENED else ""


def why_no_resend(row: RequestRow | None) -> str:
    """Why the request cannot be sent again; "" when it can."""
    if row is None:
        return _NOTHING
    request = row.request
    if request.uuid is not None or request.create_failure is None or request.closed:
        return _("Only a request that was not created can be sent again.")
    if not request.create_failure.platform_down:
        return _("The platform refused it; sending it again changes nothing.")
    return ""


def why_no_close(row: RequestRow | None) -> str:
    """Why a person cannot close the request; "" when only a person can."""
    if row is None:
        return _NOTHING
    if row.verdict.final:
        return _("It has ended.")
    return _("The platform knows it and will end it.") if row.request.uuid is not None else ""


def _sentence(reason: str) -> str:
    return tr(Sentences([Message("Cannot be cancelled."), CANCEL_REASONS[reason]]))
