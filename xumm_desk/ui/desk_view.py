"""Everything that shows one desk: the till, the requests with form, table and detail, the report.

Connects their signals to the commands of the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

import shiboken6
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from xumm_desk.core.account.finding import Finding
from xumm_desk.core.audit import AuditKind
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.message import Message
from xumm_desk.core.money import address, networks
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset, assets_from_json
from xumm_desk.core.rights import TILL as ALL_RIGHTS
from xumm_desk.core.rights import Rights
from xumm_desk.core.settings import SettingsStore
from xumm_desk.core.status import Status
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.health import Health
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _
from xumm_desk.ui.attention.attention_list import AttentionList
from xumm_desk.ui.customer.customer_display import CustomerDisplay
from xumm_desk.ui.detail.detail_pane import DetailPane
from xumm_desk.ui.detail.support_copy import SupportCopy
from xumm_desk.ui.first_run.practice_sale import PracticeSale
from xumm_desk.ui.form.new_request import NewRequest
from xumm_desk.ui.lamps.lamp_bar import LampBar
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.receipts import ReceiptPrinter, Receipts
from xumm_desk.ui.refund.refund_command import RefundCommand
from xumm_desk.ui.report.report_view import ReportView
from xumm_desk.ui.requests.actions import RequestActions
from xumm_desk.ui.requests.commands import CancelCommand, CloseAndResendCommands
from xumm_desk.ui.requests.new_row import NewRowSelection, has_code_or_end
from xumm_desk.ui.requests.pane import RequestPane
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.requests.rows.memory_release import MemoryReleaseTimer
from xumm_desk.ui.requests.rows.table_history import TableHistory
from xumm_desk.ui.requests.table_model import RequestTableModel
from xumm_desk.ui.till.till_view import TillView
from xumm_desk.ui.widgets.segmented_control import SegmentedControl

from .desk_layout import DeskLayout, monitor_cover
from .simulator_panel import PhoneActions, SimulatorPanel
from .timers import ChangeFeed, SecondTimer

TILL: Final = "till"
REQUESTS: Final = "requests"
REPORT: Final = "report"

_REFUND_LOCKED: Final = Message("The desk is locked. Refunds need the PIN.")


class DeskView(QWidget):
    """One desk on the screen. `notice` carries a sentence for the status bar; `alarm` one for a
    banner that stays; `rows_changed` the rows whose new states were shown. `settings_asked` wants
    the shop's settings."""

    notice = Signal(str)
    alarm = Signal(str)
    rows_changed = Signal(object)
    settings_asked = Signal()

    def __init__(
        self,
        desk: Desk,
        *,
        start: StartTask,
        preferences: SettingsStore,
        network: str,
        phone: PhoneActions | None,
        practice: bool,
        make_printer: Callable[[], ReceiptPrinter],
        lock: DeskLock | None = None,
        rights: Rights = ALL_RIGHTS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.lock = lock or DeskLock(self, preferences, start=start)
        self._desk, self._start = desk, start
        self._network, self._native = network, networks.asset_of(network)
        self._preferences, self._practice = preferences, practice
        self._rights = rights
        self._application_name = ""
        self._is_recovering = False
        self._blocks: dict[str, str] = {}
        self.request_actions = RequestActions(self, rights=rights)
        self.table = RequestTableModel(desk.clock, self)
        self.attention = AttentionList(
            desk, start=start, lock=self.lock, parent=self, rights=rights
        )
        self.pane = RequestPane(
            self.table, self.request_actions, self.attention.view, preferences=preferences
        )
        self.history = TableHistory(desk, self.table, start, self)
        self._new_request = NewRequest(desk, start=start, preferences=preferences, network=network)
        self._new_request.setParent(self)
        self._cancel_command = CancelCommand(desk, start=start, parent=self)
        self._close_commands = CloseAndResendCommands(desk, start=start, parent=self)
        # Who opened the refund dialog last, for the record.
        self._refunded_by = ""
        self.refund = RefundCommand(desk, start=start, preferences=preferences, parent=self)
        self.form = self._new_request.form
        self.detail = DetailPane(
            desk,
            self.request_actions,
            start,
            practice=practice,
            who=lambda: self.lock.who,
            rights=rights,
        )
        self._support_copy = SupportCopy(desk, start, self)
        self.till = TillView(
            desk,
            self.request_actions,
            start=start,
            preferences=preferences,
            network=network,
            require=self.lock.require,
        )
        self.report = ReportView(desk.reports, start=start, now=desk.clock.now)
        self.report.asked.connect(self.show_query)
        self.rows_changed.connect(self.report.changed)
        views = ((TILL, _("Till")), (REQUESTS, _("Requests")), (REPORT, _("Report")))
        self.switch = SegmentedControl(_("View"), views if rights.writes else views[1:])
        self.lamps = LampBar(desk)
        self.phone = SimulatorPanel(phone, start, now=self._now) if phone is not None else None
        self.customer = CustomerDisplay(
            preferences=preferences,
            clock=desk.clock,
            practice=practice,
            network=network,
            parent=self,
        )
        self.receipts = Receipts(make_printer, preferences, self)
        self.changes = ChangeFeed(self._rows, self, on_row=self.table.stage)
        self.second_timer = SecondTimer(self)
        self.memory_release = MemoryReleaseTimer(
            desk, self.table, self.history, self._looked_at, self
        )
        self.new_row = NewRowSelection(self.table, self.pane.view, self)
        self._layout = DeskLayout(
            self,
            till=self.till if rights.writes else monitor_cover(),
            form=self.form,
            pane=self.pane,
            detail=self.detail,
            report=self.report,
            phone=self.phone,
        )
        self._wire()
        if not rights.writes:
            self._leave_out()

    def open(self) -> None:
        """Begin to show the desk."""
        self._layout.restore(self._preferences.value.layout)
        if self._rights.writes:
            self.till.load(self._desk.rows())
            self.customer.open_again()
        self._look_at_account()
        self.changes.follow(self._desk.rows(), self._desk.on_rows)
        self.second_timer.start()
        self.memory_release.start()
        self.show_view(self._preferences.value.view or TILL)

    def set_recovering(self, on: bool) -> None:
        """While the journal is being read, what it holds is no news for the till: no receipt, no
        sound."""
        self.changes.flush()
        self._is_recovering = on
        self.attention.set_reading(on)
        if not on:
            self.history.attach(self._network)
            self.report.set_ready()

    def view(self) -> str:
        """The view that is open: TILL, REQUESTS or REPORT."""
        return self.switch.value()

    def show_view(self, name: str) -> None:
        """Open one of the views; a locked desk shows the till only, a locked monitor nothing."""
        if not self._rights.writes:
            if self.lock.locked:
                self._layout.show_till(True)
                self.request_actions.set_row(None)
                return
            name = REQUESTS if name == TILL else name
        name = TILL if self.lock.locked else name
        if name in (TILL, REQUESTS, REPORT) and name != self.switch.value():
            self.switch.set_value(name)  # which calls `_switched`
        else:
            self._switched(self.switch.value())

    def show_attention(self) -> None:
        """Show the requests that need a person."""
        self.show_view(REQUESTS)
        self.pane.search.clear()
        self.pane.filters.choose(Group.ATTENTION)

    def begin_request(self) -> None:
        """Put the cursor where a sale, or a request, begins; open the form for it."""
        if not self._rights.writes:
            return
        if self.view() == TILL:
            self.till.focus_first()
        else:
            if self.view() == REPORT:
                self.show_view(REQUESTS)
            self._layout.requests.open_form()
            self.form.focus_first()

    def close_down(self) -> None:
        """Show nothing more; the desk is about to end."""
        self.second_timer.stop()
        self.memory_release.stop()
        self.changes.leave()
        self.till.close_down()
        self.receipts.close()
        self._preferences.change(layout={**self._preferences.value.layout, **self._layout.state()})
        self.customer.close_for_good()

    def set_blocked(self, cause: str, reason: str) -> None:
        """Let no request be created while `reason` holds; "" removes it. The newest reason is
        shown."""
        self._blocks.pop(cause, None)
        if reason:
            self._blocks[cause] = reason
        shown = next(reversed(self._blocks.values()), "")
        self.form.set_blocked(shown)
        self.till.set_blocked(shown)

    def apply_settings(self, logo: str, *, brighten: bool | None = None) -> None:
        """The shop's settings have changed; `logo` is the file of its logo, "" for none."""
        destination = self._preferences.value.destination
        if destination != self.form.draft().destination.strip():
            self.form.set_destination(destination)
        if refused := self._desk.watch_account(destination):
            self.notice.emit(refused)
        self._new_request.update_tag_placeholder()
        self._look_at_account()
        self.till.apply_settings()
        self.customer.apply_settings(logo, brighten=brighten)
        self.show_shop(self._application_name)

    def has_rows(self) -> bool:
        """Whether the journal holds any request."""
        return bool(self._desk.rows())

    def has_paid_sale(self) -> bool:
        """Whether any sale of this desk ended in PAID."""
        return any(row.verdict.status is Status.PAID for row in self._desk.rows())

    def practice_sale(self) -> PracticeSale | None:
        """What a practice sale needs; None where there is no practice phone."""
        if self.phone is None:
            return None
        return PracticeSale(
            self.till, self.phone, show_till=lambda: self.show_view(TILL), parent=self
        )

    def show_shop(self, name: str) -> None:
        """The application's name on the platform: the shop's, unless the settings have one."""
        self._application_name = name
        shown = self._preferences.value.shop_name or name
        self.customer.set_shop(shown)
        for flow in (self.till.charging.flow, self._new_request.flow):
            flow.set_shop(shown)

    def show_to_customer(self) -> None:
        """Open the customer's window on the selected request."""
        row = self.till.shown() if self.view() == TILL else self.pane.current()
        if row is None:
            self.notice.emit(_("Select a request to show it to the customer."))
            return
        self.customer.show_row(row)
        self.customer.open()

    def _edit_note(self) -> None:
        if self.view() == TILL:
            self.show_details(
                self.request_actions.row.identifier if self.request_actions.row else ""
            )
        self._layout.requests.open_detail()
        self.detail.review.edit_note()

    @property
    def panel_actions(self) -> tuple[QAction, ...]:
        """What opens and closes the panels of the requests view."""
        return self._layout.requests.panel_actions

    def health(self) -> Health:
        """The state of platform, sockets, ledger and journal."""
        return self._desk.health()

    def ask_application(self, then: Callable[[Any], None]) -> None:
        """Ask whose keys these are, and hand the answer to `then`."""

        async def ask() -> None:
            answer = await self._desk.ping()
            if shiboken6.isValid(self):
                then(answer)

        self._start(ask(), "ping")

    # Building.

    def _wire(self) -> None:
        if self.phone is not None:
            self.second_timer.tick.connect(self.phone.refresh_news)
            self.phone.chosen.connect(self._customers_chosen)
        self._new_request.flow.shown.connect(self._select_when_shown)
        self.new_row.selected.connect(self._new_row_selected)
        self._new_request.flow.duplicate_found.connect(self._show_duplicate)
        self._new_request.flow.cancel_asked.connect(self._cancel_command.cancel)
        page = self._layout.requests
        self._new_request.flow.created.connect(page.open_detail)
        page.form_toggled.connect(self._show_form_actions)
        page.new_button.clicked.connect(self.begin_request)
        self.form.close_asked.connect(page.close_form)
        self.detail.close_asked.connect(page.close_detail)
        self.pane.view.activated.connect(page.open_detail)
        self.request_actions.note_asked.connect(self._edit_note)
        self.request_actions.copy_all_asked.connect(self._support_copy.copy)
        self._support_copy.notice.connect(self.notice)
        self.switch.chosen.connect(self._switched)
        for receipts in (self.till.receipt_asked, self.request_actions.receipt_asked):
            receipts.connect(self.receipts.print_row)
        self.till.ended.connect(self.receipts.on_ended)
        self.receipts.notice.connect(self.notice)
        self.receipts.alarm.connect(self.alarm)
        self.till.settings_asked.connect(self.settings_asked)
        self.till.begun.connect(self._await_code)
        self.till.sale_shown.connect(self._sale_shown)
        self.till.cancel_asked.connect(self._cancel_command.confirm)
        self.till.cancel_now.connect(self._cancel_command.cancel)
        self.till.details_asked.connect(
            lambda identifier: self.lock.unlock_then(lambda: self.show_details(identifier))
        )
        self.till.all_asked.connect(lambda: self.lock.unlock_then(lambda: self.show_view(REQUESTS)))
        self.lock.changed.connect(self._show_lock)
        self.second_timer.tick.connect(self._tick)
        self.pane.current_changed.connect(self._on_current_changed)
        self.attention.refund_asked.connect(self.ask_refund)
        self.attention.close_asked.connect(self._close_commands.confirm_close)
        self.attention.refresh_asked.connect(self._desk.refresh)
        self.attention.details_asked.connect(self._show_duplicate)
        self.history.progressed.connect(self.pane.show_progress)
        self.request_actions.refund_asked.connect(self.ask_refund)
        self.refund.needs_rates.connect(self._keep_rates)
        self.refund.created.connect(self._refund_created)
        self.request_actions.refresh_asked.connect(self._desk.refresh)
        self.request_actions.cancel_asked.connect(self._cancel_command.confirm)
        self.request_actions.close_asked.connect(self._close_commands.confirm_close)
        self.request_actions.resend_asked.connect(self._close_commands.resend)
        for verbs in (self._cancel_command, self._close_commands, self.attention.decisions):
            verbs.notice.connect(self.notice)
            verbs.alarm.connect(self.alarm)
        self.request_actions.show_asked.connect(self._show_asked)
        self.request_actions.copied.connect(self.notice)
        self.customer.notice.connect(self.notice)
        self.customer.alarm.connect(self.alarm)

    def _leave_out(self) -> None:
        """Show nothing by which a monitor would make or change something."""
        self.till.setParent(self)
        self.till.hide()
        self._layout.requests.new_button.hide()

    async def look_at_account(
        self, typed: str, assets: Sequence[AcceptedAsset], uses_tags: bool
    ) -> tuple[Finding, ...]:
        """What would be found at an address that is being typed."""
        return await self._desk.account_check.findings_for(typed, assets, uses_tags)

    def _look_at_account(self) -> None:
        if not self._rights.writes:
            return  # nobody is asked
        saved = self._preferences.value
        found = address.parse_address(saved.destination.strip())
        self._desk.account_check.use(
            found.classic if found is not None else saved.destination,
            assets_from_json(saved.assets, self._native),
            bool(saved.tag_from.strip()),
        )

    def _show_lock(self) -> None:
        """A locked desk has no other view than the till."""
        self.switch.setVisible(not self.lock.locked)
        if self.lock.locked:
            self.show_view(TILL)
        elif not self._rights.writes:
            self._switched(self.switch.value())

    # Rows.

    def _rows(self, rows: Sequence[RequestRow]) -> None:
        self.table.publish()
        self.attention.rows_changed(rows)
        self.new_row.table_changed()
        self._new_request.flow.rows_changed(rows)
        self._cancel_command.rows_changed(rows)
        self._close_commands.rows_changed(rows)
        if not self._rights.writes:
            pass  # what another till sells is neither heard nor printed here
        elif self._is_recovering:
            self.till.load(rows)
        else:
            self.till.rows_changed(rows)
        if self.changes.urgent_identifier:
            for row in rows:
                self._on_awaited_row(row)
        self.customer.update_rows(rows)
        self.rows_changed.emit(rows)

    def _looked_at(self) -> set[str]:
        """The identifiers of what a person has before the eyes."""
        rows = (self.request_actions.row, self.pane.current(), self.till.shown())
        return {self.customer.identifier, *(row.identifier for row in rows if row is not None)}

    def _on_awaited_row(self, row: RequestRow) -> None:
        """A person waits for this row."""
        if row.identifier == self.changes.urgent_identifier and has_code_or_end(row):
            self.changes.urgent_identifier = ""

    def _select_when_shown(self, identifier: str) -> None:
        self._await_code(identifier)
        self.new_row.select_when_shown(identifier)

    def _new_row_selected(self, row: RequestRow) -> None:
        if self.customer.is_open():
            self.customer.show_row(row)

    def _show_duplicate(self, identifier: str) -> None:
        self.pane.clear_filters()
        self.pane.view.select(identifier)
        self._layout.requests.open_detail()

    def _on_current_changed(self, row: RequestRow | None) -> None:
        if self.view() == REQUESTS:
            self.request_actions.set_row(row)
            if self.pane.view.is_walking:
                self.detail.show_row_soon(row)
            else:
                self.detail.show_row(row)
            if self.phone is not None:
                self.phone.show_row(row)

    def _sale_shown(self, row: RequestRow | None) -> None:
        if self.view() == TILL:
            self.request_actions.set_row(row)
            if self.phone is not None:
                self.phone.show_row(row)
            if row is None:
                self.customer.show_row(None)

    def _await_code(self, identifier: str) -> None:
        self.changes.urgent_identifier = identifier

    def ask_refund(self, identifier: str) -> None:
        """Ask how much of this sale is paid back; at a locked desk after the PIN."""
        self.lock.require(_REFUND_LOCKED, partial(self._open_refund, identifier))

    def _open_refund(self, identifier: str) -> None:
        self._refunded_by = self.lock.who
        self.refund.ask(identifier)

    def _keep_rates(self, needed: bool) -> None:
        """A refund needs fresh rates too, whichever view is open."""
        self.till.set_active(needed or self.view() == TILL)

    def _refund_created(self, identifier: str) -> None:
        self.lock.record(AuditKind.REFUNDED, self._refunded_by, identifier)
        self._show_refund(identifier)

    def _show_refund(self, identifier: str) -> None:
        """The refund is signed like a sale, by the shop's own wallet."""
        if self.view() == TILL:
            self.till.show_identifier(identifier)
        else:
            self._show_duplicate(identifier)

    def show_details(self, identifier: str) -> None:
        """Show one request in the view of all."""
        self.show_view(REQUESTS)
        self._show_duplicate(identifier)

    def show_query(self, query: HistoryQuery) -> None:
        """Show the requests that `query` asks for."""
        self.show_view(REQUESTS)
        self.pane.show_query(query)

    def _switched(self, name: str) -> None:
        """One view is shown; keys, menus and the practice phone act on its request."""
        till = name == TILL
        self.till.set_active(till)
        if name == REPORT:
            self._layout.show_report()
            self.report.open()
        else:
            self._layout.show_till(till)
            self.report.rest()
        self._show_form_actions()
        if name == REPORT:
            self.request_actions.set_row(None)
        elif till:
            self._sale_shown(self.till.shown())
            self.till.focus_first()
        else:
            self._on_current_changed(self.pane.current())
            self.pane.focus_list()
        self._preferences.change(view=name)

    def _show_form_actions(self) -> None:
        """Keys and menus of what is not shown do nothing."""
        requests = self.view() == REQUESTS
        for action in self.panel_actions:
            action.setVisible(requests)
        for action in (self.form.create_action, self.form.clear_action):
            action.setVisible(requests and self._layout.requests.form_is_open)

    def _tick(self) -> None:
        if self.view() == TILL:
            self.till.tick()
        else:
            self.pane.tick()
            self.detail.tick()
        self.report.tick()
        self.lamps.tick()
        self.customer.tick()

    def _show_asked(self, identifier: str) -> None:
        self.pane.view.select(identifier)
        self.show_to_customer()

    def _customers_chosen(self, choice: str) -> None:
        self._preferences.change(practice_customers=choice)

    def _now(self) -> str:
        return formats.time_of_day(datetime.now(UTC))
