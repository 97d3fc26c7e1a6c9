"""Every window, dialog and view of the program, opened one after the other over the same shop."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, cast

from patient_qtbot import PATIENCE_MS
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget

from ui import sample_rows
from ui.attention import lists
from ui.bulk_import.test_import_dialog import FakeFiles, FakeImportDesk
from ui.dialogs.test_unmatched_dialog import PAYMENTS
from ui.export.test_export_dialog import FakeRunner
from ui.fake_desk import (
    FakeDesk,
    FakePrinter,
    FakeTools,
    StartedWork,
    keys_never_tested,
    run_now,
)
from ui.fake_updates import new_version
from ui.keeping.test_journal_dialog import Remembered, copy
from ui.report import past_days
from ui.shift.fake_shifts import fake_shifts
from ui.shop import shops
from ui.test_simulator_panel import Played
from ui.till.sales import sale_row
from xumm_desk import ui
from xumm_desk.core.export.job import ExportRunner
from xumm_desk.core.health.lamp import LampName
from xumm_desk.core.history.period import Period
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.core.message import Message
from xumm_desk.core.pricing.accepted_asset import XRP
from xumm_desk.core.rights import MONITOR
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.status import Status
from xumm_desk.core.wire.api_answers import Application
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.returning_customers import KnownCustomer
from xumm_desk.engine.shifts import ShiftPlace
from xumm_desk.setup.error_reports import ErrorReports, Origin
from xumm_desk.setup.log_ring import LogRing
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.attention.decision_dialog import DecisionDialog
from xumm_desk.ui.bulk_import.import_dialog import ImportDialog
from xumm_desk.ui.desk_view import REPORT, REQUESTS, TILL
from xumm_desk.ui.detail.fact_loader import FactLoader
from xumm_desk.ui.diagnostics.log_window import LogWindow
from xumm_desk.ui.diagnostics.report_window import ReportWindow
from xumm_desk.ui.dialogs.help_window import HelpWindow
from xumm_desk.ui.dialogs.keys_dialog import KeysDialog
from xumm_desk.ui.dialogs.unmatched_dialog import UnmatchedDialog
from xumm_desk.ui.dialogs.update_dialog import UpdateDialog
from xumm_desk.ui.export.columns_dialog import ColumnsDialog
from xumm_desk.ui.export.export_dialog import ExportDialog, ViewFilter
from xumm_desk.ui.first_run.setup_dialog import SetupDialog
from xumm_desk.ui.first_run.steps import STEPS
from xumm_desk.ui.keeping.journal_dialog import JournalDialog
from xumm_desk.ui.keeping.letting_go_dialogs import ArchiveDialog, EraseDialog
from xumm_desk.ui.keeping.work_dialog import WorkDialog
from xumm_desk.ui.lock.forgotten_pin_dialog import ForgottenPinDialog
from xumm_desk.ui.lock.pin_dialog import PinDialog
from xumm_desk.ui.lock.set_pin_dialog import SetPinDialog
from xumm_desk.ui.main_window import START_ERROR, MainWindow
from xumm_desk.ui.refund.refund_dialog import RefundDialog
from xumm_desk.ui.requests.filters.dates_dialog import DatesDialog
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.saved_filters.name_dialog import NameDialog
from xumm_desk.ui.requests.saved_filters.wording import filter_parts
from xumm_desk.ui.requests.table_columns.column_state import ColumnState, default_places
from xumm_desk.ui.requests.table_columns.columns_dialog import (
    ColumnsDialog as TableColumnsDialog,
)
from xumm_desk.ui.settings.asset_dialog import AssetDialog
from xumm_desk.ui.shift.shift_dialog import ShiftDialog
from xumm_desk.ui.shop.shop_dialog import ShopDialog
from xumm_desk.ui.system_tools import SystemTools
from xumm_desk.ui.till.customers.customers_dialog import CustomersDialog
from xumm_desk.ui.till.customers.remember_dialog import RememberDialog
from xumm_desk.ui.till.rate_dialog import RateDialog
from xumm_desk.ui.till.tip_dialog import TipDialog
from xumm_desk.ui.widgets.environment_marks import Environment

SIZE: Final = (1366, 768)
LARGE: Final = (1920, 1080)
ON_LARGE_SCREEN: Final = "requests on a large screen"
NOW: Final = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
SAVED: Final = SavedFilter("Anna", HistoryQuery(cashiers=frozenset({"Anna"})), Period.TODAY)
SETTINGS: Final = {
    "shop_currency": "EUR",
    "shop_name": "Café Uno",
    "destination": sample_rows.SHOP,
    "presets": [
        {"name": "Espresso", "price": "2.80"},
        {"name": "Cappuccino with oat milk", "price": "3.60"},
        {"price": "20"},
    ],
    "saved_filters": [SAVED.to_json(), replace(SAVED, name="Anna today").to_json()],
}
HELP: Final = Path(ui.__file__).parents[2] / "resources" / "help"


def widget_classes() -> set[type[QWidget]]:
    """Every class of the program that is a widget, but for what others are made of."""
    found = {
        one
        for module in pkgutil.walk_packages(ui.__path__, f"{ui.__name__}.")
        for one in vars(importlib.import_module(module.name)).values()
        if inspect.isclass(one) and one.__module__ == module.name and issubclass(one, QWidget)
    }
    return found - {base for one in found for base in one.__mro__[1:]}


@dataclass(frozen=True)
class Shown:
    """A window as a person sees it: `root` and below."""

    name: str
    root: QWidget


class Shop:
    """A shop with requests of every kind, whose windows `walk` opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        rows = (*sample_rows.rows(), *lists.doubtful_rows())
        self.desk = FakeDesk(rows)
        self.settings = SettingsFile(folder / "settings.json")
        self.settings.change(view=TILL, **SETTINGS)
        self.place = Environment("TESTNET", "xumm.app", practice=False, ledger=True)
        self.started = StartedWork()
        tools = FakeTools(folder).as_tools()
        self.window = MainWindow(
            place=self.place,
            settings=self.settings,
            start=run_now,
            help_folder=folder,
            kept_where=lambda: "the keyring",
            test_keys=keys_never_tested,
            make_printer=FakePrinter,
            tools=tools,
        )
        self.window.show_desk(self.desk.as_desk(), self.place, Played())
        self.window.show_resumed(())
        self.window.show_application(Application("Café Uno", "", False))
        board = self.window._desk_view
        assert board is not None
        self.board = board
        self.window.resize(*SIZE)
        self.window.show()

    def walk(self) -> Iterator[Shown]:
        """Open each window, and each face of the main window; what was yielded is closed again."""
        yield from self._main_window()
        for dialog in self._dialogs():
            dialog.show()
            settle()
            yield Shown(type(dialog).__name__, dialog)
            dialog.close()
        yield from self._pages()
        yield from self._locked()
        yield from self._monitor()

    def close(self) -> None:
        """Close everything."""
        self.window.remove_desk()
        for root in QApplication.topLevelWidgets():
            if root is not self.window and root.isVisible():
                root.close()
        self.window.close_for_good()
        self.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def _shown(self, name: str) -> Shown:
        settle()
        return Shown(f"MainWindow, {name}", self.window)

    def _main_window(self) -> Iterator[Shown]:
        board, till = self.board, self.board.till
        self.desk.rates.set_rate(XRP, "EUR", "2.40")
        yield self._shown("till")
        for number, status in enumerate(TILL_STATES):
            self.desk.show(sale_row(status, 1041 + number))
            board.changes.flush()
            till.show_identifier(f"sale-{1041 + number}")
            yield self._shown(f"till, {status.value}")
        # One that stays: what concerns the platform goes with the next second that is well.
        self.window.show_error(
            START_ERROR, Message("The platform is down."), "", Message("Try again")
        )
        board.show_view(REQUESTS)
        board.begin_request()
        yield self._shown("requests with the form")
        board._layout.requests.close_form()
        board.pane.view.select(sample_rows.row(Status.PAID).identifier)
        board._layout.requests.open_detail()
        for index in range(board.detail.tabs.count()):
            board.detail.tabs.setCurrentIndex(index)
            for loader in board.detail.findChildren(FactLoader):
                loader.request_now()
            yield self._shown(f"requests, tab {index}")
        board._layout.requests.phone_action.trigger()
        board.pane.view.select(sample_rows.row(Status.WAITING).identifier)
        self.window.resize(*LARGE)
        yield self._shown(ON_LARGE_SCREEN)
        self.window.resize(*SIZE)
        board._layout.requests.phone_action.trigger()
        board.pane.filters.choose(Group.ATTENTION)
        board.attention.view.tick()
        yield self._shown("attention")
        board.pane.filters.choose(Group.ALL)
        board.pane.search.setText("nothing like it")
        yield self._shown("nothing found")
        board.pane.search.clear()
        for view in board.switch.buttons():
            view.click()
            yield self._shown(f"the view {view.text()}")
        yield from self._reports()
        board.show_view(REQUESTS)
        board.pane.view.select(sample_rows.row(Status.WAITING).identifier)
        board.show_to_customer()
        settle()
        assert board.customer.window is not None
        yield Shown("CustomerWindow", board.customer.window)
        board.customer.window.close()
        self.desk.shop.show(shops.twenty())
        board.lamps.tick()
        lamp = board.lamps.open_window(LampName.SHOP)
        settle()
        yield Shown("LampWindow", lamp)
        lamp.close()
        yield from self._tills()

    def _tills(self) -> Iterator[Shown]:
        """A monitor of a shop with twenty tills, their list, and a shop without any."""
        self.window.shop.tick()
        yield self._shown("requests of a shop")
        self.window.shop.ask()
        [tills] = [one for one in self.window.findChildren(ShopDialog) if one.isVisible()]
        for number, view in enumerate((shops.twenty(), shops.shop())):
            self.desk.shop.show(view)
            self.window.shop.tick()
            settle()
            yield Shown(f"ShopDialog {number}", tills)
        tills.close()

    def _reports(self) -> Iterator[Shown]:
        """The report of a day with sales, and its table."""
        kept = dict(self.desk.history.rows)
        self.desk.history.rows.update({row.key: row for row in past_days.days()})
        self.board.show_view(REPORT)
        page = self.board.report.page
        assert page is not None
        page.loader.read()
        while page.chart is None:
            page._loading.stop()  # else it comes too, and finds nothing to load
            page._load_chart()  # at once: no second passes, in which banners would go
        yield self._shown("report")
        page.switch.set_value("table")
        page.table.setCurrentIndex(page.table.rows.index(0, 0))
        yield self._shown("report, table")
        page.switch.set_value("cards")
        self.desk.history.rows.clear()
        self.desk.history.rows.update(kept)

    def _dialogs(self) -> Iterator[QWidget]:
        window, desk, board = self.window, self.desk.as_desk(), self.board
        row = sample_rows.row(Status.CHECK)
        yield DecisionDialog(row, DecisionKind.ACCEPTED_AS_PAID, "Ana", window)
        yield self._import()
        yield self._log()
        yield self._report()
        guide = HelpWindow(HELP)
        guide.open_page("shortcuts.md")
        yield guide
        yield KeysDialog(
            kept_where="the keyring", test=keys_never_tested, start=run_now, parent=window
        )
        unmatched = UnmatchedDialog(desk.clock.now, ledger=True, parent=window)
        unmatched.show_payments(PAYMENTS, {})
        unmatched.show_rows(self.desk.rows())
        yield unmatched
        yield UpdateDialog(new_version(), window)
        yield UpdateDialog(new_version(own="0.9", unsafe=True), window)
        yield ColumnsDialog(["status", "amount"], window)
        yield ExportDialog(
            FakeRunner(), self.settings, now=lambda: NOW, view=ViewFilter(None, ("a",))
        )
        journal = JournalDialog(Remembered(), window)
        journal.show_copies([copy(3), copy(2, "It cannot be read.")])
        yield journal
        yield ArchiveDialog(window)
        yield EraseDialog(window)
        yield WorkDialog("Salvage", ["Words."], "Salvage", window)
        yield ForgottenPinDialog(window.lock)
        yield PinDialog(window.lock, Message("The PIN unlocks the desk."))
        yield SetPinDialog(window.lock, "Ada")
        sold = sale_row(Status.PAID, 1042, price="12.00")
        yield RefundDialog(desk, sold, start=run_now, preferences=self.settings, parent=window)
        yield NameDialog(
            "Save filter",
            "Anna",
            parts=filter_parts(SAVED),
            problem=lambda _typed: "",
            exists=lambda _typed: True,
            parent=window,
        )
        yield TableColumnsDialog(ColumnState(places=default_places()), parent=window)
        yield DatesDialog(date(2026, 11, 1), date(2026, 11, 30), window)
        yield AssetDialog(None, "MAINNET", window)
        self.desk.customers.people = [KnownCustomer("Ana", sample_rows.NOW + timedelta(days=20))]
        yield CustomersDialog(desk.customers, desk.clock, start=run_now, parent=window)
        yield RememberDialog(desk.customers, "x", start=run_now, parent=window)
        yield RateDialog(desk.rates, XRP, "EUR", lambda: None, window)
        yield TipDialog("EUR", window)
        yield from (self._shifts(row) for row in range(2))
        window.dialogs.about()
        yield window.findChildren(QMessageBox)[-1]
        board._cancel_command.confirm(sample_rows.row(Status.OPENED).identifier)
        yield window.findChildren(QMessageBox)[-1]

    def _pages(self) -> Iterator[Shown]:
        self.window.dialogs.shop()
        [settings] = [one for one in self.window.findChildren(QDialog) if one.isVisible()]
        for index in range(settings.sections.count()):  # type: ignore[attr-defined]
            settings.sections.setCurrentRow(index)  # type: ignore[attr-defined]
            settle()
            yield Shown(f"SettingsDialog, page {index}", settings)
        settings.close()
        setup = SetupDialog(self.window)
        setup.show()
        for index, step in enumerate(STEPS):
            setup.show_step(step)
            settle()
            yield Shown(f"SetupDialog, step {index}", setup)
        setup.close()

    def _locked(self) -> Iterator[Shown]:
        """A desk with a PIN: locked, and unlocked by somebody."""
        self.settings.change(pin_hash="any", operators=["Ada"])
        self.window.use_settings(self.settings)
        yield self._shown("locked")
        self.window.lock.unlock("Ada")
        yield self._shown("unlocked")

    def _monitor(self) -> Iterator[Shown]:
        """The same requests in a window that only reads, at last locked."""
        self.window.remove_desk()
        self.desk.present_health = replace(self.desk.present_health, asks=False)
        self.window.show_desk(self.desk.as_desk(), replace(self.place, rights=MONITOR), None)
        self.window.show_resumed(())
        board = self.window._desk_view
        assert board is not None
        board.pane.view.select(sample_rows.row(Status.WAITING).identifier)
        board._layout.requests.open_detail()
        yield self._shown("requests of a monitor")
        board.pane.filters.choose(Group.ATTENTION)
        yield self._shown("attention of a monitor")
        self.window.lock.lock()
        yield self._shown("a locked monitor")

    def _import(self) -> ImportDialog:
        """A file of which each line has an error."""
        dialog = ImportDialog(
            cast(Desk, FakeImportDesk()),
            self.settings,
            cast(ExportRunner, FakeFiles()),
            network="MAINNET",
            start=lambda work, _name: asyncio.run(work),
            parent=self.window,
        )
        path = self.folder / "invoices.csv"
        path.write_text("amount,tag\n1,x\n", encoding="utf-8")
        dialog.read_file(path)
        # Another thread reads it.
        for _ in range(PATIENCE_MS // 5):
            if dialog.table.lines.rowCount():
                return dialog
            QTest.qWait(5)
        raise AssertionError("the file was not read")

    def _shifts(self, row: int) -> ShiftDialog:
        """The open shift, or one that was closed."""
        shifts, _ = fake_shifts(None, NOW)
        dialog = ShiftDialog(
            shifts,
            start=run_now,
            place=ShiftPlace("Bakery Sunrise", "1", practice=False),
            operator="Ana",
            now=lambda: NOW,
            label_of=lambda _item: "Accept as paid…",
            has_printer=True,
            parent=self.window,
        )
        dialog.show()
        settle()
        dialog.list.setCurrentRow(row)
        return dialog

    def _log(self) -> LogWindow:
        ring = LogRing(str, 40)
        ring.emit(logging.LogRecord("desk", logging.WARNING, "", 0, "Live updates lost", (), None))
        return LogWindow(SystemTools(log=ring, log_folder=lambda: self.folder))

    def _report(self) -> ReportWindow:
        reports = ErrorReports(str)
        reports.add_text("ValueError: x", "Traceback…\nValueError: x", Origin.WINDOW)
        made = ReportWindow(SystemTools(reports=reports))
        made.show_reports(has_desk=True)
        return made


TILL_STATES: Final = (
    Status.WAITING,
    Status.OPENED,
    Status.PAID,
    Status.CHECK,
    Status.DECLINED,
)


def settle() -> None:
    """Let layouts that wait for their turn be done."""
    QApplication.processEvents()
    QApplication.processEvents()
