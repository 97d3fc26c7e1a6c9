"""The detail pane: what it says in each status, and that it stays still while facts come in."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
import shiboken6
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from ui import sample_rows
from ui.fake_desk import FakeDesk
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.wording import status_sentence
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.ui.detail import timeline
from xumm_desk.ui.detail.detail_pane import DetailPane
from xumm_desk.ui.detail.fact_loader import FactLoader
from xumm_desk.ui.detail.ledger_fields import ledger_sections
from xumm_desk.ui.detail.request_fields import request_fields
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.widgets import step_line
from xumm_desk.ui.widgets.step_line import StepState

TIMELINE, CHECKS, REQUEST, LEDGER, RAW = range(5)


class SlowDesk(FakeDesk):
    """A desk whose journal answers when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.facts_of = {s.row.identifier: s.facts for s in sample_rows.samples()}
        self.tasks: list[Coroutine[Any, Any, None]] = []
        self.broken = self.over = False
        self.loaders: list[FactLoader] = []

    async def facts(self, identifier: str) -> Sequence[Fact]:
        if self.broken:
            raise OSError("the disk is gone")
        return self.facts_of[identifier]

    def start(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        assert name
        if self.over:
            coroutine.close()
        else:
            self.tasks.append(coroutine)

    def run(self) -> None:
        """Let everything that was asked for be read, without the pause before it."""
        for loader in self.loaders:
            loader.request_now()
            while self.tasks:
                with pytest.raises(StopIteration):
                    self.tasks.pop(0).send(None)
                loader.request_now()


@pytest.fixture
def desk() -> Iterator[SlowDesk]:
    made = SlowDesk()
    yield made
    made.over = True
    for coroutine in made.tasks:
        coroutine.close()


@pytest.fixture
def detail(qtbot: QtBot, desk: SlowDesk) -> DetailPane:
    made = DetailPane(desk.as_desk(), RequestActions(), desk.start)
    desk.loaders += made.findChildren(FactLoader)
    made.resize(420, 780)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def said(detail: DetailPane) -> str:
    """Everything that can be read, without the invisible places to break words."""
    labels = [w.text() for w in detail.findChildren(QLabel) if w.isVisible()]
    return "\n".join(labels).replace("\u200b", "")


@pytest.mark.parametrize("status", list(Status))
def test_every_status_says_its_meaning_and_its_reason(
    detail: DetailPane, desk: SlowDesk, status: Status
) -> None:
    row = sample_rows.row(status)
    detail.show_row(row)
    desk.run()
    assert status_sentence(row.request, row.verdict) in said(detail)
    assert row.identifier in said(detail)


def test_nothing_selected_is_calm(detail: DetailPane, desk: SlowDesk) -> None:
    detail.show_row(sample_rows.row(Status.PAID))
    detail.show_row(None)
    assert "No request selected" in said(detail)
    desk.run()


class TestCode:
    def test_shown_while_it_can_be_scanned(self, detail: DetailPane, desk: SlowDesk) -> None:
        detail.show_row(sample_rows.row(Status.WAITING))
        assert detail.code.isVisible()
        assert detail.code.content == sample_rows.row(Status.WAITING).request.qr_link
        desk.run()

    def test_covered_once_a_phone_has_it(self, detail: DetailPane, desk: SlowDesk) -> None:
        detail.show_row(sample_rows.row(Status.OPENED))
        assert detail.code.accessibleName() == "Customer has scanned"
        desk.run()

    def test_covered_when_time_is_up(self, detail: DetailPane, desk: SlowDesk) -> None:
        detail.show_row(sample_rows.row(Status.WAITING))
        desk.clock.passed = 300
        detail.tick()
        assert detail.code.accessibleName() == "Time is up, checking"
        desk.run()

    @pytest.mark.parametrize(
        "status", [Status.PAID, Status.EXPIRED_OPENED, Status.CANCELLED, Status.CREATING]
    )
    def test_gone_when_nobody_may_scan_it(
        self, detail: DetailPane, desk: SlowDesk, status: Status
    ) -> None:
        detail.show_row(sample_rows.row(status))
        assert not detail.code.isVisible()
        desk.run()


class TestStayingStill:
    def test_tab_scroll_and_what_was_unfolded_survive_new_facts(
        self, detail: DetailPane, desk: SlowDesk
    ) -> None:
        one = sample_rows.by_status()[Status.PAID]
        detail.tabs.setCurrentIndex(RAW)
        desk.facts_of["1043"] = one.facts[:-1]
        detail.show_row(one.row)
        desk.run()
        tree = detail._raw.tree
        detail.resize(420, 560)
        first = tree.topLevelItem(0)
        assert first is not None
        tree.expandAll()
        QGuiApplication.processEvents()
        assert tree.verticalScrollBar().maximum() > 5
        tree.verticalScrollBar().setValue(5)
        desk.facts_of["1043"] = one.facts
        detail.show_row(replace(one.row, last_heard_at=sample_rows.NOW))
        desk.run()
        assert detail.tabs.currentIndex() == RAW
        assert tree.verticalScrollBar().value() == 5
        assert tree.topLevelItem(0) is first
        assert first.isExpanded()
        assert "ledger-tx" in tree.text()

    def test_checks_are_rebuilt_only_when_they_change(
        self, detail: DetailPane, desk: SlowDesk
    ) -> None:
        row = sample_rows.row(Status.CHECK)
        detail.tabs.setCurrentIndex(CHECKS)
        detail.show_row(row)
        before = detail._checks.findChildren(QLabel)
        detail.show_row(replace(row, last_heard_at=sample_rows.NOW))
        assert detail._checks.findChildren(QLabel) == before
        assert detail.tabs.tabText(1).startswith("Checks 9/")
        desk.run()

    def test_facts_of_another_request_are_not_shown(
        self, detail: DetailPane, desk: SlowDesk
    ) -> None:
        detail.show_row(sample_rows.row(Status.PAID))
        detail.show_row(sample_rows.row(Status.WAITING))
        desk.run()
        shown = detail._timeline.table.facts
        assert shown == sample_rows.by_status()[Status.WAITING].facts

    def test_asking_while_reading_asks_once_more(self, detail: DetailPane, desk: SlowDesk) -> None:
        detail.show_row(sample_rows.row(Status.PAID))
        detail._loader.request_now()
        for _ in range(5):
            detail.show_row(sample_rows.row(Status.PAID))
        assert len(desk.tasks) == 1
        desk.run()
        assert detail._timeline.table.rowCount() == len(sample_rows.by_status()[Status.PAID].facts)

    def test_a_journal_that_cannot_be_read_is_said(
        self, detail: DetailPane, desk: SlowDesk
    ) -> None:
        desk.broken = True
        detail.show_row(sample_rows.row(Status.PAID))
        desk.run()
        assert "The journal cannot be read now." in said(detail)

    def test_a_pane_that_has_gone_gets_nothing(self, desk: SlowDesk) -> None:
        gone = DetailPane(desk.as_desk(), RequestActions(), desk.start)
        gone.show()
        gone.show_row(sample_rows.row(Status.PAID))
        gone._loader.request_now()
        (reading,) = desk.tasks
        shiboken6.delete(gone)
        with pytest.raises(StopIteration):
            reading.send(None)


class TestButtons:
    def test_the_reason_is_in_sight_not_only_in_a_tooltip(
        self, detail: DetailPane, desk: SlowDesk
    ) -> None:
        detail.show_row(sample_rows.row(Status.OPENED))
        assert "Cannot be cancelled. A phone has opened it" in said(detail)
        cancel = next(b for b in detail.findChildren(QPushButton) if b.text() == "Cancel")
        assert not cancel.isEnabled()
        desk.run()

    @pytest.mark.parametrize("size", [(330, 520), (420, 780), (900, 600), (1000, 360)])
    def test_buttons_are_always_whole(
        self, detail: DetailPane, desk: SlowDesk, size: tuple[int, int]
    ) -> None:
        detail.resize(*size)
        for status in Status:
            detail.show_row(sample_rows.row(status))
            QGuiApplication.processEvents()
            for button in detail.findChildren(QPushButton):
                if button.isVisible():
                    corner = button.mapTo(detail, button.rect().bottomRight())
                    assert detail.rect().contains(corner), (status, button.text())
                    assert button.width() >= button.sizeHint().width(), button.text()
        assert detail.width() == size[0]
        desk.run()


class TestWords:
    def test_every_fact_of_every_sample_has_words(self) -> None:
        for one in sample_rows.samples():
            for fact in one.facts:
                assert timeline.fact_text(fact) not in ("", fact.kind.value)

    def test_timeline_shows_local_time_delta_and_source(
        self, detail: DetailPane, desk: SlowDesk
    ) -> None:
        detail.show_row(sample_rows.row(Status.OPENED))
        desk.run()
        table = detail._timeline.table
        last = table.rowCount() - 1
        cells = [table.index(last, column).data() for column in range(4)]
        assert cells == ["14:03:11.712", "+6.1 s", "socket", "A phone opened the request"]

    def test_an_address_is_never_altered(self, detail: DetailPane, desk: SlowDesk) -> None:
        detail.tabs.setCurrentIndex(CHECKS)
        detail.show_row(sample_rows.row(Status.PAID))
        QGuiApplication.processEvents()
        assert sample_rows.keys("bert")[2] in said(detail)
        desk.run()

    def test_fields_name_what_was_delivered(self) -> None:
        row = sample_rows.row(Status.CHECK)
        (section,) = ledger_sections(row)
        assert dict(request_fields(row))["Amount"] == "20.00 XRP"
        assert dict(section.fields)["Delivered"] == "0.001 XRP"
        assert dict(request_fields(sample_rows.row(Status.PRE_SIGNED)))["Tag"] == "0"


class TestSteps:
    @pytest.mark.parametrize("status", list(Status))
    def test_done_steps_come_before_what_is_not(self, status: Status) -> None:
        line = step_line.step_marks(sample_rows.row(status))
        assert len(line) == 5
        flags = [stop.state is StepState.DONE for stop in line[:-1]]
        assert flags == sorted(flags, reverse=True)
        assert sum(stop.state is StepState.NOW for stop in line) <= 1

    def test_signed_implies_all_steps_reported_or_not(self) -> None:
        row = sample_rows.row(Status.PAID_LATE)
        assert row.request.step_times[4] is None
        assert all(stop.state is StepState.DONE for stop in step_line.step_marks(row))

    def test_the_line_is_spoken(self) -> None:
        words = step_line.steps_sentence(sample_rows.row(Status.OPENED))
        assert words == "Created, Opened, Pre-signed: next, Dispatched: not yet, Resolved: not yet"

    def test_expired_but_opened_may_go_on(self) -> None:
        line = step_line.step_marks(sample_rows.row(Status.EXPIRED_OPENED))
        assert [line[2].state, line[4].label] == [StepState.NOW, "Expired"]


def test_markup_of_a_customer_stays_text(detail: DetailPane, desk: SlowDesk) -> None:
    row: RequestRow = sample_rows.row(Status.WAITING)
    evil = "<b>PAID</b>"
    spec = replace(row.request.spec, identifier=evil)
    desk.facts_of[evil] = ()
    detail.show_row(replace(row, request=replace(row.request, spec=spec)))
    desk.run()
    assert evil in said(detail)
    for label in detail.findChildren(QLabel):
        assert "<b>" not in label.toolTip()


def test_of_a_few_states_at_once_only_the_last_is_read(detail: DetailPane, desk: SlowDesk) -> None:
    for status in (Status.WAITING, Status.OPENED, Status.PAID):
        detail.show_row(sample_rows.row(status))
    assert desk.tasks == [], "the code and the verdict come first"
    desk.run()
    assert detail._timeline.table.facts == sample_rows.by_status()[Status.PAID].facts


def test_whoever_turns_to_the_evidence_waits_for_nothing(
    detail: DetailPane, desk: SlowDesk
) -> None:
    detail.show_row(sample_rows.row(Status.PAID))
    detail.tabs.setCurrentIndex(RAW)
    assert len(desk.tasks) == 1
    desk.run()
