"""Start the simulator as a child process, or join the one that runs on the same folder."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message
from xumm_desk.core.money.networks import network_by_key
from xumm_desk.net.platform import url_policy
from xumm_desk.store import private_files
from xumm_desk.store.database import error_message

if TYPE_CHECKING:
    from .config import Config, GivenOptions

_STOP_TIMEOUT: Final = 5.0


class SimulatorError(Exception):
    """The simulator did not start; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class SimulatorInfo:
    """Where the simulator listens, and its shop and issuer."""

    api: str
    ledger: str
    control: str
    key: str = field(repr=False)
    secret: str = field(repr=False)
    network: str
    shop: str
    issuer: str
    currency: str

    @property
    def port(self) -> int:
        """The port it listens on, to be requested again."""
        return urlsplit(self.api).port or 0


def config_for_simulator(given: GivenOptions, place: SimulatorInfo) -> Config:
    """The configuration of a run at the simulator."""
    return given.for_simulator(place.api, place.ledger, network_by_key(place.network))


class SimulatorProcess:
    """The child process. It ends by itself when this program does, however that happens: its
    standard input closes."""

    def __init__(self, folder: Path, port: int = 0, customers: str = "manual") -> None:
        self._arguments = [
            sys.executable,
            "-m",
            "xumm_desk.simulator",
            "--json",
            "--watch-stdin",
            "--state",
            str(folder / "platform.sqlite3"),
            "--customers",
            {"mix": "auto"}.get(customers, customers),
        ]
        self._folder = folder
        self._pid_file = folder / "platform.json"
        self._noted_pid = False
        self.joined = False
        """Whether another program started the platform, which then decides what customers do."""
        self._port = port
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> SimulatorInfo:
        """Start the child and wait for its ready line, or join the platform that another program
        runs on this folder; blocks for a second or two, so call it in a thread. Tries the port of
        the last time first, since journalled sockets lead there.

        Raises:
            SimulatorError: it does not start.
            JournalError: nothing can be written in its folder.
        """
        try:
            private_files.make_folder(self._folder)
            with tempfile.TemporaryFile(dir=self._folder):
                pass
        except OSError as error:
            raise JournalError(error_message(error, self._folder / "journal.sqlite3")) from None
        if (running := self._running()) is not None:
            self.joined = True
            return running
        for port in dict.fromkeys((self._port, 0)):
            place = self._start_on_port(port)
            if place is not None:
                return place
        raise SimulatorError(
            Message(
                "The practice platform of {folder} did not start. Another program that"
                " uses this folder may have it: close that one, or name another folder"
                " with --data-dir.",
                folder=self._folder,
            )
        )

    def stop(self) -> None:
        """Ask the child to end, and end it if it does not listen."""
        child, self._child = self._child, None
        if child is None:
            return
        if self._noted_pid:
            self._noted_pid = False
            self._pid_file.unlink(missing_ok=True)
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            child.terminate()
            try:
                child.wait(_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child.stdout is not None:
            child.stdout.close()

    def _start_on_port(self, port: int) -> SimulatorInfo | None:
        self._child = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [*self._arguments, "--port", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        place = _parse_ready_line(line)
        if place is None:
            self.stop()
            return None
        with suppress(OSError), private_files.open_for_writing(self._pid_file) as note:
            note.write(line)
            self._noted_pid = True
        return place

    def _running(self) -> SimulatorInfo | None:
        """The platform that another program started on this folder, if it still answers there."""
        try:
            place = _parse_ready_line(self._pid_file.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            return None
        if place is None or not url_policy.is_loopback(urlsplit(place.control).hostname):
            return None
        import urllib.request  # noqa: PLC0415 - not before the window

        # No proxy has anything to do with a platform on this computer.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"{place.control}/info", timeout=_STOP_TIMEOUT) as answer:
                line = _parse_ready_line(answer.read().decode("utf-8", "replace"))
        except (OSError, ValueError):
            return None
        # The same keys: else another platform has the port by now.
        return place if line == place else None


def _parse_ready_line(text: str) -> SimulatorInfo | None:
    """The child's ready line, or a later line of it."""
    try:
        value = json.loads(text)
        shop, issuer = value["shop"], value["issuer"]
        return SimulatorInfo(
            api=value["api"],
            ledger=value["ledger_ws"],
            control=value["control"],
            key=value["key"],
            secret=value["secret"],
            network=value["network"],
            shop=shop["address"],
            issuer=issuer["address"],
            currency=issuer["currency"],
        )
    except (ValueError, KeyError, TypeError):
        return None
