"""The note of the shop on a request, and who reviewed it; each change is a fact of its own."""

from __future__ import annotations

from collections.abc import Callable

import shiboken6
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from xumm_desk.core.bidi import isolate
from xumm_desk.core.decision.needs import review_of
from xumm_desk.core.decision.wording import OUTDATED, SOMEBODY, note_of, outcome_sentence
from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.rights import TILL, Rights
from xumm_desk.core.state.decisions import MAX_TEXT, Decided, Decision, DecisionKind
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.style.palette import Tone
from xumm_desk.ui.style.theme import Space
from xumm_desk.ui.widgets.flow_layout import FlowLayout
from xumm_desk.ui.widgets.labelled_field import MessageLine
from xumm_desk.ui.widgets.labels import with_break_points, wrapped_label


class ReviewLine(QWidget):
    """Shows both, and changes them if `rights` allow that. What is typed and not saved stays with
    its request. `who` names the person at the desk; `changed_height` says that the line needs
    other room."""

    changed_height = Signal()
    _answered = Signal(str, str)

    def __init__(
        self, desk: Desk, start: StartTask, who: Callable[[], str], rights: Rights = TILL
    ) -> None:
        super().__init__()
        self._writes = rights.writes
        self._desk, self._start, self._who = desk, start, who
        self._row: RequestRow | None = None
        self._drafts: dict[str, str] = {}
        self._note, self._review = wrapped_label(), wrapped_label(muted=True)
        self._outcome = wrapped_label()
        self._error = MessageLine(Tone.ATTENTION)
        self.note_button, self.review_button = QPushButton(), QPushButton()
        self._editor_row = QWidget()
        self.editor = QLineEdit()
        self.save_button = QPushButton(_("Save"))
        self._build()
        self._answered.connect(self._after_decision)

    def show_row(self, row: RequestRow) -> None:
        """Show what persons said of a request, or its newest state."""
        if self._row is None or self._row.identifier != row.identifier:
            self._keep_draft()
            self._error.set_text("")
            draft = self._drafts.get(row.identifier)
            self._editor_row.setVisible(draft is not None)
            self.editor.setText(draft or "")
        self._row = row
        self._refresh()

    def edit_note(self) -> None:
        """Let a person write."""
        if self._row is None or not self._writes:
            return
        if self._editor_row.isHidden():
            self.editor.setText(note_of(self._row.request))
            self._editor_row.show()
            self._refresh()
            self.changed_height.emit()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.editor.selectAll()

    def save_note(self) -> None:
        """Record what is typed, if it is another note; an empty one removes it."""
        if self._row is None:
            return
        text = self.editor.text().strip()
        if text == note_of(self._row.request):
            self.stop_editing()
        else:
            self._decide(Decision(DecisionKind.NOTE, self._who(), text))

    def stop_editing(self) -> None:
        """Leave the note as it is."""
        had_focus = self.editor.hasFocus() or self.save_button.hasFocus()
        if self._row is not None:
            self._drafts.pop(self._row.identifier, None)
        self._editor_row.hide()
        self._refresh()
        self.changed_height.emit()
        if had_focus:
            self.note_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def toggle_review(self) -> None:
        """Mark the request as reviewed, as it is known now; or take that back."""
        if self._row is None:
            return
        known = self._row.request.decisions.review
        current = review_of(self._row.request, self._row.verdict) is not None
        kind = DecisionKind.REVIEWED
        if known is not None and current:
            kind = DecisionKind.REVIEW_WITHDRAWN
        self._decide(Decision(kind, self._who()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends the editing and closes nothing else."""
        if event.key() == Qt.Key.Key_Escape and not self._editor_row.isHidden():
            self.stop_editing()
            return
        super().keyPressEvent(event)

    def _build(self) -> None:
        self.setAccessibleName(_("Note and review"))
        self.editor.setMaxLength(MAX_TEXT)
        self.editor.setAccessibleName(_("Note of the shop"))
        self.editor.setPlaceholderText(_("Note for the shop; the customer never sees it"))
        self.editor.returnPressed.connect(self.save_note)
        self.save_button.clicked.connect(self.save_note)
        editing = QHBoxLayout(self._editor_row)
        editing.setContentsMargins(0, 0, 0, 0)
        editing.setSpacing(int(Space.S))
        editing.addWidget(self.editor, 1)
        editing.addWidget(self.save_button)
        self._editor_row.hide()
        for button, slot in (
            (self.note_button, self.edit_note),
            (self.review_button, self.toggle_review),
        ):
            button.setProperty("quiet", True)
            button.clicked.connect(slot)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(int(Space.XS))
        for part in (self._outcome, self._note, self._editor_row, self._review, self._error):
            column.addWidget(part)
        buttons = FlowLayout()
        buttons.setSpacing(0)
        buttons.addWidget(self.note_button)
        buttons.addWidget(self.review_button)
        column.addLayout(buttons)

    def _refresh(self) -> None:
        row = self._row
        if row is None:
            return
        request, editing = row.request, not self._editor_row.isHidden()
        decided = request.decisions
        note = decided.note
        text = ""
        if note is not None and note.decision.text and not editing:
            text = _("Note: {text} ({when})", text=isolate(note.decision.text), when=_by(note))
        _set(self._note, text)
        _set(self._outcome, tr(outcome_sentence(request, row.verdict)))
        review = decided.review
        reviewed = review is not None and review.decision.kind is DecisionKind.REVIEWED
        current = review_of(request, row.verdict) is not None
        said = ""
        if review is not None and reviewed:
            by = Message("Reviewed: {when}.", when=_by(review))
            said = tr(Sentences([by, "" if current else OUTDATED]))
        _set(self._review, said)
        self.note_button.setText(_("Edit the note") if note_of(request) else _("Add a note"))
        self.note_button.setVisible(self._writes and not editing)
        self.review_button.setVisible(self._writes)
        self.review_button.setText(
            _("Undo the review")
            if current
            else _("Review again")
            if reviewed
            else _("Mark as reviewed")
        )

    def _keep_draft(self) -> None:
        if self._row is None or self._editor_row.isHidden():
            return
        self._drafts[self._row.identifier] = self.editor.text()

    def _decide(self, decision: Decision) -> None:
        if self._row is not None:
            identifier = self._row.identifier
            self._start(self._record(identifier, decision), f"decide {identifier}")

    async def _record(self, identifier: str, decision: Decision) -> None:
        refused = ""
        try:
            refused = await self._desk.decide(identifier, decision)
        except Exception as error:
            refused = error_text(error)
            raise
        finally:
            if shiboken6.isValid(self):
                self._answered.emit(identifier, refused)

    def _after_decision(self, identifier: str, refused: str) -> None:
        if self._row is None or identifier != self._row.identifier:
            return
        self._error.set_text(refused)
        if not refused and not self._editor_row.isHidden():
            self.stop_editing()
        self.changed_height.emit()


def _by(decided: Decided) -> str:
    """Who and when."""
    name = isolate(decided.decision.by) or SOMEBODY
    return Message("{name}, {time}", name=name, time=formats.date_and_time(decided.at.astimezone()))


def _set(label: QLabel, text: str) -> None:
    label.setText(with_break_points(text))
    label.setAccessibleName(text)
    label.setVisible(bool(text))
