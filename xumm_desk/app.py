"""Builds the program with a window and owns the order in which its parts start and stop.

The only module that knows all others; must not know how any of them works.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLockFile
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from xumm_desk import command, logs
from xumm_desk.assembly import Assembly
from xumm_desk.collector import Collector
from xumm_desk.configuration import Configuration, ConfigurationError, resolve
from xumm_desk.core.outcome import Application, Failure
from xumm_desk.engine.desk import Health
from xumm_desk.engine.tasks import TaskOwner
from xumm_desk.exits import BAD_INPUT, OK, warn
from xumm_desk.loop import make_loop
from xumm_desk.net.descriptors import make_room
from xumm_desk.rehearsal import Rehearsal, RehearsalError, at_practice
from xumm_desk.store.database import JournalError
from xumm_desk.store.settings import Settings, SettingsFile
from xumm_desk.store.vault import Credentials, Tokens, Vault
from xumm_desk.ui import codes, theme
from xumm_desk.ui.pulse import Touch
from xumm_desk.ui.window import START, MainWindow, Place
from xumm_desk.version import __version__

if TYPE_CHECKING:
    from xumm_desk.net.phone import PracticePhone

log = logging.getLogger(__name__)

NO_SCREEN: Final = (
    "There is no screen to open a window on. Start it on a desktop, or put `xvfb-run -a` before the"
    " same command to run it under a virtual screen."
)
_NOT_WATCHED: Final = "Payments to it are not looked for. Type the right one: File, Shop settings."
_NO_PLACE: Final = "no keyring works on this computer: they are held for this run only"


def resources() -> Path:
    """Where icons and help lie: in the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


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
    options = command.parser().parse_args(argv)
    try:
        configuration = resolve(options)
    except ConfigurationError as error:
        warn(str(error))
        return BAD_INPUT
    logs.set_up(configuration.folder / "logs", verbose=getattr(options, "verbose", False))
    make_room()
    collector = Collector()
    # Each read of a socket lets go of the interpreter, and the journal's thread may take it for
    # this long: in a flood the window's would else wait a hundred times a frame.
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
    _report_errors()
    with suppress(OSError):
        configuration.folder.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(configuration.folder / "window.lock"))
    lock.setStaleLockTime(0)
    if not lock.tryLock(200) and lock.error() is QLockFile.LockError.LockFailedError:
        warn(f"Xumm Desk is already open on {configuration.folder}.")
        return BAD_INPUT
    loop = make_loop(application)
    asyncio.set_event_loop(loop)
    loop.set_default_executor(ThreadPoolExecutor(4, thread_name_prefix="work"))
    try:
        with loop:  # type: ignore[attr-defined]
            loop.run_until_complete(Program(configuration, collector).run())
    finally:
        asyncio.set_event_loop(None)
        lock.unlock()
    return OK


def _phone(control: str) -> PracticePhone:
    """On a worker thread: the phone loads the HTTP library."""
    from xumm_desk.net.phone import PracticePhone  # noqa: PLC0415

    return PracticePhone(control)


def _diagnosed(configuration: Configuration, settings: Settings, health: Health | None) -> str:
    """On a worker thread: seldom asked for, and not loaded before."""
    from xumm_desk import diagnostics  # noqa: PLC0415

    return diagnostics.compose(configuration, settings, health)


class NoKeysError(Exception):
    """There are no keys for the platform; the text is a sentence for a person."""


