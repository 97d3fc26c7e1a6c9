"""The whole window over sample rows in every state: pictures of both schemes, and its wiring."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from xumm_desk.core.request.request_spec import FieldError, RequestSpec
from xumm_desk.core.state.evidence import UnmatchedPayment
from xumm_desk.core.state.facts import Fact
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import Application, CancelAnswer, Failure, FailureKind
from xumm_desk.engine.catch_up import CatchUpState
from xumm_desk.engine.desk import Health
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.main_window import KEYRING, Environment, MainWindow
from xumm_desk.ui.style import theme

from . import sample_rows

OUTPUT = Path(__file__).parent.parent / "output"


class StandInAside:
    """What was put aside."""

    def __init__(self) -> None:
        self.known: dict[str, datetime] = {}
        self.refusal: Exception | None = None

    def since(self) -> dict[str, datetime]:
        """Their transactions."""
        return self.known

    async def dismiss(self, txid: str, dismissed: bool) -> None:
        """Put one aside, or bring it back."""
        if self.refusal is not None:
            raise self.refusal
        if dismissed:
            self.known[txid] = sample_rows.NOW
        else:
            self.known.pop(txid)


class StandInDesk:
    """The verbs that the window uses, over sample rows; the real desk is tested elsewhere."""

    def __init__(self, rows: Sequence[RequestRow] = ()) -> None:
        self.clock = sample_rows.Clock()
        self.created: list[RequestSpec] = []
        self.cancelled: list[str] = []
        self.refreshed: list[str] = []
        self.problems: tuple[FieldError, ...] = ()
        self.refusal: Failure | None = None
        self.cancel_answer: CancelAnswer | Failure = CancelAnswer(True, "OK")
        self.well = sample_rows.health()
        self.reading = CatchUpState()
        self.read_again = Moment()
        self.dismissed = StandInAside()
        self._rows = {row.identifier: row for row in rows}
        self.listeners: list[Callable[[Sequence[RequestRow]], None]] = []
        self.unmatched_listeners: list[Callable[[Sequence[UnmatchedPayment]], None]] = []

    def rows(self) -> Sequence[RequestRow]:
        """All of them."""
        return tuple(self._rows.values())

    def row(self, identifier: str) -> RequestRow | None:
        """One of them."""
        return self._rows.get(identifier)

    def on_rows(self, listener: Callable[[Sequence[RequestRow]], None]) -> Callable[[], None]:
        """Hear of changes."""
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def show(self, *rows: RequestRow) -> None:
        """Let rows change."""
        for row in rows:
            self._rows[row.identifier] = row
        for listener in self.listeners:
            listener(rows)

    def health(self) -> Health:
        """How it stands."""
        return self.well

    def refresh(self, identifier: str) -> None:
        """Note it."""
        self.refreshed.append(identifier)

    async def facts(self, identifier: str) -> Sequence[Fact]:
        """What the sample recorded."""
        found = [s for s in sample_rows.samples() if s.row.identifier == identifier]
        return found[0].facts if found else ()

    async def check(self, _order: RequestSpec) -> tuple[FieldError, ...]:
        """What was set."""
        return self.problems

    async def create(self, spec: RequestSpec) -> RequestRow:
        """Note it."""
        self.created.append(spec)
        row = sample_rows.row(Status.WAITING)
        return replace(row, request=replace(row.request, spec=spec))

    def catch_up_state(self) -> CatchUpState:
        """How reading again stands."""
        return self.reading

    async def wait_caught_up(self, _patience: float) -> CatchUpState:
        """Wait until a test says that it is over."""
        await self.read_again
        return self.reading

    def unmatched(self) -> Sequence[UnmatchedPayment]:
        """None."""
        return ()

    def on_unmatched(
        self, listener: Callable[[Sequence[UnmatchedPayment]], None]
    ) -> Callable[[], None]:
        """Nothing changes."""
        self.unmatched_listeners.append(listener)
        return lambda: self.unmatched_listeners.remove(listener)

    async def cancel(self, identifier: str) -> CancelAnswer | Failure:
        """Note it."""
        self.cancelled.append(identifier)
        return self.cancel_answer

    async def ping(self) -> Application | Failure:
        """Well."""
        return Application("Café Uno", "", False)

    def __getattr__(self, name: str) -> Any:
        """Verbs that a test does not look at do nothing."""
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_a, **_k: ()


class Moment:
    """Something to wait for that comes when a test says so."""

    def __init__(self) -> None:
        self.waiting: list[Coroutine[Any, Any, Any]] = []

    def __await__(self) -> Generator[Moment, None, None]:
        yield self

    def come(self) -> None:
        """Let go on what waits."""
        waiting, self.waiting = self.waiting, []
        for coroutine in waiting:
            at_once(coroutine, "")


def at_once(coroutine: Coroutine[Any, Any, Any], _name: str) -> None:
    """Run a coroutine to its end, or to the moment for which it waits."""
    try:
        while True:
            waits = coroutine.send(None)
            if isinstance(waits, Moment):
                waits.waiting.append(coroutine)
                return
    except StopIteration:
        return


async def never_asked(_key: str, _secret: str) -> Failure:
    """The keys' test, which these tests do not use."""
    return Failure(FailureKind.SERVER_ERROR, "not asked")


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path) -> Callable[..., tuple[MainWindow, StandInDesk]]:
    """Opens a window on a desk."""

    def make(
        *,
        rows: Sequence[RequestRow] | None = None,
        practice: bool = False,
        network: str = "MAINNET",
        read: bool = True,
    ) -> tuple[MainWindow, StandInDesk]:
        desk = StandInDesk(sample_rows.rows() if rows is None else rows)
        place = Environment(network=network, host="xumm.app", practice=practice, ledger=True)
        window = MainWindow(
            place=place,
            settings=SettingsFile(tmp_path / "settings.json"),
            start=at_once,
            help_folder=tmp_path,
            kept_where=lambda: "the keyring",
            test_keys=never_asked,
        )
        qtbot.addWidget(window)
        window.show_desk(desk, place, None)  # type: ignore[arg-type]
        if read:
            window.show_resumed(())
            window.show_application(Application("Café Uno", "", False))
        window.show()
        return window, desk

    return make


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (1000, 640), (1920, 1080)], ids=str)
@pytest.mark.parametrize(
    "status", [Status.WAITING, Status.PAID, Status.CHECK], ids=lambda s: s.value
)
def test_pictures_with_requests_in_every_state(
    qtbot: QtBot,
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
    scheme: theme.SchemeName,
    size: tuple[int, int],
    status: Status,
) -> None:
    theme.set_scheme(scheme)
    window, _ = opened()
    theme.set_scheme(scheme)
    window.resize(*size)
    board = window._desk_view
    assert board is not None
    board.pane.view.select(sample_rows.row(status).identifier)
    for _ in range(4):
        QApplication.processEvents()
    OUTPUT.mkdir(exist_ok=True)
    image = window.grab().toImage()
    assert image.save(str(OUTPUT / f"desk-{scheme}-{size[0]}-{status.value}.png"))
    shown = [board.table.row_at(board.table.index(n, 0)) for n in range(board.table.rowCount())]
    assert {row.verdict.status for row in shown if row} == set(Status)
    theme.set_scheme("system")


