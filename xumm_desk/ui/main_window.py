"""The main window: menus, banners, and the view of the desk that is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QMainWindow,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message, Sentences
from xumm_desk.core.rights import Rights
from xumm_desk.core.settings import SettingsStore
from xumm_desk.core.wire.api_answers import Application, Failure, FailureKind
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.banners.banner import BannerStack, Severity
from xumm_desk.ui.banners.desk_banners import DeskBanners
from xumm_desk.ui.banners.unmatched_banner import KEY as UNMATCHED
from xumm_desk.ui.banners.update_banner import KEY as UPDATE
from xumm_desk.ui.banners.update_banner import UpdateBanner
from xumm_desk.ui.diagnostics.error_alerts import KEY as ERRORS
from xumm_desk.ui.diagnostics.error_alerts import ErrorAlerts
from xumm_desk.ui.dialogs.menu_dialogs import Dialogs, KeyTest
from xumm_desk.ui.export.file_commands import FileCommands
from xumm_desk.ui.keeping.context import JournalKeeper
from xumm_desk.ui.keeping.keeping_dialogs import KeepingDialogs
from xumm_desk.ui.language.customer_menu import CustomerLanguageMenu
from xumm_desk.ui.language.window_language import WindowLanguage
from xumm_desk.ui.lock.desk_lock import DeskLock
from xumm_desk.ui.lock.locked_dialogs import LockedDialogs
from xumm_desk.ui.receipts import ReceiptPrinter
from xumm_desk.ui.requests.rows.filtering import Group
from xumm_desk.ui.settings.context import PageContext, ShopTools
from xumm_desk.ui.system_tools import SystemTools
from xumm_desk.ui.tray.window_tray import WindowTray
from xumm_desk.ui.widgets.containers import EmptyView
from xumm_desk.ui.widgets.environment_marks import Environment, NetworkFrame, PracticeStripe
from xumm_desk.ui.widgets.screens import screen_of

from .desk_view import DeskView
from .first_run import steps
from .first_run.practice_sale import PracticeSale
from .main_menu import MainMenu
from .sale_alerts import SaleAlerts
from .shift.shift_command import ShiftCommand
from .shop.shop_command import ShopCommand
from .simulator_panel import PhoneActions
from .sounds import Player, Silence

if TYPE_CHECKING:
    from xumm_desk.core.export.job import ExportRunner

_FIRST_SIZE: Final = (1440, 860)
"""Pixels of the first window of a shop, width and height."""

START_ERROR: Final = "start"
KEYRING: Final = "keyring"
"""The banner about what the keyring did with the keys."""
SETUP: Final = "setup"
"""The banner about a set-up that was left."""
SETTINGS: Final = "settings"
"""The banner about settings that could not be read."""
_AGAIN: Final = Message("Try again")
_SALVAGE: Final = Message("Salvage…")
_KEYS: Final = Message("Platform keys…")
_NO_DESK: Final = Message(
    "Until then nothing can be created, and requests that are open are not"
    " followed: they may still be paid."
)
_NOTICE_MS: Final = 6000


class MainWindow(QMainWindow):
    """The main window. It never closes by itself: `closing` asks the program to end in order, which
    then calls `close_for_good`. `retry_requested` asks it to try again what failed at the start."""

    closing = Signal()
    retry_requested = Signal()
    diagnostics_asked = Signal(str)
    keys_saved = Signal(str, str, object)
    keys_removed = Signal()
    practice_chosen = Signal()
    desk_changed = Signal()

    def __init__(
        self,
        *,
        place: Environment,
        settings: SettingsStore,
        start: StartTask,
        help_folder: Path,
        kept_where: Callable[[], str],
        test_keys: KeyTest,
        make_printer: Callable[[], ReceiptPrinter],
        tools: ShopTools,
        player: Player | None = None,
        owner_keys: Callable[[str, str], bool] | None = None,
        system: SystemTools | None = None,
        export_runner: Callable[[], ExportRunner] | None = None,
        keeper: JournalKeeper | None = None,
        language: str = "",
    ) -> None:
        super().__init__()
        self._system = system or SystemTools()
        self._environment, self._settings, self._start = place, settings, start
        self._make_printer, self._tools = make_printer, tools
        self.language = WindowLanguage(self, lambda: self._settings, language)
        self.lock = DeskLock(
            self,
            settings,
            start=start,
            owner_keys=owner_keys,
            is_practice=lambda: self._environment.practice,
        )
        self.dialogs = Dialogs(
            self,
            start=start,
            help_folder=help_folder,
            kept_where=kept_where,
            test_keys=test_keys,
            system=self._system,
        )
        self.dialogs.keys_saved.connect(self.keys_saved)
        self.dialogs.keys_removed.connect(self.keys_removed)
        self.dialogs.practice_chosen.connect(self.practice_chosen)
        self.dialogs.diagnostics_asked.connect(self.diagnostics_asked)
        self.dialogs.shop_saved.connect(self.apply_settings)
        self.stripe, self.banners = PracticeStripe(), BannerStack()
        self.tray = WindowTray(
            self, preferences=lambda: self._settings, lock=self.lock, banners=self.banners
        )
        self.alerts = SaleAlerts(
            self,
            preferences=lambda: self._settings,
            player=player or Silence(),
            hides_amounts=lambda: self.lock.locked,
            notify=self.tray.notify,
        )
        self.errors = ErrorAlerts(
            self,
            self._system,
            banners=self.banners,
            lock=self.lock,
            has_desk=self.has_desk,
            notify=self.tray.notify,
        )
        self.updates = UpdateBanner(
            self, self._system.updates, bars=self.banners, lock=self.lock, start=start
        )
        self._closing_for_good = self._no_keys = self._damaged = False
        self._desk_view: DeskView | None = None
        self._desk_banners: DeskBanners | None = None
        self._body = QWidget()
        self._frame = NetworkFrame(self._body, place.network)
        self._content = QVBoxLayout(self._body)
        self._empty_view = EmptyView(self._body)
        self._application = QLabel()
        self._build()
        self.keeping = KeepingDialogs(self, keeper, start=start, who=lambda: self.lock.who)
        self.locked = LockedDialogs(self.lock, self.dialogs, self.keeping)
        self.files = FileCommands(
            self, self.lock, start=start, preferences=lambda: self._settings, runner=export_runner
        )
        self.shop = ShopCommand(self, self.lock)
        self.menu = MainMenu(
            self,
            lock=self.lock,
            dialogs=self.dialogs,
            locked=self.locked,
            files=(self.files.export_action, self.files.import_action),
            tills=self.shop.action,
            customer_language=CustomerLanguageMenu(self.language, self),
        )
        self.menu.new_asked.connect(self._new_request)
        self.menu.view_asked.connect(self._show_view)
        self.menu.unmatched_asked.connect(self._show_unmatched)
        self.shifts = ShiftCommand(
            self, self.lock, start=start, preferences=lambda: self._settings, tools=tools.shifts
        )
        self.shifts.details_asked.connect(self._show_details)
        self.shifts.payments_asked.connect(self._show_unmatched)
        self.menu.shifts_asked.connect(self.shifts.ask)
        self.menu.scheme_chosen.connect(lambda name: self._settings.change(scheme=name))
        self.menu.quit_asked.connect(self.quit)
        self.language.alarm.connect(self.show_alarm)
        self._wire_tray()
        self.use_settings(settings)
        self._show_environment()

    # Called by the program.

    def show_desk(self, desk: Desk, place: Environment, phone: PhoneActions | None) -> None:
        """Show this desk."""
        self._environment = place
        self._show_environment()
        board = self._desk_view = DeskView(
            desk,
            start=self._start,
            preferences=self._settings,
            network=place.network,
            phone=phone,
            practice=place.practice,
            make_printer=self._make_printer,
            lock=self.lock,
            rights=place.rights,
            parent=self._body,
        )
        self._content.addWidget(board, 1)
        self.statusBar().addPermanentWidget(board.lamps)
        self.menu.add_to_corner(board.switch)
        board.switch.setVisible(not self.lock.locked)
        self._empty_view.hide()
        board.notice.connect(self.show_notice)
        board.alarm.connect(self.show_alarm)
        board.settings_asked.connect(self.locked.shop)
        self.lock.use_audit(desk)
        self.shifts.use_desk(desk, board.attention, practice=place.practice)
        self.files.use_desk(desk, place.network, board.pane.history_filter)
        self.shop.use_desk(desk, board.pane, board.lamps)
        board.till.sale_shown.connect(self.menu.use_sale)
        board.till.begun.connect(self.language.sale_begun)
        board.second_timer.tick.connect(self.shop.tick)
        board.second_timer.tick.connect(self._update_health)
        board.customer.set_logo(self._tools.logo_path(self._settings.value.shop_logo))
        self.menu.use_desk(
            (board.form.create_action, board.form.clear_action) if place.rights.writes else (),
            board.request_actions.all_actions(),
            board.panel_actions,
        )
        shown = self._desk_banners = DeskBanners(
            desk,
            start=self._start,
            bars=self.banners,
            block=board.set_blocked,
            parent=board,
            rights=place.rights,
        )
        board.rows_changed.connect(shown.rows_changed)
        shown.unmatched.counted.connect(self._count_unmatched)
        shown.unmatched.counted.connect(self.alerts.on_unmatched)
        shown.unmatched.counted.connect(self.tray.count_unmatched)
        self.tray.use_desk(True)
        board.table.counted.connect(
            lambda counts: self.tray.count_rows(counts.get(Group.ATTENTION, 0))
        )
        board.till.status_changed.connect(self.alerts.on_sale)
        board.pane.filters.unmatched.clicked.connect(self.menu.unmatched_asked)
        board.attention.assign_asked.connect(self._show_unmatched)
        board.report.unmatched_asked.connect(self._show_unmatched)
        shown.unmatched.refresh()
        # Before it opens: the rows that it opens with are no news either.
        board.set_recovering(True)
        self.alerts.set_recovering(True)
        board.open()
        self.desk_changed.emit()

    def remove_desk(self) -> None:
        """Show no desk; the present one is about to end."""
        board, self._desk_view = self._desk_view, None
        if board is None:
            return
        board.close_down()
        self.lock.use_audit(None)
        self.tray.use_desk(False)
        self.shifts.use_desk(None)
        self.shop.leave_desk()
        self.files.use_desk(None)
        if self._desk_banners is not None:
            self._desk_banners.leave()
        self._desk_banners = None
        # These banners are about the desk that ends now; the one about the keys is not.
        for key in self.banners.shown():
            if key not in (KEYRING, SETTINGS, ERRORS, UPDATE):
                self.banners.remove(key)
        self.menu.remove_desk()
        self.statusBar().removeWidget(board.lamps)
        board.lamps.setParent(board)
        self.menu.remove_from_corner(board.switch)
        board.switch.setParent(board)
        self._content.removeWidget(board)
        board.hide()
        board.deleteLater()
        self._empty_view.show()
        self.desk_changed.emit()

    def show_application(self, answer: Application | Failure) -> None:
        """Show whose keys these are, or why that is unknown."""
        self.clear_error("keys")
        if isinstance(answer, Application):
            name = isolate(answer.name)
            self._application.setText(tr(name))
            self.setWindowTitle(_("{name} — Xumm Desk", name=name))
            if self._desk_view is not None:
                self._desk_view.show_shop(name)
            if answer.disabled:
                self.show_error(
                    "keys",
                    _("This application is switched off on the platform."),
                    _("No request can be created until it is enabled in the developer console."),
                )
            return
        rejected = answer.kind in (FailureKind.KEYS_REJECTED, FailureKind.APP_DISABLED)
        self.show_error(
            "keys" if rejected else "platform",
            answer.message,
            _("Requests that are open are still followed."),
            _KEYS if rejected else _AGAIN,
        )

    def show_resumed(self, before: Sequence[RequestRow]) -> None:
        """The journal was read, and `before` was unfinished in it: a sale may begin as soon as
        that was read again."""
        if self._desk_view is not None:
            self._desk_view.set_recovering(False)
        if self._desk_banners is not None:
            self._desk_banners.begin_catch_up(before)
            self.alerts.set_recovering(False)

    def show_error(self, key: str, cause: str, consequence: str = "", action: str = "") -> None:
        """Show a banner that stays until its cause is gone."""
        self.banners.show_banner(key, cause, consequence, action, Severity.HARM)

    def show_start_failure(self, cause: str, *, keys: bool, damaged: bool = False) -> None:
        """There is no desk to show, because of the keys, of a damaged journal, or of something
        else."""
        self._no_keys, self._damaged = keys, damaged
        action = _KEYS if keys else _SALVAGE if damaged else _AGAIN
        self.show_error(START_ERROR, cause, _NO_DESK, action)
        self._empty_view.show_message(_("Not ready"), cause)

    def show_waiting(self, words: str) -> None:
        """There is no desk yet, for a reason that passes by itself."""
        self._empty_view.show_message(words)

    def come_to_front(self) -> None:
        """Another start on the same folder asks for this window."""
        self.tray.shown()
        # As it was before: a window that was maximised is maximised again.
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()
        QApplication.alert(self)

    def clear_error(self, key: str) -> None:
        """Remove the banner: its cause is gone."""
        self.banners.remove(key)
        if key == START_ERROR:
            self._empty_view.show_message(_("Starting…"))

    def show_notice(self, words: str) -> None:
        """Show a sentence that needs no action."""
        self.statusBar().showMessage(words, _NOTICE_MS)

    def show_alarm(self, words: str, key: str = "alarm") -> None:
        """Show a sentence that a person must have read; it stays until it is hidden, or until the
        desk that it is about ends."""
        self.banners.show_banner(key, words, "", _("Hide"), Severity.ATTENTION)

    @property
    def environment(self) -> Environment:
        """Where it works."""
        return self._environment

    @property
    def preferences(self) -> SettingsStore:
        """What is remembered."""
        return self._settings

    def has_desk(self) -> bool:
        """Whether a desk is shown."""
        return self._desk_view is not None

    @property
    def _rights(self) -> Rights:
        return self._environment.rights

    def use_settings(self, settings: SettingsStore) -> None:
        """Take over remembered values, for instance of another data folder."""
        self._settings = settings
        self.lock.use_settings(settings)
        self.menu.use_scheme(self._settings.value.scheme)
        self.tray.apply_settings()
        self._restore()
        if settings.problems:
            self.show_alarm(Sentences([*settings.problems], "\n"), SETTINGS)
        else:
            self.banners.remove(SETTINGS)

    def offer_setup(self) -> None:
        """At the end of a start: open the guided set-up in a new shop, and offer to go on with one
        that was left."""
        saved = self._settings.value
        if not self._rights.writes:
            return
        if self.dialogs.is_setup_open():
            return
        if steps.is_unfinished(saved.setup_step):
            self.banners.show_banner(
                SETUP,
                _("The set-up of this shop is not finished."),
                "",
                _("Go on"),
                Severity.NEUTRAL,
            )
        elif self._settings.is_new and not saved.setup_step and not self._has_rows():
            self.dialogs.set_up()

    def _has_rows(self) -> bool:
        return self._desk_view is not None and self._desk_view.has_rows()

    def has_paid_sale(self) -> bool:
        """Whether any sale of the desk ended in PAID."""
        return self._desk_view is not None and self._desk_view.has_paid_sale()

    def practice_sale(self) -> PracticeSale | None:
        """What a practice sale needs; None where there is none."""
        return self._desk_view.practice_sale() if self._desk_view is not None else None

    def page_context(self) -> PageContext:
        """What the pages of the settings ask of this window and its desk."""
        board = self._desk_view
        return PageContext(
            network=self._environment.network,
            ledger=self._environment.ledger,
            start=self._start,
            tools=self._tools,
            ask_pin=self.lock.ask_new_pin,
            look=board.look_at_account if board is not None and self._rights.writes else None,
            display=board.customer if board is not None else None,
            autostart=self._system.autostart,
            has_tray=self.tray.tray.is_available(),
            no_versions=self._system.updates.unavailable(),
        )

    def show_closing(self) -> None:
        """The program is ending: nothing can be started any more."""
        self._remember()
        if self._desk_view is not None:
            self._desk_view.set_blocked("closing", _("Closing…"))
        self.show_notice(_("Closing…"))

    def close_for_good(self) -> None:
        """Close for good."""
        self._closing_for_good = True
        self.tray.leave()
        self.errors.leave()
        self.dialogs.close()
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide in the tray where the settings ask for that, else ask the program to end; it closes
        this window last."""
        if self._closing_for_good:
            event.accept()
            return
        event.ignore()
        if not self.tray.takes_close():
            self.quit()

    def quit(self) -> None:
        """Ask the program to end, as by closing the window where no tray holds it."""
        self.closing.emit()

    # Building.

    def _build(self) -> None:
        self.setWindowTitle(_("Xumm Desk"))
        # No larger than the screen, its title bar included: not every system sees to that.
        title = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        room = screen_of(self).availableSize() - QSize(0, title)
        self.resize(QSize(*_FIRST_SIZE).boundedTo(room))
        self.setMinimumSize(900, 600)
        self._content.setContentsMargins(0, 0, 0, 0)
        self._content.setSpacing(0)
        self._content.addWidget(self.stripe)
        self._content.addWidget(self.banners)
        self._content.addWidget(self._empty_view, 1)
        self._empty_view.show_message(_("Starting…"))
        self.setCentralWidget(self._frame)
        self._application.setContentsMargins(8, 0, 8, 0)
        self.statusBar().addWidget(self._application)
        self.banners.action_clicked.connect(self._banner_clicked)

    def _show_environment(self) -> None:
        self.stripe.setVisible(self._environment.practice)
        self._frame.set_network(
            "MAINNET" if self._environment.practice else self._environment.network
        )
        place, rights = self._environment, self._rights
        self.menu.use_rights(rights)
        self.files.use_rights(rights)
        self.tray.menu.use_rights(rights)
        if rights.writes:
            self._application.setText(_("Practice shop") if place.practice else place.host)
            self.setWindowTitle(_("Xumm Desk"))  # whose keys these are is not known yet
        else:
            self._application.setText(_("Monitor: shows what the tills do"))
            self.setWindowTitle(_("Monitor — Xumm Desk"))
        self._application.setToolTip(tr(rights.why_not))

    # Menus.

    def _wire_tray(self) -> None:
        menu = self.tray.menu
        self.tray.tray.clicked.connect(self.come_to_front)
        menu.open_asked.connect(self.come_to_front)
        menu.new_asked.connect(self.come_to_front)
        menu.new_asked.connect(self._new_request)
        menu.attention_asked.connect(self.come_to_front)
        menu.attention_asked.connect(lambda: self.lock.unlock_then(self._show_attention))
        menu.lock_asked.connect(self._lock_from_tray)
        menu.quit_asked.connect(self.quit)

    def _lock_from_tray(self) -> None:
        if not self.lock.has_pin:
            self.come_to_front()  # it asks for one
        self.lock.lock()

    def _show_attention(self) -> None:
        if self._desk_view is not None:
            self._desk_view.show_attention()

    def _new_request(self) -> None:
        if self._desk_view is not None:
            self._desk_view.begin_request()

    def _show_view(self, name: str) -> None:
        if self._desk_view is not None:
            self._desk_view.show_view(name)

    def apply_settings(self, values: dict[str, Any]) -> None:
        """Save what was typed in the settings, and use it at once."""
        values = dict(values)
        brighten = values.pop("brighten", None)
        view = values.pop("view", "")
        autostart = values.pop("autostart", None)
        before = self._settings.value
        self._settings.change(**values)
        self.language.settings_changed(before)
        self.banners.remove(SETTINGS)
        self.menu.use_scheme(self._settings.value.scheme)
        self.tray.apply_settings()
        self._system.updates.changed()
        if self._desk_view is not None:
            self.clear_error("address")
            logo = self._tools.logo_path(self._settings.value.shop_logo)
            self._desk_view.apply_settings(logo, brighten=brighten)
            if view and view != self._desk_view.view():
                self._desk_view.show_view(view)
        elif view:
            self._settings.change(view=view)
        refused = self._system.autostart.switch(autostart) if autostart is not None else ""
        if refused:
            self.show_alarm(refused)
        elif self._settings.error:
            self.show_alarm(
                Sentences(
                    [self._settings.error, _("The new settings hold until the program ends.")]
                )
            )
        else:
            self.show_notice(_("The shop settings are saved."))

    def _show_details(self, identifier: str) -> None:
        board = self._desk_view
        if board is not None:
            self.lock.unlock_then(lambda: board.show_details(identifier))

    def _show_unmatched(self, txid: str = "") -> None:
        if self._desk_banners is not None:
            banner = self._desk_banners.unmatched
            self.locked.unmatched(lambda: banner.open(txid))

    def _count_unmatched(self, count: int) -> None:
        self.menu.count_unmatched(count)
        if self._desk_view is not None:
            self._desk_view.pane.filters.unmatched.set_count(count)
            self._desk_view.attention.refresh_payments()
            self._desk_view.report.changed()

    # Banners.

    def _banner_clicked(self, key: str) -> None:
        if key == "keys" or (key == START_ERROR and self._no_keys):
            self.locked.keys()
        elif key == START_ERROR and self._damaged:
            self.locked.salvage()
        elif key == START_ERROR:
            self.retry_requested.emit()
        elif key == "platform":
            self._ping()
        elif key == ERRORS:
            self.errors.open()
        elif key == SETUP:
            self.banners.remove(key)
            self.locked.set_up()
        elif key == UNMATCHED:
            self._show_unmatched()
        elif key == UPDATE:
            self.updates.open()
        elif self._desk_banners is None or not self._desk_banners.click(key):
            self.banners.remove(key)

    def _ping(self) -> None:
        if self._desk_view is not None:
            self._desk_view.ask_application(self.show_application)

    def _update_health(self) -> None:
        if self._desk_view is not None and self._desk_banners is not None:
            self._desk_banners.show_health(self._desk_view.health())

    # The window's own state.

    def _restore(self) -> None:
        state = self._settings.value.layout.get("window", "")
        if state:
            self.restoreGeometry(QByteArray.fromHex(QByteArray(state.encode())))

    def _remember(self) -> None:
        state = bytes(self.saveGeometry().toHex().data()).decode()
        self._settings.change(layout={**self._settings.value.layout, "window": state})
