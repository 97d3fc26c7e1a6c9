"""However a check ends, it is an answer."""

from __future__ import annotations

from xumm_desk.core.message import Message
from xumm_desk.self_test.check import Check, FailedError, NoteError, Outcome, run_check


def raising(error: Exception) -> Check:
    def work() -> str:
        raise error

    return run_check("x", work)


def test_a_sentence_is_a_success() -> None:
    assert run_check("x", lambda: "works") == Check("x", Outcome.OK, "works")


def test_what_is_missing_is_a_note_or_a_failure() -> None:
    sentence = Message("Plug it in.")
    assert raising(NoteError(sentence)) == Check("x", Outcome.NOTE, sentence)
    assert raising(FailedError(sentence)) == Check("x", Outcome.FAILED, sentence)


def test_an_error_that_nobody_foresaw_is_a_failure_with_its_words() -> None:
    found = raising(RuntimeError("gremlins"))
    assert found.outcome is Outcome.FAILED
    assert "RuntimeError: gremlins" in found.text
    assert "Install the program again" in found.text
