"""What one check found: whether it works, and a sentence that says what to do where it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from xumm_desk.core.message import Message, error_text


class Outcome(Enum):
    """`NOTE`: the desk sells without it, but a person may miss it."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """`name` is a word for programs, which no language changes."""

    name: str
    outcome: Outcome
    text: str


class NoteError(Exception):
    """A check that found something missing without which the desk sells; the text is a sentence."""


class FailedError(Exception):
    """A check that failed; the text is a sentence that ends with what to do."""


def run_check(name: str, work: Callable[[], str]) -> Check:
    """Run `work`, which returns a sentence when all is well, or raises one of the errors above.
    Whatever else it raises is a failure too: a self-test has to end with an answer."""
    try:
        return Check(name, Outcome.OK, work())
    except NoteError as error:
        return Check(name, Outcome.NOTE, error_text(error))
    except FailedError as error:
        return Check(name, Outcome.FAILED, error_text(error))
    except Exception as error:  # noqa: BLE001 - see above
        return Check(name, Outcome.FAILED, unexpected(error))


def unexpected(error: BaseException) -> str:
    """The sentence for an error that nobody foresaw."""
    return Message(
        "This could not be tried ({error_type}: {reason}). Install the program again; if that does"
        " not help, send this line to whoever helps you.",
        error_type=type(error).__name__,
        reason=str(error)[:200],
    )