def type_payment(window: MainWindow, amount: str = "2.5") -> None:
    """Fill the form."""
    board = window._desk_view
    assert board is not None
    board.form.field("destination").set_text("rKz27BXeGjWFeVkveddnhvjUR2jGrPRRHp")
    board.form.field("amount").set_text(amount)


def test_a_press_creates_one_request_and_clears_the_form(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, desk = opened(rows=())
    type_payment(window)
    board = window._desk_view
    assert board is not None
    board.form.submit()
    board.form.submit()
    assert len(desk.created) == 1
    assert board.form.draft().amount == ""


def test_what_the_models_refuse_is_shown_and_kept(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, desk = opened(rows=())
    desk.problems = (FieldError("amount", "Amount: is not right"),)
    type_payment(window)
    board = window._desk_view
    assert board is not None
    board.form.submit()
    assert desk.created == []
    assert board.form.problems() == {"amount": "Amount: is not right"}
    assert board.form.draft().amount == "2.5"


def test_the_charge_guard_asks_before_a_second_request_for_the_same(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, StandInDesk]]
) -> None:
    rival = sample_rows.row(Status.EXPIRED_OPENED)
    window, desk = opened(rows=[rival])
    board = window._desk_view
    assert board is not None
    asked = rival.request.spec
    board.form.submitted.emit(RequestSpec("new", {}, dict(asked.txjson), asked.network))
    boxes = window.findChildren(QMessageBox)
    assert len(boxes) == 1
    assert "may still be paid" in boxes[0].text()
    assert desk.created == []
    words = {button.text(): button for button in boxes[0].buttons()}
    words["Create another one"].click()
    qtbot.waitUntil(lambda: len(desk.created) == 1)


