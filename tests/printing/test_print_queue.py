"""Print jobs run beside the window: in order, one at a time, and none of them for ever."""

from __future__ import annotations

import threading

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from xumm_desk.printing.print_queue import PrintQueue
from xumm_desk.printing.print_result import PrintResult

WAIT = 60_000
"""Milliseconds that no test needs."""


def results_of(queue: PrintQueue) -> list[tuple[int, PrintResult]]:
    """What the queue tells from now on."""
    told: list[tuple[int, PrintResult]] = []
    queue.finished.connect(lambda number, result: told.append((number, result)))
    return told


def test_jobs_run_in_order_and_never_in_the_window_s_thread(qtbot: QtBot) -> None:
    queue = PrintQueue()
    told = results_of(queue)
    threads: list[str] = []

    def job(text: str) -> PrintResult:
        threads.append(threading.current_thread().name)
        return PrintResult(True, text)

    numbers = [queue.add(lambda n=n: job(str(n))) for n in range(5)]  # type: ignore[misc]
    qtbot.waitUntil(lambda: len(told) == 5, timeout=WAIT)
    assert [number for number, _result in told] == numbers
    assert [result.text for _number, result in told] == ["0", "1", "2", "3", "4"]
    assert set(threads) == {"print"}
    assert queue.count == 0


def test_adding_a_job_does_not_wait_for_it(qtbot: QtBot) -> None:
    queue = PrintQueue()
    told = results_of(queue)
    go = threading.Event()

    def slow() -> PrintResult:
        go.wait(60)
        return PrintResult(True, "slow")

    queue.add(slow)
    queue.add(lambda: PrintResult(True, "next"))
    assert (told, queue.count) == ([], 2)
    go.set()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=WAIT)
    assert [result.text for _number, result in told] == ["slow", "next"]


def test_a_job_that_hangs_is_given_up_and_the_next_one_runs(qtbot: QtBot) -> None:
    queue = PrintQueue(limit=0.05)
    told = results_of(queue)
    go = threading.Event()

    def hangs() -> PrintResult:
        go.wait(60)
        return PrintResult(True, "too late")

    first = queue.add(hangs)
    qtbot.waitUntil(lambda: len(told) == 1, timeout=WAIT)
    assert told[0][0] == first
    assert not told[0][1].ok
    assert "given up" in told[0][1].text
    done = threading.Event()

    def quick() -> PrintResult:
        go.set()
        done.wait(60)
        return PrintResult(True, "quick")

    queue.add(quick)
    done.set()
    qtbot.waitUntil(lambda: len(told) == 2, timeout=WAIT)
    assert told[1][1].text != "too late"


def test_a_bug_in_a_job_is_told_and_logged(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    queue = PrintQueue()
    told = results_of(queue)

    def broken() -> PrintResult:
        raise RuntimeError("boom")

    queue.add(broken)
    queue.add(lambda: PrintResult(True, "next"))
    qtbot.waitUntil(lambda: len(told) == 2, timeout=WAIT)
    assert (told[0][1].ok, "error in the program" in told[0][1].text) == (False, True)
    assert told[1][1].ok
    assert "boom" in caplog.text


def test_closing_drops_what_waits(qtbot: QtBot) -> None:
    queue = PrintQueue()
    go = threading.Event()
    ran: list[str] = []

    def first() -> PrintResult:
        go.wait(60)
        ran.append("first")
        return PrintResult(True, "")

    def second() -> PrintResult:
        ran.append("second")
        return PrintResult(True, "")

    queue.add(first)
    queue.add(second)
    go.set()
    queue.close(60)
    assert ran == ["first"]
    assert queue.count <= 1


def test_what_ends_while_the_queue_closes_is_told_to_nobody(
    qtbot: QtBot, qapp: QApplication
) -> None:
    """The result comes back after the window's parts, such as the queue's timer, are gone."""
    queue = PrintQueue()
    told = results_of(queue)
    go = threading.Event()

    def slow() -> PrintResult:
        go.wait(60)
        return PrintResult(True, "slow")

    queue.add(slow)
    threading.Timer(0.05, go.set).start()
    queue.close(60)
    shiboken6.delete(queue._timer)
    qapp.processEvents()
    assert told == []
    assert queue.count == 0
