"""The program with a window: start and stop its parts in order, and switch its configuration."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLocale
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from xumm_desk.cli import parser
from xumm_desk.cli.exit_codes import BAD_INPUT, OK, warn
from xumm_desk.core import rights
from xumm_desk.core.journal_error import JournalDamagedError, JournalError
from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.settings import Credentials, Settings
from xumm_desk.core.wire.api_answers import Application, Failure
from xumm_desk.engine.health import Health
from xumm_desk.engine.runtime.tasks import TaskGroup
from xumm_desk.locale import formats
from xumm_desk.net.fd_limit import preallocate_descriptors
from xumm_desk.qt.event_loop import make_loop
from xumm_desk.qt.gc_policy import GarbageCollectorPolicy
from xumm_desk.qt.single_window import SingleWindow
from xumm_desk.setup import logging_setup, shop_login
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.config import PRACTICE_FOLDER, Config, ConfigError, GivenOptions, read_options
from xumm_desk.setup.journal_keeping import JournalKeeping
from xumm_desk.setup.resources import resources
from xumm_desk.setup.saved_keys import SavedKeys, are_same_keys
from xumm_desk.setup.simulator_process import (
    SimulatorError,
    SimulatorInfo,
    SimulatorProcess,
    config_for_simulator,
)
from xumm_desk.setup.update_notice import UpdateNotices
from xumm_desk.store import private_files
from xumm_desk.store.keyring.secrets import KeyringError
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.language import window_language
from xumm_desk.ui.main_window import KEYRING, START_ERROR, MainWindow
from xumm_desk.ui.qr import qr_image
from xumm_desk.ui.sound_player import SoundPlayer
from xumm_desk.ui.style import theme
from xumm_desk.ui.timers import LastInput
from xumm_desk.ui.widgets.environment_marks import Environment
from xumm_desk.version import __version__
from xumm_desk.window_printing import PrintingPlace, WindowPrinting
from xumm_desk.window_system import WindowSystem, show_start_failure

if TYPE_CHECKING:
    from xumm_desk.core.export.job import ExportRunner
    from xumm_desk.net.simulator_client import SimulatorClient

log = logging.getLogger(__name__)

NO_SCREEN: Final = Message(
    "There is no screen to open a window on. Start it on a desktop, or put"
    " `xvfb-run -a` before the same command to run it under a virtual"
    " screen."
)
_NOT_WATCHED: Final = Message(
    "Payments to this address are not looked for. Type the right address: File, Shop settings."
)
_KEYS_NOT_REMOVED: Final = Message(
    "The system's keyring did not remove the keys. Remove the entry"
    " “xumm-desk” with the keyring's own program."
)
_ENVIRONMENT_FIRST: Final = Message(
    "The keys are saved and in use. The next start takes those of XUMM_APIKEY again."
)
_NOT_SHARED: Final = Message(
    "Other tills do not see what is sold here, nor does this one see theirs."
)
_NO_TILLS: Final = Message("Nothing of what the tills do now is shown.")
_NOT_RAISED: Final = Message("Its window does not answer. Close that one, or end its process.")
_FAILED: Final = 1
"""The exit code after an error that nobody has handled, as Python's own."""
_PRACTICE_CURRENCY: Final = "EUR"
_KEYRING_NOTICE: Final = 5.0
_KEYRING_LIMIT: Final = 20.0
"""Seconds after which the window reports that the keyring does not answer, and after which it is no
longer awaited."""
_KEYRING_SILENT: Final = Message(
    "The system's keyring, which may hold the keys, does not answer."
    " Answer its question if one is open; or enter the keys, or choose"
    " practice mode."
)


