"""Starts the practice platform as a child process and reads where it listens.

Knows the child's command line and its ready line; must not know what it does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from xumm_desk.core.networks import find
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
        self._port = port
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> Place:
        """Start the child and wait for its ready line; blocks for a second or two, so call it in
        a thread. Tries the port of the last time first, since journalled sockets lead there.

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
        for port in dict.fromkeys((self._port, 0)):
            place = self._try(port)
            if place is not None:
                return place
        raise RehearsalError(
            "The practice platform did not start. Look at the log, or set keys of a real"
            " application."
        )

    def stop(self) -> None:
        """Ask the child to end, and end it if it does not listen."""
        child, self._child = self._child, None
        if child is None:
            return
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
        try:
            value = json.loads(line)
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
            self.stop()
            return None
