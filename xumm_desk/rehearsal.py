"""Start the practice platform as a child process, or join the one that runs on the same folder."""

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

from xumm_desk.core.networks import find
from xumm_desk.net import hosts
from xumm_desk.store import private_files
from xumm_desk.store.database import JournalError, sentence

if TYPE_CHECKING:
    from xumm_desk.configuration import Configuration, Given

_PATIENCE: Final = 5.0


class RehearsalError(Exception):
    """The practice platform did not start; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the practice platform listens, and what it knows of shop and issuer."""

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
        """The port it listens on, to be asked for again."""
        return urlsplit(self.api).port or 0


def at_practice(given: Given, place: Place) -> Configuration:
    """The configuration of a run at the practice platform."""
    return given.at_simulator(place.api, place.ledger, find(place.network))


class Rehearsal:
    """The child process. It ends by itself when this program does, however that happens: its
    standard input closes."""

    def __init__(self, folder: Path, port: int = 0, customers: str = "manual") -> None:
        self._arguments = [
            sys.executable,
            "-m",
            "xumm_desk.practice",
            "--json",
            "--watch-stdin",
            "--state",
            str(folder / "platform.sqlite3"),
            "--customers",
            {"mix": "auto"}.get(customers, customers),
        ]
        self._folder = folder
        self._note = folder / "platform.json"
        self._noted = False
        self.joined = False
        """Whether another program started the platform, which then decides what customers do."""
        self._port = port
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> Place:
        """Start the child and wait for its ready line, or join the platform that another program
        runs on this folder; blocks for a second or two, so call it in a thread. Tries the port of
        the last time first, since journalled sockets lead there.

        Raises:
            RehearsalError: it does not start.
            JournalError: nothing can be written in its folder.
        """
        try:
            private_files.make_folder(self._folder)
            with tempfile.TemporaryFile(dir=self._folder):
                pass
        except OSError as error:
            raise JournalError(sentence(error, self._folder / "journal.sqlite3")) from None
        if (running := self._running()) is not None:
            self.joined = True
            return running
        for port in dict.fromkeys((self._port, 0)):
            place = self._try(port)
            if place is not None:
                return place
        raise RehearsalError(
            f"The practice platform of {self._folder} did not start. Another program that uses this"
            " folder may have it: close that one, or name another folder with --data-dir."
        )

    def stop(self) -> None:
        """Ask the child to end, and end it if it does not listen."""
        child, self._child = self._child, None
        if child is None:
            return
        if self._noted:
            self._noted = False
            self._note.unlink(missing_ok=True)
        if child.stdin is not None:
            child.stdin.close()
        try:
            child.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            child.terminate()
            try:
                child.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child.stdout is not None:
            child.stdout.close()

    def _try(self, port: int) -> Place | None:
        self._child = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [*self._arguments, "--port", str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        place = _read(line)
        if place is None:
            self.stop()
            return None
        with suppress(OSError), private_files.open_for_writing(self._note) as note:
            note.write(line)
            self._noted = True
        return place

    def _running(self) -> Place | None:
        """The platform that another program started on this folder, if it still answers there."""
        try:
            place = _read(self._note.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            return None
        if place is None or not hosts.is_loopback(urlsplit(place.control).hostname):
            return None
        import urllib.request  # noqa: PLC0415 - not before the window

        # No proxy has anything to do with a platform on this computer.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"{place.control}/info", timeout=_PATIENCE) as answer:
                told = _read(answer.read().decode("utf-8", "replace"))
        except (OSError, ValueError):
            return None
        # The same keys: else another platform has the port by now.
        return place if told == place else None


def _read(text: str) -> Place | None:
    """The child's ready line, or what it says of itself later."""
    try:
        value = json.loads(text)
        shop, issuer = value["shop"], value["issuer"]
        return Place(
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