def no_screen() -> bool:
    """Whether Qt would end the program because it finds no display."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return False
    return not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(argv: Sequence[str]) -> int:
    """Open the window and run until it is closed; returns the exit code."""
    if no_screen():
        warn(NO_SCREEN)
        return BAD_INPUT
    options = parser.window_parser().parse_args(argv)
    try:
        given = read_options(options)
    except ConfigError as error:
        warn(error_text(error))
        return BAD_INPUT
    logging_setup.configure_logging(None, verbose=getattr(options, "verbose", False))
    system = WindowSystem()
    system.install()
    try:
        return _open_window(given, system, minimised=options.minimised, language=options.language)
    except Exception as error:  # noqa: BLE001 - a program must not vanish without a word
        show_start_failure(system, error)
        return _FAILED
    finally:
        system.close()


def _open_window(
    given: GivenOptions, system: WindowSystem, *, minimised: bool, language: str
) -> int:
    """Run on Qt until the window is closed; returns the exit code."""
    preallocate_descriptors()
    collector = GarbageCollectorPolicy()
    # Each read of a socket releases the interpreter, and the journal's thread may take it for this
    # long: in a flood the window's thread would else wait a hundred times a frame.
    sys.setswitchinterval(0.0001)
    application = QApplication(["xumm-desk"])
    application.setApplicationName("xumm-desk")
    application.setApplicationDisplayName("Xumm Desk")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName("xumm-desk")
    application.setWindowIcon(QIcon(str(resources() / "icons" / "xumm-desk.svg")))
    # The window ends the program itself, after everything is on disk.
    application.setQuitOnLastWindowClosed(False)
    theme.apply(application)
    if not given.needs_keyring and _show_other_window(given.to_config().data_dir):
        return BAD_INPUT
    loop = make_loop(application)
    system.watch_loop(loop)
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="work"))
    try:
        with loop:  # type: ignore[attr-defined]
            program = Program(
                given, collector, system=system, minimised=minimised, language=language
            )
            return loop.run_until_complete(program.run())
    finally:
        asyncio.set_event_loop(None)


def _show_other_window(folder: Path) -> bool:
    """Whether another window on this folder was open and came to the front: then none is opened."""
    window = SingleWindow(folder)
    if window.claim():
        window.release()
        return False
    if not window.raise_other_window():
        return False  # the window that opens now shows the reason
    warn(already_open(folder))
    return True


def already_open(folder: Path) -> str:
    """The sentence for a second start on one folder."""
    return Message("Xumm Desk is already open on {folder}.", folder=folder)


def _phone(control: str) -> SimulatorClient:
    """On a worker thread: the phone loads the HTTP library."""
    from xumm_desk.net.simulator_client import SimulatorClient  # noqa: PLC0415

    return SimulatorClient(control)


def _export_runner(configuration: Config) -> ExportRunner:
    """Seldom needed, and not imported before."""
    from xumm_desk.store.export.journal_export import JournalExport  # noqa: PLC0415

    return JournalExport(configuration.journal_path, ledger=bool(configuration.ledger_urls))


def _diagnostics_text(configuration: Config, settings: Settings, health: Health | None) -> str:
    """Create it on a worker thread: seldom needed, and not imported before."""
    from xumm_desk.setup import diagnostics  # noqa: PLC0415

    return diagnostics.diagnostics_text(configuration, settings, health)


class NoKeysError(Exception):
    """There are no keys for the platform; the text is a sentence for a person."""


class Program:
    """One run of the window: opens an engine, and another one when the keys change."""

    def __init__(
        self,
        given: GivenOptions,
        collector: GarbageCollectorPolicy,
        *,
        keyring_notice: float = _KEYRING_NOTICE,
        keyring_limit: float = _KEYRING_LIMIT,
        system: WindowSystem | None = None,
        minimised: bool = False,
        language: str = "",
    ) -> None:
        if not given.practice and shop_login.is_monitor(given.folder):
            given = replace(given, monitor=True)
        self._start_options = given
        self._system, self._minimised = system or WindowSystem(), minimised
        self._collector = collector
        self._keyring_notice = keyring_notice
        # What was chosen in this run: keys of the keyring or typed ones, or practice.
        self._keys: Credentials | None = None
        self._practice = False
        # Counts decisions, so that a keyring which answers late overrules none of them.
        self._decisions = 0
        self._decided = asyncio.Event()
        self._configuration = given.for_reading() if given.needs_keyring else given.to_config()
        self._settings = SettingsFile(_settings_path(given, self._configuration))
        # Before the first window, which would else be made in one language and shown in another.
        window_language.use(self._settings.value, language)
        self._tasks = TaskGroup()
        self._closing = asyncio.Event()
        self._code = OK
        self._single: SingleWindow | None = None
        self._simulator: SimulatorProcess | None = None
        self._composition: Composition | None = None
        self._phone: SimulatorClient | None = None
        self._saved_keys = SavedKeys(given.host, limit=keyring_limit)
        self._switch_lock = asyncio.Lock()
        self._player = SoundPlayer(resources() / "sounds")
        printing = WindowPrinting(self._printing_place)
        self._keeping = JournalKeeping(lambda: self._configuration, without_desk=self._without_desk)
        self._updates = UpdateNotices(lambda: self._configuration, lambda: self._settings.value)
        self._window = MainWindow(
            place=self._environment(),
            settings=self._settings,
            start=self._start,
            help_folder=resources() / "help",
            kept_where=lambda: self._saved_keys.kept_where,
            test_keys=self._test_keys,
            make_printer=printing.make_printer,
            player=self._player,
            owner_keys=lambda *typed: are_same_keys(self._configuration.credentials, *typed),
            tools=printing.tools(),
            system=replace(self._system.tools(), updates=self._updates),
            export_runner=lambda: _export_runner(self._configuration),
            keeper=self._keeping,
            language=language,
        )

    async def run(self) -> int:
        """Show the window, open the engine behind it, and close both in order; returns the exit
        code."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, self._closing.set)
        self._tasks.on_error(self._system.task_failed)
        self._window.closing.connect(self._closing.set)
        self._window.keys_saved.connect(self._keys_saved)
        self._window.keys_removed.connect(self._keys_removed)
        self._window.retry_requested.connect(lambda: self._start(self._open_first_desk(), "open"))
        self._window.diagnostics_asked.connect(
            lambda path: self._start(self._diagnose(Path(path)), "diagnostics")
        )
        self._window.practice_chosen.connect(self._practice_chosen)
        self._window.tray.show_first(minimised=self._minimised)
        self._tasks.start(self._open_first_desk(), "open")
        touch = LastInput(self._window)
        touch.watch(self._window.windowHandle())
        self._tasks.start(self._collector.run(lambda: touch.at), "collector")
        self._tasks.start(self._updates.run(), "new versions")
        self._tasks.start(
            self._keeping.run_daily(
                lambda: self._settings.value.copy_days, self._window.keeping.show_copy_problem
            ),
            "daily copy",
        )
        await self._closing.wait()
        self._keeping.stop()
        self._window.show_closing()
        await self._tasks.stop()
        await self._close_engine()
        if self._single is not None:
            self._single.release()
        await asyncio.to_thread(self._player.close)
        self._window.close_for_good()
        self._system.close()
        return self._code

    def _start(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        """Start what the window asks for; refused while the program ends, when nobody waits for the
        result."""
        if self._closing.is_set():
            work.close()
        else:
            self._tasks.start(work, name)

    async def _open_first_desk(self) -> None:
        """Find the keys and open the engine with them."""
        decisions = self._decisions
        if self._start_options.needs_keyring and self._keys is None and not self._practice:
            try:
                keys = await self._keys_of_keyring()
            except KeyringError as error:
                self._window.show_start_failure(error_text(error), keys=True)
                return
            if self._decisions != decisions:
                return  # keys were typed, or practice was chosen, meanwhile
            self._keys = keys
            self._use_credentials(self._start_options.to_config(keys))
        await self._open_engine()

    async def _keys_of_keyring(self) -> Credentials | None:
        """The keys in the keyring. While it does not answer, the window says so and offers what can
        be done without it."""
        self._window.clear_error(START_ERROR)
        self._window.show_waiting(Message("Waiting for the system's keyring…"))
        asked = self._saved_keys.load()
        await asyncio.wait({asked}, timeout=self._keyring_notice)
        if not asked.done():
            self._window.show_start_failure(_KEYRING_SILENT, keys=True)
            decided = asyncio.ensure_future(self._decided.wait())
            either: set[asyncio.Future[Any]] = {asked, decided}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            decided.cancel()
            if not asked.done():
                return None
        return asked.result()

    def _use_credentials(self, configuration: Config) -> None:
        """Show what is remembered for this configuration, and where it works."""
        self._configuration = configuration
        path = configuration.data_dir / "settings.json"
        if self._settings.path != path:
            self._settings = SettingsFile(path)
            self._window.use_settings(self._settings)
            self._window.language.apply()
            self._updates.changed()

    async def _open_engine(self) -> None:
        """Open the engine on the present configuration; an error becomes a banner, not an end."""
        async with self._switch_lock:
            self._window.clear_error(START_ERROR)
            if not self._claim_folder():
                return
            logging_setup.write_to(self._configuration.data_dir / "logs")
            self._system.use(self._configuration)
            try:
                credentials = await self._credentials()
                self._composition = Composition(self._configuration, credentials)
                await self._composition.open_journal()
                desk = self._composition.build_desk()
                desk.tasks.on_error(self._system.task_failed)
                await desk.load_newest()
                self._window.show_desk(desk, self._environment(), self._phone)
                if refused := desk.watch_account(self._settings.value.destination):
                    self._window.show_error("address", refused, _NOT_WATCHED)
                before = await desk.start()
                await self._composition.journal.check_integrity()
            except (NoKeysError, SimulatorError, JournalError) as error:
                await self._close_engine()  # with the banners of the desk that was not opened
                self._window.show_start_failure(
                    error_text(error),
                    keys=isinstance(error, NoKeysError),
                    damaged=isinstance(error, JournalDamagedError),
                )
                if isinstance(error, NoKeysError):
                    self._window.offer_setup()
                return
            self._window.show_resumed(before)
            self._window.offer_setup()
            await self._start_webhooks()
            await self._start_shop()
            if not self._configuration.monitor:
                self._window.show_application(await desk.ping())
            await asyncio.to_thread(qr_image.warm_up)
            # Loading takes half a second: after the first paint, and before the first signature.
            await asyncio.to_thread(self._composition.codec.warm_up)
        if not self._configuration.monitor:
            await self._saved_keys.find_place()

    def _claim_folder(self) -> bool:
        """Claim the folder for this window; if another window has it, that one comes to the
        front."""
        folder = self._configuration.data_dir
        if self._single is not None and self._single.folder == folder:
            return True
        single = SingleWindow(folder)
        if not single.claim():
            if single.raise_other_window():
                warn(already_open(folder))
                self._code = BAD_INPUT
                self._closing.set()
            else:
                failure = Sentences([already_open(folder), _NOT_RAISED])
                self._window.show_start_failure(failure, keys=False)
            return False
        if self._single is not None:
            self._single.release()
        self._single = single
        single.listen(self._window.come_to_front)
        return True

    async def _start_webhooks(self) -> None:
        """Receive webhooks if that is set up; the desk works without them."""
        self._window.clear_error("webhook")
        assert self._composition is not None
        if error := await self._composition.start_webhooks():
            self._window.show_error(
                "webhook",
                error,
                Message("Requests are followed by their own connections all the same."),
                Message("Hide"),
            )

    async def _start_shop(self) -> None:
        """Replicate through the shop's database if the folder is in a shop."""
        self._window.clear_error("shop")
        assert self._composition is not None
        if error := await self._composition.start_shop():
            self._window.show_error(
                "shop",
                error,
                _NO_TILLS if self._configuration.monitor else _NOT_SHARED,
                Message("Hide"),
            )

    async def _diagnose(self, path: Path) -> None:
        """Write what a helper needs to know."""
        health = (
            self._composition.desk.health()
            if self._window.has_desk() and self._composition
            else None
        )
        given = (self._configuration, self._settings.value, health)
        try:
            text = await asyncio.to_thread(_diagnostics_text, *given)
            await asyncio.to_thread(_write, path, text)
        except OSError as error:
            self._window.show_alarm(
                Message("{path} cannot be written ({reason}).", path=path, reason=error.strerror)
            )
        else:
            self._window.show_notice(
                Message("Saved as {path}. Look through it before you send it.", path=path)
            )

    async def _close_engine(self) -> None:
        """Close the engine in the order in which nothing is lost."""
        self._window.remove_desk()
        if self._phone is not None:
            await self._phone.close()
            self._phone = None
        if self._composition is not None:
            await self._composition.close()
            self._composition = None
        if self._simulator is not None:
            await asyncio.to_thread(self._simulator.stop)
            self._simulator = None

    async def _without_desk(self, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do `work` while no desk is open, and open it again whatever came of it."""
        async with self._switch_lock:
            await self._close_engine()
            self._window.show_waiting(Message("The journal is being exchanged…"))
            try:
                result = await work()
            finally:
                self._window.clear_error(START_ERROR)
        self._start(self._open_engine(), "open")
        return result

    async def _credentials(self) -> Credentials | None:
        """The keys to open the engine with; a monitor has none."""
        given = self._configuration.credentials
        if given is not None or self._configuration.monitor:
            return given
        if not self._configuration.practice:
            raise NoKeysError(
                Message(
                    "No keys for {host}. Enter them under File, Platform keys.",
                    host=self._configuration.host,
                )
            )
        saved = self._settings.value
        process = SimulatorProcess(
            self._configuration.data_dir, saved.practice_port, saved.practice_customers
        )
        self._simulator = process
        place = await asyncio.to_thread(process.start)
        self._configuration = config_for_simulator(self._start_options, place)
        self._settings.change(practice_port=place.port)
        self._phone = await asyncio.to_thread(_phone, place.control)
        if not self._settings.value.destination:
            self._settings.change(destination=place.shop)
            if self._settings.is_new:
                self._settings.change(shop_currency=await self._practice_currency(place))
        return Credentials(place.key, place.secret)

    async def _practice_currency(self, place: SimulatorInfo) -> str:
        """The currency of this computer, if the practice platform has rates in it: a new practice
        shop sells in a currency that its cashier knows."""
        from xumm_desk.net.platform.xumm_api import ApiKeys, XummApi  # noqa: PLC0415 - seldom asked for

        code = QLocale.system().currencySymbol(QLocale.CurrencySymbolFormat.CurrencyIsoCode)
        if code not in await asyncio.to_thread(formats.currency_names):
            return _PRACTICE_CURRENCY
        platform = XummApi(place.api, ApiKeys(place.key, place.secret))
        try:
            answer = await platform.rates(code)
        finally:
            await platform.close()
        return _PRACTICE_CURRENCY if isinstance(answer, Failure) else code

    def _environment(self) -> Environment:
        configuration = self._configuration
        return Environment(
            network=configuration.network.key,
            host=configuration.host,
            practice=configuration.practice,
            ledger=bool(configuration.ledger_urls),
            rights=rights.MONITOR if configuration.monitor else rights.TILL,
        )

    def _printing_place(self) -> PrintingPlace:
        place = self._environment()
        return PrintingPlace(
            settings=self._settings,
            folder=self._configuration.data_dir,
            network=place.network,
            practice=place.practice,
            window=self._window,
        )

    async def _test_keys(self, key: str, secret: str) -> Application | Failure:
        from xumm_desk.net.platform.xumm_api import ApiKeys, XummApi  # noqa: PLC0415 - seldom asked for

        platform = XummApi(self._start_options.api, ApiKeys(key, secret))
        try:
            return await platform.ping()
        finally:
            await platform.close()

    def _keys_saved(self, key: str, secret: str, _application: object) -> None:
        typed = Credentials(key, secret)
        self._start(self._store_keys(typed), "keep keys")
        self._switch_config(typed, practice=False)

    async def _store_keys(self, credentials: Credentials) -> None:
        """Store the keys in the keyring; they are in use already."""
        words = await self._saved_keys.store(credentials)
        if self._start_options.credentials is not None:
            words = words or _ENVIRONMENT_FIRST
        if words:
            self._window.show_alarm(words, KEYRING)
        else:
            self._window.clear_error(KEYRING)
            self._window.show_notice(Message("The keys are saved."))

    def _keys_removed(self) -> None:
        self._start(self._delete_keys(), "remove keys")
        self._switch_config(None, practice=False)

    async def _delete_keys(self) -> None:
        if await self._saved_keys.delete():
            self._window.show_notice(Message("The keys were removed from the keyring."))
        else:
            self._window.show_alarm(_KEYS_NOT_REMOVED, KEYRING)

    def _practice_chosen(self) -> None:
        if self._configuration.practice and self._window.has_desk():
            return
        self._switch_config(None, practice=True)

    def _switch_config(self, keys: Credentials | None, *, practice: bool) -> None:
        """Go on with these keys, or in practice mode, as a fresh start would."""
        self._keys, self._practice = keys, practice
        self._decisions += 1
        self._decided.set()

        async def switch() -> None:
            async with self._switch_lock:
                await self._close_engine()
                self._use_credentials(
                    self._start_options.to_config(self._keys, practice=self._practice)
                )
            await self._open_engine()

        self._start(switch(), "switch")


def _settings_path(given: GivenOptions, configuration: Config) -> Path:
    """Where the settings for the first paint are. Until the keyring has said whether there are keys
    it is the file of the last run: of practice if there is no other."""
    path = configuration.data_dir / "settings.json"
    practice = given.folder / PRACTICE_FOLDER / "settings.json"
    return practice if given.needs_keyring and practice.exists() and not path.exists() else path


def _bytes(text: str) -> bytes:
    # Half of a surrogate pair can be typed on some systems.
    return text.encode("utf-8", "surrogatepass")


def _write(path: Path, text: str) -> None:
    with private_files.open_for_writing(path) as out:
        out.write(text)
