"""The work list of one desk: feeds it with rows and payments, and does what a person chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from xumm_desk.core.attention.entry import Action, AttentionEntry
from xumm_desk.core.attention.wording import action_label
from xumm_desk.core.attention.work_list import REMIND, WAIT
from xumm_desk.core.message import LIST_SEPARATOR, Message, Sentences
from xumm_desk.core.rights import TILL, Rights
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.widgets.announcement import CollectedAnnouncements, announce

from .decide_command import DecideCommand
from .work_list_model import WorkListModel
from .work_list_view import WorkListView

_DECISIONS: Final[dict[Action, DecisionKind]] = {
    Action.ACCEPT: DecisionKind.ACCEPTED_AS_PAID,
    Action.NOT_PAID: DecisionKind.NOT_PAID,
    Action.REVIEW: DecisionKind.REVIEWED,
    Action.CALL_BACK: DecisionKind.CALL_BACK,
    Action.CALLED_BACK: DecisionKind.CALLED_BACK,
}
_WAITS: Final = {Action.WAIT: WAIT, Action.REMIND: REMIND}


class AttentionList(QObject):
    """`view` is the list, `decisions` records what is decided. The other signals carry what others
    do: the identifier of a request to refund, close, read again or show, or the transaction of a
    payment to assign."""

    refund_asked = Signal(str)
    close_asked = Signal(str)
    refresh_asked = Signal(str)
    details_asked = Signal(str)
    assign_asked = Signal(str)

    def __init__(
        self,
        desk: Desk,
        *,
        start: StartTask,
        lock: DeskLock,
        parent: QWidget,
        rights: Rights = TILL,
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self.model = WorkListModel(desk.clock.now, self, rights=rights)
        self.view = WorkListView(self.model)
        self.decisions = DecideCommand(desk, start=start, lock=lock, parent=parent)
        self.view.asked.connect(self._do)
        self._known: frozenset[str] = frozenset()
        self._speaks = False
        self.spoken = CollectedAnnouncements(self._speak, self)
        self.refresh_payments()

    def set_reading(self, on: bool) -> None:
        """Whether the journal is being read: what it holds is no news."""
        self.view.set_reading(on)
        self.spoken.flush()
        self._speaks, self._known = not on, self.model.keys()

    def rows_changed(self, rows: Sequence[RequestRow]) -> None:
        """These requests have new states."""
        if self.model.update_rows(rows):
            self.view.rows_changed()
            self.spoken.note()
        current = self.view.current_identifier()
        if current and any(row.identifier == current for row in rows):
            self.view.current_changed.emit()

    def refresh_payments(self) -> None:
        """Show the payments without a request that were not dismissed; called with each change of
        either."""
        self.model.set_payments(self._desk.unmatched(), self._desk.dismissed.since())
        self.view.rows_changed()
        self.spoken.note()

    def label_of(self, key: str) -> str:
        """What the button of an entry says; "" where there is none of this key."""
        entry = self.model.entry(key)
        return "" if entry is None else tr(action_label(entry.action, refund=entry.is_refund))

    def act_on(self, key: str) -> bool:
        """Do what the button of an entry does; False where there is none of this key."""
        entry = self.model.entry(key)
        if entry is not None:
            self._do(entry, entry.action)
        return entry is not None

    def _speak(self) -> None:
        """Say what came into the list since the last time."""
        before, self._known = self._known, self.model.keys()
        new = self._known - before
        if not self._speaks or not new:
            return
        entry = self.model.entry(next(iter(new))) if len(new) == 1 else None
        if entry is None:
            words = _(
                "{count} new entry under Attention.",
                plural="{count} new entries under Attention.",
                n=len(new),
                count=len(new),
            )
        else:
            what = Sentences([entry.what, entry.amount], LIST_SEPARATOR)
            words = tr(
                Sentences([Message("Attention: {what}.", what=what), entry.why, entry.advice])
            )
        announce(self.view, words)

    def _do(self, entry: AttentionEntry, action: Action) -> None:
        if action in _DECISIONS:
            self.decisions.decide(entry.identifier, _DECISIONS[action], entry.about)
        elif action in _WAITS:
            self.decisions.wait(entry.identifier, _WAITS[action], entry.about)
        elif action is Action.ASSIGN or not entry.identifier:
            self.assign_asked.emit(entry.txid)
        else:
            {
                Action.REFUND: self.refund_asked,
                Action.CLOSE: self.close_asked,
                Action.REFRESH: self.refresh_asked,
                Action.DETAILS: self.details_asked,
            }[action].emit(entry.identifier)
