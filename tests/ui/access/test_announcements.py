"""What a screen reader is told although the focus stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.attention import lists
from ui.fake_desk import FakeDesk
from ui.till.sales import sale_row
from xumm_desk.core.message import Message
from xumm_desk.core.status import Status
from xumm_desk.ui.banners.banner import Severity
from xumm_desk.ui.desk_view import DeskView
from xumm_desk.ui.main_window import MainWindow
from xumm_desk.ui.widgets import announcement

Opened = Callable[..., tuple[MainWindow, FakeDesk]]
Said = list[tuple[str, bool]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    """What is spoken, and whether it interrupts."""
    spoken: Said = []
    send = announcement._send

    def listen(widget: QWidget, sentence: str, urgent: bool) -> None:
        assert widget.isVisible(), sentence
        spoken.append((sentence, urgent))
        send(widget, sentence, urgent)

    monkeypatch.setattr(announcement, "_send", listen)
    active = QAccessible.isActive()
    QAccessible.setActive(True)
    yield spoken
    QAccessible.setActive(active)


def board_of(window: MainWindow) -> DeskView:
    board = window._desk_view
    assert board is not None
    board.changes.flush()
    return board


def change(board: DeskView, desk: FakeDesk, *rows: object) -> None:
    desk.show(*rows)  # type: ignore[arg-type]
    board.changes.flush()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.PAID, "PAID"),
        (Status.DECLINED, "NOT PAID"),
        (Status.CHECK, "CHECK"),
    ],
)
def test_the_verdict_of_the_sale_that_is_shown_interrupts(
    opened: Opened, said: Said, status: Status, words: str
) -> None:
    window, desk = opened(rows=[sale_row(Status.WAITING, 7)], view="till")
    board = board_of(window)
    board.till.show_identifier("sale-7")
    said.clear()
    change(board, desk, sale_row(status, 7))
    verdicts = [one for one in said if one[1]]
    assert [one[0].startswith(f"{words}.") for one in verdicts] == [True], said
    change(board, desk, sale_row(status, 7))
    assert [one for one in said if one[1]] == verdicts, "once"


@pytest.mark.parametrize("view", ["till", "requests"])
def test_the_verdict_of_another_sale_is_said_with_its_number(
    opened: Opened, said: Said, view: str
) -> None:
    window, desk = opened(rows=[sale_row(Status.WAITING, 7)], view=view)
    board = board_of(window)
    said.clear()
    change(board, desk, sale_row(Status.PAID, 7))
    board.till.spoken.flush()
    board.pane.view.spoken_changes.collected.flush()
    [(words, urgent)] = said
    assert words == "#7: Paid. Hand over the goods"
    assert urgent


def test_many_verdicts_of_other_sales_are_counted_in_one_announcement(
    opened: Opened, said: Said
) -> None:
    numbers = range(1, 301)
    window, desk = opened(rows=[sale_row(Status.WAITING, one) for one in numbers], view="till")
    board = board_of(window)
    board.till.spoken.flush()
    board.attention.spoken.flush()
    said.clear()
    for one in numbers:
        change(board, desk, sale_row(Status.CHECK if one % 3 else Status.PAID, one))
    board.till.spoken.flush()
    board.attention.spoken.flush()
    assert said == [
        ("300 sales ended or need a person.", True),
        ("200 new entries under Attention.", False),
    ]
    said.clear()
    change(board, desk, *(sale_row(Status.DECLINED, one) for one in (1, 2)))
    board.till.spoken.flush()
    each = "Declined. The customer declined. Try again?"
    assert said == [(f"#1: {each} #2: {each}", True)]


def test_what_follows_an_announcement_waits_a_second_for_more(qtbot: QtBot) -> None:
    times: list[int] = []
    widget = QWidget()
    qtbot.addWidget(widget)
    collected = announcement.CollectedAnnouncements(lambda: times.append(1), widget)
    collected.note()
    assert collected.timer.interval() == 0
    collected.timer.timeout.emit()
    assert times == [1]
    collected.note()
    collected.note()
    assert collected.timer.interval() == 1000
    collected.timer.timeout.emit()
    assert times == [1, 1]
    collected.timer.timeout.emit()
    assert times == [1, 1]
    assert not collected.timer.isActive()


def test_a_banner_is_said_when_it_comes_and_when_it_becomes_serious(
    opened: Opened, said: Said
) -> None:
    window, _ = opened()
    said.clear()
    window.banners.show_banner("live", "Live updates are lost.", tone=Severity.ATTENTION)
    window.banners.show_banner("live", "Live updates are lost for 2 s.", tone=Severity.ATTENTION)
    window.banners.show_banner("live", "The platform is down.", tone=Severity.HARM)
    assert said == [("Live updates are lost.", False), ("The platform is down.", True)]


def test_a_new_entry_under_attention_is_said_and_many_are_counted(
    opened: Opened, said: Said
) -> None:
    window, desk = opened(rows=[sample_rows.row(Status.PAID)])
    board = board_of(window)
    said.clear()
    first, *others = lists.doubtful_rows()
    change(board, desk, first)
    change(board, desk, first)
    board.attention.spoken.flush()
    spoken = [words for words, _ in said if words.startswith("Attention: ")]
    assert len(spoken) == 1
    assert "may exist on the platform" in spoken[0] or "create" in spoken[0].lower()
    change(board, desk, *others)
    board.attention.spoken.flush()
    assert (f"{len(others)} new entries under Attention.", False) in said


def test_what_the_journal_holds_is_no_news(opened: Opened, said: Said) -> None:
    window, desk = opened(rows=(), read=False)
    board = board_of(window)
    change(board, desk, *lists.doubtful_rows())
    window.show_resumed(())
    change(board, desk, *lists.doubtful_rows())
    board.attention.spoken.flush()
    assert [words for words, _ in said if "ttention" in words] == []


def test_a_lamp_that_turns_red_interrupts(opened: Opened, said: Said) -> None:
    window, desk = opened()
    said.clear()
    desk.present_health = sample_rows.health(journal_error=Message("The disk is full."))
    board_of(window).lamps.tick()
    [(words, urgent)] = [one for one in said if one[0].startswith("Disk")]
    assert "The disk is full." in words
    assert urgent


def test_visible_requests_are_named_when_their_status_changes_and_many_are_counted(
    opened: Opened, said: Said
) -> None:
    rows = sample_rows.rows()
    window, desk = opened(rows=rows)
    board = board_of(window)
    said.clear()
    opened_ = sample_rows.row(Status.OPENED)
    changed = replace(opened_, verdict=sample_rows.row(Status.CONFIRMING).verdict)
    change(board, desk, changed)
    change(board, desk, changed)
    assert said == [], "said together with what follows at once"
    board.pane.view.spoken_changes.collected.flush()
    assert said == [(f"{opened_.identifier}: Confirming.", False)]
    said.clear()
    board.pane.view.spoken_changes.collected.flush()
    assert said == []
    many = [replace(row, verdict=opened_.verdict) for row in rows[-8:]]
    change(board, desk, *many)
    board.pane.view.spoken_changes.collected.flush()
    assert [words for words, _ in said if words.endswith("requests changed their status.")]


def test_nothing_is_collected_while_nobody_listens(opened: Opened) -> None:
    window, desk = opened()
    board = board_of(window)
    QAccessible.setActive(False)
    waiting = sample_rows.row(Status.WAITING)
    change(board, desk, replace(waiting, verdict=sample_rows.row(Status.OPENED).verdict))
    assert not board.pane.view.spoken_changes.collected.timer.isActive()