def test_cancelling_asks_and_explains_an_opened_request(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, StandInDesk]]
) -> None:
    row = sample_rows.row(Status.OPENED)
    window, desk = opened(rows=[row])
    desk.cancel_answer = CancelAnswer(False, "ALREADY_OPENED")
    board = window._desk_view
    assert board is not None
    board.request_actions.cancel_asked.emit(row.identifier)
    (box,) = window.findChildren(QMessageBox)
    next(b for b in box.buttons() if b.text() == "Cancel the request").click()
    qtbot.waitUntil(lambda: desk.cancelled == [row.identifier])
    bar = window.banners.banner("alarm")
    assert bar is not None
    assert "may still be paid" in bar.text()


def test_bars_come_with_their_cause_and_go_with_it(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, desk = opened()
    desk.well = sample_rows.health(platform_error="xumm.app cannot be reached.")
    window._update_health()
    bar = window.banners.banner("platform")
    assert bar is not None
    assert "cannot be reached" in bar.text()
    desk.well = sample_rows.health(journal_error="The disk is full.")
    window._update_health()
    assert window.banners.banner("platform") is None
    board = window._desk_view
    assert board is not None
    assert not board.form.button.isEnabled()
    desk.well = sample_rows.health()
    window._update_health()
    assert board.form.button.isEnabled()


def test_a_refused_fact_is_said_once_and_holds_up_nothing(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, desk = opened()
    board = window._desk_view
    assert board is not None
    for number, shown in ((1, True), (1, False), (2, True)):
        desk.well = sample_rows.health(journal_rejected=f"The journal did not take fact {number}.")
        window._update_health()
        bar = window.banners.banner("refused")
        assert (bar is not None and f"fact {number}." in bar.text()) is shown
        assert board.form.button.isEnabled()
        window._banner_clicked("refused")
        assert window.banners.banner("refused") is None


def test_while_you_were_away(opened: Callable[..., tuple[MainWindow, StandInDesk]]) -> None:
    window, desk = opened()
    board = window._desk_view
    assert board is not None
    before = sample_rows.row(Status.OPENED)
    window.show_resumed([before])
    bar = window.banners.banner("away")
    assert bar is not None
    assert f"{before.identifier} Opened" in bar.text()
    paid = sample_rows.row(Status.PAID)
    desk.show(replace(before, verdict=paid.verdict))
    board.changes.flush()
    assert f"{before.identifier} Paid" in bar.text()
    bar.button.click()
    desk.show(before)
    board.changes.flush()
    assert window.banners.banner("away") is None


def test_of_many_the_list_tells_how_many_of_each(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, _ = opened()
    window.show_resumed(sample_rows.rows())
    bar = window.banners.banner("away")
    assert bar is not None
    words = bar.text()
    assert f"{len(sample_rows.rows())} requests were unfinished" in words
    assert words.index("Check") < words.index("Expired, opened") < words.index("Waiting")


def test_the_first_sale_waits_until_earlier_requests_were_read(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, desk = opened()
    board = window._desk_view
    assert board is not None
    desk.reading = CatchUpState(12, 4, frozenset("abcd"))
    window.show_resumed([sample_rows.row(Status.WAITING)])
    assert board.form.blocked_reason.text() == "Reading 12 earlier requests again — 4 left"
    assert not board.form.button.isEnabled()
    desk.reading = CatchUpState(12, 1, frozenset("a"))
    window._update_health()
    assert board.form.blocked_reason.text().endswith("1 left")
    desk.reading = CatchUpState(12, 0)
    desk.read_again.come()
    assert board.form.button.isEnabled()
    assert window.banners.banner("earlier") is None


def test_what_could_not_be_read_in_time_is_said_and_the_sale_goes_on(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    rival = sample_rows.row(Status.WAITING)
    window, desk = opened(rows=[rival])
    board = window._desk_view
    assert board is not None
    desk.reading = CatchUpState(3, 2, frozenset({rival.identifier, "x"}))
    window.show_resumed([rival])
    desk.read_again.come()
    assert board.form.button.isEnabled()
    bar = window.banners.banner("earlier")
    assert bar is not None
    assert "2 earlier requests could not be read again yet. They may still be paid." in bar.text()
    asked = rival.request.spec
    board.form.submitted.emit(RequestSpec("new", {}, dict(asked.txjson), asked.network))
    (box,) = window.findChildren(QMessageBox)
    assert "was not read again" in box.text()
    box.close()
    desk.reading = CatchUpState(3, 0)
    window._update_health()
    assert window.banners.banner("earlier") is None


def test_no_sale_before_the_journal_was_read(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, _ = opened(rows=(), read=False)
    board = window._desk_view
    assert board is not None
    assert not board.form.button.isEnabled()
    assert board.form.blocked_reason.text() == "Reading the journal…"
    window.show_resumed(())
    assert board.form.button.isEnabled()


def test_every_dialog_of_the_menus_opens_and_stops_nothing(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, StandInDesk]]
) -> None:
    window, _ = opened()
    dialogs = window.dialogs
    for open_ in (dialogs.keys, dialogs.shop, dialogs.diagnostics, dialogs.about):
        open_()
        (shown,) = [d for d in window.findChildren(QDialog) if d.isVisible()]
        shown.reject()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    dialogs.diagnostics()
    (chooser,) = window.findChildren(QFileDialog)
    with qtbot.waitSignal(window.diagnostics_asked) as asked:
        chooser.fileSelected.emit("told.txt")
    assert asked.args == ["told.txt"]
    chooser.reject()


def test_closing_asks_the_program_first(
    qtbot: QtBot, opened: Callable[..., tuple[MainWindow, StandInDesk]]
) -> None:
    window, _ = opened()
    with qtbot.waitSignal(window.closing):
        window.close()
    assert window.isVisible()
    window.remove_desk()
    window.close_for_good()
    assert not window.isVisible()


def test_practice_is_unmistakable_and_test_money_has_a_frame(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, _ = opened(practice=True)
    assert window.stripe.isVisible()
    real, _ = opened(network="TESTNET")
    assert not real.stripe.isVisible()
    assert "test money" in real._frame.label()


def test_nothing_of_a_desk_stays_when_another_takes_its_place(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    """Its bars, its listeners, and whose keys it had."""
    window, desk = opened()
    assert window.windowTitle() == "Café Uno — Xumm Desk"
    for key in ("address", "refused", "webhook", "keys", "platform", "bug"):
        window.show_error(key, f"{key} of this desk")
    window.show_alarm("something of this desk")
    window.show_alarm("The keys are still there.", KEYRING)
    assert desk.listeners
    assert desk.unmatched_listeners
    window.remove_desk()
    assert not desk.listeners
    assert not desk.unmatched_listeners
    assert list(window.banners.shown()) == [KEYRING]
    other = StandInDesk(())
    window.show_desk(other, window.environment, None)  # type: ignore[arg-type]
    assert window.windowTitle() == "Xumm Desk"
    assert len(other.listeners) == len(other.unmatched_listeners) == 1


def test_the_customer_reads_the_shop_s_name(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, _ = opened()
    board = window._desk_view
    assert board is not None
    board.pane.view.selectRow(0)
    board.show_to_customer()
    assert board.customer is not None
    assert board.customer.shop.text() == "Café Uno"
    assert board.customer.shop.isVisibleTo(board.customer)
    window.show_application(Application("Café Due", "", False))
    assert board.customer.shop.text() == "Café Due"
    window.remove_desk()


def test_the_name_that_comes_late_is_shown_too(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    window, _ = opened(read=False)
    board = window._desk_view
    assert board is not None
    board.pane.view.selectRow(0)
    board.show_to_customer()
    assert board.customer is not None
    assert not board.customer.shop.isVisibleTo(board.customer)
    window.show_application(Application("Café Uno", "", False))
    assert board.customer.shop.text() == "Café Uno"
    window.remove_desk()


def test_the_first_window_fits_the_screen(
    opened: Callable[..., tuple[MainWindow, StandInDesk]],
) -> None:
    """The button that asks for money must not lie below its edge."""
    window, _ = opened()
    room = window.screen().availableSize().expandedTo(window.minimumSize())
    assert window.width() <= room.width()
    assert window.height() <= room.height()
    window.remove_desk()
