"""Print on a receipt printer that understands ESC/POS, and learn from it whether it did.

Runs in a worker thread. A printer that answers nothing is printed on all the same.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from enum import Enum
from typing import Final

from xumm_desk.core.message import Message, Sentences, error_text

from .escpos_document import EscposMissing
from .print_result import PrintResult
from .printer_connection import (
    ESCPOS_MISSING,
    Connection,
    PrinterGone,
    Timeouts,
    open_connection,
)

MakeBytes = Callable[[str], bytes]
"""The receipt for a model, "" for an unknown one."""

_ASK_PRINTER: Final = b"\x10\x04\x01"
_ASK_OFFLINE: Final = b"\x10\x04\x02"
_ASK_PAPER: Final = b"\x10\x04\x04"
"""DLE EOT n: answered at once, past everything that waits to be printed."""

_ASK_MODEL: Final = b"\x1dI\x43"
_ASK_DONE: Final = b"\x1dr\x01"
"""GS r 1: answered in its turn, when everything before it is printed."""

_OFFLINE, _COVER_OPEN, _PAPER_END, _PAPER_LOW = 0x08, 0x04, 0x60, 0x0C
_DONE_NO_PAPER: Final = 0x0C
"""Bits of the answers; the last one of the answer to `_ASK_DONE`."""


class Fault(Enum):
    """Why a receipt is not on paper."""

    NO_PAPER = "no paper"
    COVER_OPEN = "cover open"
    OFFLINE = "offline"
    BROKE_OFF = "broke off"
    STUCK = "stuck"
    UNCONFIRMED = "unconfirmed"


_SENTENCES: Final[dict[Fault, str]] = {
    Fault.NO_PAPER: Message(
        "The receipt printer has no paper, so the receipt is not complete. Put in a new roll, then"
        " print again."
    ),
    Fault.COVER_OPEN: Message(
        "The cover of the receipt printer is open, so nothing was printed. Close it, then print"
        " again."
    ),
    Fault.OFFLINE: Message(
        "The receipt printer reports that it cannot print. Look at its lamps, then print again."
    ),
    Fault.BROKE_OFF: Message(
        "The receipt printer went away in the middle of the receipt. Look at its switch and cable,"
        " throw away what it printed, then print again."
    ),
    Fault.STUCK: Message(
        "The receipt printer takes no more data, so the receipt is not complete. Switch it off and"
        " on, then print again."
    ),
    Fault.UNCONFIRMED: Message(
        "The receipt printer does not say that it has finished. Look at the paper, and print again"
        " if the receipt is not complete."
    ),
}


def print_escpos(setting: str, make: MakeBytes, timeouts: Timeouts) -> PrintResult:
    """Print what `make` returns on the printer of the setting."""
    try:
        connection = open_connection(setting, timeouts)
    except PrinterGone as error:
        return PrintResult(False, error_text(error))
    try:
        return _print(connection, make, timeouts)
    except EscposMissing:
        return PrintResult(False, ESCPOS_MISSING)
    except TimeoutError:
        return _failed(Fault.STUCK)
    except OSError:
        return _failed(Fault.BROKE_OFF)
    finally:
        with contextlib.suppress(OSError):
            connection.close()


def _print(connection: Connection, make: MakeBytes, timeouts: Timeouts) -> PrintResult:
    state = _ask_status(connection, _ASK_PRINTER, timeouts.answer)
    if state is None:
        connection.write(make(""))
        return PrintResult(
            True,
            Message("The receipt was sent to the receipt printer, which does not report back."),
        )
    fault = _fault_of(connection, state, timeouts.answer)
    if fault is not None:
        return _failed(fault)
    connection.write(make(_ask_model(connection, timeouts.answer)) + _ASK_DONE)
    done = _read_done(connection, timeouts.finish)
    if done is None:
        again = _ask_status(connection, _ASK_PRINTER, timeouts.answer)
        late = _fault_of(connection, again, timeouts.answer) if again is not None else None
        return _failed(late or Fault.UNCONFIRMED)
    if done & _DONE_NO_PAPER:
        return _failed(Fault.NO_PAPER)
    low = bool((_ask_status(connection, _ASK_PAPER, timeouts.answer) or 0) & _PAPER_LOW)
    return PrintResult(
        True,
        Sentences(
            [
                Message("The receipt was printed."),
                Message("The paper of the receipt printer is nearly at its end.") if low else "",
            ]
        ),
    )


def _fault_of(connection: Connection, state: int, timeout: float) -> Fault | None:
    """What keeps the printer from printing, by its answer to `_ASK_PRINTER`."""
    paper = _ask_status(connection, _ASK_PAPER, timeout)
    if paper is not None and paper & _PAPER_END:
        return Fault.NO_PAPER
    if not state & _OFFLINE:
        return None
    cause = _ask_status(connection, _ASK_OFFLINE, timeout) or 0
    return Fault.COVER_OPEN if cause & _COVER_OPEN else Fault.OFFLINE


def _ask_status(connection: Connection, question: bytes, timeout: float) -> int | None:
    """The status byte; None where the printer does not answer, which many cannot."""
    connection.write(question)
    found = _read_byte(connection, timeout)
    return found if found is not None and found & 0x93 == 0x12 else None


def _read_byte(connection: Connection, timeout: float) -> int | None:
    try:
        data = connection.read(timeout)
    except TimeoutError:
        return None
    if not data:
        raise ConnectionResetError
    return data[0]


def _read_done(connection: Connection, timeout: float) -> int | None:
    """The answer to `_ASK_DONE`, whose upper bits are 0: a late answer to another question is not
    taken for it."""
    end = time.monotonic() + timeout
    while (left := end - time.monotonic()) > 0:
        found = _read_byte(connection, left)
        if found is None or not found & 0xF0:
            return found
    return None


def _ask_model(connection: Connection, timeout: float) -> str:
    """What the printer calls itself, between an underline and a zero; "" if it does not say."""
    connection.write(_ASK_MODEL)
    data, end = b"", time.monotonic() + timeout
    while not data.endswith(b"\0") and len(data) < 80 and time.monotonic() < end:
        try:
            part = connection.read(timeout)
        except TimeoutError:
            break
        if not part:
            raise ConnectionResetError
        data += part
    return data.removeprefix(b"_").rstrip(b"\0").decode("ascii", "replace").strip()


def _failed(fault: Fault) -> PrintResult:
    return PrintResult(False, _SENTENCES[fault])
