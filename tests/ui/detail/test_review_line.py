"""Notes and reviews: written, changed, taken back, refused; what is typed is never lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk, run_now
from xumm_desk.core.state.decisions import MAX_TEXT, DecisionKind
from xumm_desk.core.status import Status
from xumm_desk.ui.detail.review_line import ReviewLine

PAID = sample_rows.row(Status.PAID)


@pytest.fixture
def desk() -> FakeDesk:
    return FakeDesk(sample_rows.rows())


@pytest.fixture
def line(qtbot: QtBot, desk: FakeDesk) -> ReviewLine:
    made = ReviewLine(desk.as_desk(), run_now, lambda: "Anna")
    qtbot.addWidget(made)
    made.resize(380, 120)
    with qtbot.waitExposed(made):
        made.show()
    desk.listeners.append(lambda rows: show_same(made, rows))
    made.show_row(PAID)
    return made


def show_same(line: ReviewLine, rows: object) -> None:
    """As the detail does: the newest state of what is shown."""
    assert isinstance(rows, tuple | list)
    for row in rows:
        if line._row is not None and row.identifier == line._row.identifier:
            line.show_row(row)


def said(line: ReviewLine) -> str:
    labels = [one.text() for one in line.findChildren(QLabel) if one.isVisible()]
    return "\n".join(labels).replace("\u200b", "")


def test_a_note_is_written_with_the_name_and_shown(line: ReviewLine, desk: FakeDesk) -> None:
    line.note_button.click()
    assert line.editor.hasFocus()
    QTest.keyClicks(line.editor, "Ask Bert")
    QTest.keyClick(line.editor, Qt.Key.Key_Return)
    ((identifier, made),) = desk.decided
    assert identifier == "1043"
    assert (made.kind, made.by, made.text) == (DecisionKind.NOTE, "Anna", "Ask Bert")
    assert "Note: Ask Bert (Anna, 2026-03-14 14:04:20)" in said(line)
    assert line.editor.isHidden() or not line.editor.isVisible()
    assert line.note_button.text() == "Edit the note"


def test_an_edit_is_another_decision_and_an_empty_one_removes_it(
    line: ReviewLine, desk: FakeDesk
) -> None:
    for text in ("one", "two", ""):
        line.edit_note()
        line.editor.setText(text)
        line.save_button.click()
    texts = [decision.text for _, decision in desk.decided]
    assert texts == ["one", "two", ""]
    assert "Note" not in said(line)


def test_saving_what_is_there_already_decides_nothing(line: ReviewLine, desk: FakeDesk) -> None:
    line.edit_note()
    line.save_note()
    assert desk.decided == []
    assert not line.editor.isVisible()


def test_escape_ends_the_editing_and_goes_no_further(line: ReviewLine, desk: FakeDesk) -> None:
    line.edit_note()
    QTest.keyClicks(line.editor, "half a no")
    QTest.keyClick(line.editor, Qt.Key.Key_Escape)
    assert not line.editor.isVisible()
    assert line.note_button.hasFocus()
    assert desk.decided == []


def test_what_is_typed_stays_with_its_request(line: ReviewLine) -> None:
    line.edit_note()
    line.editor.setText("not saved yet")
    line.show_row(sample_rows.row(Status.CHECK))
    assert not line.editor.isVisible()
    line.show_row(replace(PAID, last_heard_at=sample_rows.NOW))
    assert line.editor.isVisible()
    assert line.editor.text() == "not saved yet"


def test_a_review_is_marked_undone_and_asked_for_again(line: ReviewLine, desk: FakeDesk) -> None:
    line.review_button.click()
    assert "Reviewed: Anna, 2026-03-14 14:04:20." in said(line)
    assert line.review_button.text() == "Undo the review"
    line.review_button.click()
    kinds = [decision.kind for _, decision in desk.decided]
    assert kinds == [DecisionKind.REVIEWED, DecisionKind.REVIEW_WITHDRAWN]
    assert "Reviewed" not in said(line)
    assert line.review_button.text() == "Mark as reviewed"


def test_a_review_of_less_than_is_known_now_says_so(line: ReviewLine, desk: FakeDesk) -> None:
    line.review_button.click()
    row = next(one for one in desk.rows() if one.identifier == "1043")
    verdict = replace(row.verdict, status=Status.CHECK)
    line.show_row(replace(row, verdict=verdict))
    assert "More is known since then" in said(line)
    assert line.review_button.text() == "Review again"
    line.review_button.click()
    assert desk.decided[-1][1].kind is DecisionKind.REVIEWED


def test_what_the_desk_refuses_is_said_and_the_text_stays(line: ReviewLine, desk: FakeDesk) -> None:
    desk.decide_refusal = "The disk is full."
    line.edit_note()
    line.editor.setText("keep me")
    line.save_note()
    assert "The disk is full." in said(line)
    assert line.editor.isVisible()
    assert line.editor.text() == "keep me"


def test_a_note_is_never_longer_than_the_journal_takes(line: ReviewLine) -> None:
    line.edit_note()
    line.editor.setText("x" * (MAX_TEXT + 50))
    assert len(line.editor.text()) == MAX_TEXT


@pytest.mark.parametrize("words", ["W" * MAX_TEXT, "<b>bold</b> & \u202eturned"])
def test_any_text_is_text(line: ReviewLine, desk: FakeDesk, words: str) -> None:
    line.edit_note()
    line.editor.setText(words)
    line.save_note()
    assert "\u202e" not in said(line)
    assert words[:7] in said(line)
    assert line.width() == 380