class Program:
    """One run of the window: opens an engine, and another one when the keys change."""

    def __init__(self, configuration: Configuration, collector: Collector) -> None:
        self._given = configuration
        self._collector = collector
        self._configuration = configuration
        self._settings = SettingsFile(configuration.folder / "settings.json")
        self._tasks = TaskOwner()
        self._closing = asyncio.Event()
        self._rehearsal: Rehearsal | None = None
        self._assembly: Assembly | None = None
        self._phone: PracticePhone | None = None
        self._vault = Vault(configuration.host)
        self._changing = asyncio.Lock()
        self._window = MainWindow(
            place=self._place(),
            settings=self._settings,
            start=self._start,
            help_folder=resources() / "help",
            kept_where=lambda: f"They are kept in: {self._vault.place() or _NO_PLACE}.",
            test_keys=self._test_keys,
        )

    async def run(self) -> None:
        """Show the window, open the engine behind it, and close both in order."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(NotImplementedError):
                loop.add_signal_handler(number, self._closing.set)
        self._tasks.on_error(self._window.task_failed)
        self._window.closing.connect(self._closing.set)
        self._window.keys_saved.connect(self._keys_saved)
        self._window.again.connect(lambda: self._start(self._open(), "open"))
        self._window.diagnostics_asked.connect(
            lambda path: self._start(self._diagnose(Path(path)), "diagnostics")
        )
        self._window.practice_chosen.connect(self._practice_chosen)
        self._window.show()
        self._tasks.start(self._open(), "open")
        touch = Touch(self._window)
        touch.watch(self._window.windowHandle())
        self._tasks.start(self._collector.run(lambda: touch.at), "collector")
        await self._closing.wait()
        self._window.say_goodbye()
        await self._tasks.stop()
        await self._close()
        self._window.really_close()

    def _start(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        """Do what the window asks for; while the program ends, rows still move, and nobody waits
        for what they would show."""
        if self._closing.is_set():
            work.close()
        else:
            self._tasks.start(work, name)

    async def _open(self) -> None:
        """Open the engine on the present configuration; what goes wrong is a bar, not an end."""
        async with self._changing:
            self._window.remove_trouble(START)
            try:
                credentials = await self._credentials()
                self._assembly = Assembly(self._configuration, credentials)
                await self._assembly.prepare()
                desk = self._assembly.open()
                self._window.attach(desk, self._place(), self._phone)
                if refused := desk.watch(self._settings.value.destination):
                    self._window.show_trouble("address", refused, _NOT_WATCHED)
                before = await desk.start()
                await self._assembly.journal.look_through()
            except (NoKeysError, RehearsalError, JournalError) as error:
                self._window.cannot_start(str(error), keys=isinstance(error, NoKeysError))
                await self._close()
                return
            self._window.show_resumed(before)
            await self._listen()
            answer = await desk.ping()
            self._window.show_application(answer)
            await asyncio.to_thread(codes.warm_up)
            # Loading takes half a second: after the first paint, and before the first signature.
            await asyncio.to_thread(self._assembly.codec.warm_up)

    async def _listen(self) -> None:
        """Receive webhooks where that is asked for; the desk works without them."""
        self._window.remove_trouble("webhook")
        assert self._assembly is not None
        if trouble := await self._assembly.listen():
            self._window.show_trouble(
                "webhook",
                trouble,
                "Requests are followed by their own connections all the same.",
                "Hide",
            )

    async def _diagnose(self, path: Path) -> None:
        """Write what a helper needs to know."""
        health = (
            self._assembly.desk.health() if self._window.has_desk() and self._assembly else None
        )
        given = (self._configuration, self._settings.value, health)
        try:
            text = await asyncio.to_thread(_diagnosed, *given)
            await asyncio.to_thread(path.write_text, text, "utf-8", "replace")
        except OSError as error:
            self._window.show_alarm(f"{path} cannot be written ({error.strerror}).")
        else:
            self._window.show_notice(f"Saved as {path}. Look through it before you send it.")

    async def _close(self) -> None:
        """Close the engine in the order in which nothing is lost."""
        self._window.detach()
        if self._phone is not None:
            await self._phone.close()
            self._phone = None
        if self._assembly is not None:
            await self._assembly.close()
            self._assembly = None
        if self._rehearsal is not None:
            await asyncio.to_thread(self._rehearsal.stop)
            self._rehearsal = None

    async def _credentials(self) -> Credentials:
        given = self._configuration.credentials
        if given is not None:
            return given
        if not self._configuration.practice:
            raise NoKeysError(
                f"No keys for {self._configuration.host}. Enter them under File, Platform keys."
            )
        saved = self._settings.value
        rehearsal = Rehearsal(
            self._configuration.folder, saved.practice_port, saved.practice_customers
        )
        self._rehearsal = rehearsal
        place = await asyncio.to_thread(rehearsal.start)
        self._configuration = at_practice(self._configuration, place)
        self._settings.change(practice_port=place.port)
        self._phone = await asyncio.to_thread(_phone, place.control)
        if not self._settings.value.destination:
            self._settings.change(destination=place.shop)
        return Credentials(place.key, place.secret)

    def _place(self) -> Place:
        configuration = self._configuration
        return Place(
            network=configuration.network.key,
            host=configuration.host,
            practice=configuration.practice,
            ledger=bool(configuration.nodes),
        )

    async def _test_keys(self, key: str, secret: str) -> Application | Failure:
        from xumm_desk.net.platform import Keys, XummPlatform  # noqa: PLC0415 - seldom asked for

        platform = XummPlatform(self._real().api, Keys(key, secret))
        try:
            return await platform.ping()
        finally:
            await platform.close()

    def _real(self) -> Configuration:
        """The configuration of the real platform, whatever runs at the moment."""
        if not self._given.practice:
            return self._given
        folder = self._given.folder.parent
        return replace(self._given, practice=False, folder=folder)

    def _keys_saved(self, key: str, secret: str, _application: object) -> None:
        credentials = Credentials(key, secret)
        running = self._configuration if not self._configuration.practice else self._real()
        if running.credentials is None or running.credentials.key != key:
            # Customers' tokens were issued to the other application, and mean nothing to this one.
            self._start(asyncio.to_thread(Tokens(running.host).forget), "tokens")
        words = self._vault.save(credentials)
        self._window.show_notice(words or "The keys are saved.")
        self._switch(replace(self._real(), credentials=credentials))

    def _practice_chosen(self) -> None:
        if self._configuration.practice:
            return
        folder = self._given.folder
        self._switch(
            replace(self._given, practice=True, credentials=None, folder=folder / "practice")
        )

    def _switch(self, configuration: Configuration) -> None:
        async def switch() -> None:
            async with self._changing:
                await self._close()
                self._configuration = configuration
                self._settings = SettingsFile(configuration.folder / "settings.json")
                self._window.use_settings(self._settings)
            await self._open()

        self._tasks.start(switch(), "switch")


def _report_errors() -> None:
    """One door for errors of ours: the log, redacted; the program goes on."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("an error of this program", exc_info=(kind, error, trace))

    def thread_hook(arguments: Any) -> None:
        hook(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    sys.excepthook = hook
    threading.excepthook = thread_hook
