"""Every place where Python reports an unhandled error leads to a report; none ends the program."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator

import pytest

from xumm_desk.setup import error_hooks
from xumm_desk.setup.error_reports import ErrorReports, Origin
from xumm_desk.setup.logging_setup import redact


@pytest.fixture
def reports() -> Iterator[ErrorReports]:
    made = ErrorReports(redact)
    restore = error_hooks.install(made)
    yield made
    restore()


def found(reports: ErrorReports) -> list[tuple[Origin, str, str]]:
    return [(one.origin, one.name, one.title) for one in reports.reports()]


def test_an_error_that_reaches_the_top_is_reported(reports: ErrorReports) -> None:
    try:
        raise ValueError("top")
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert found(reports) == [(Origin.WINDOW, "", "ValueError: top")]
    assert "test_error_hooks.py" in reports.reports()[0].text


def test_an_interrupt_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    passed_on: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, *_: passed_on.append(kind))
    reports = ErrorReports(redact)
    restore = error_hooks.install(reports)
    error = KeyboardInterrupt()
    sys.excepthook(type(error), error, None)
    restore()
    assert reports.reports() == ()
    assert passed_on == [KeyboardInterrupt]


def test_an_error_of_a_thread_is_reported_with_its_name(reports: ErrorReports) -> None:
    def work() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=work, name="journal")
    thread.start()
    thread.join()
    assert found(reports) == [(Origin.THREAD, "journal", "ValueError: in a thread")]


def test_an_error_while_an_object_is_freed_is_reported(reports: ErrorReports) -> None:
    class Odd:
        def __del__(self) -> None:
            raise ValueError("freed")

    one = Odd()
    del one
    [(origin, name, title)] = found(reports)
    assert origin is Origin.CLEAN_UP
    assert title == "ValueError: freed"
    assert "function" in name or "method" in name or "Odd" in name


def test_an_error_in_a_callback_of_the_loop_is_reported(reports: ErrorReports) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        error_hooks.watch_loop(loop, reports)
        done = loop.create_future()

        def fail() -> None:
            loop.call_soon(done.set_result, None)
            raise ValueError("callback")

        loop.call_soon(fail)
        await done

    asyncio.run(main())
    [(origin, _name, title)] = found(reports)
    assert (origin, title) == (Origin.TASK, "ValueError: callback")


def test_a_task_that_nobody_awaits_is_reported_by_its_name(reports: ErrorReports) -> None:
    async def main() -> None:
        error_hooks.watch_loop(asyncio.get_running_loop(), reports)

        async def fail() -> None:
            raise ValueError("forgotten")

        task = asyncio.get_running_loop().create_task(fail(), name="lonely")
        await asyncio.wait({task})
        del task

    asyncio.run(main())
    assert found(reports) == [(Origin.TASK, "lonely", "ValueError: forgotten")]


def test_a_broken_line_is_logged_and_no_error_of_the_program(reports: ErrorReports) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        error_hooks.watch_loop(loop, reports)
        for error in (ConnectionResetError("gone"), TimeoutError("late")):
            loop.call_exception_handler({"message": "transport", "exception": error})
        loop.call_exception_handler({"message": "without an error"})

    asyncio.run(main())
    assert reports.reports() == ()


def test_the_hooks_of_before_come_back() -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    restore = error_hooks.install(ErrorReports(redact))
    assert sys.excepthook is not before[0]
    restore()
    assert before == (sys.excepthook, threading.excepthook, sys.unraisablehook)
