"""Unhandled errors become reports: counted, redacted, bounded, from any thread."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.setup import error_reports
from xumm_desk.setup.error_reports import MAX_REPORTS, ErrorReports, Origin
from xumm_desk.setup.logging_setup import redact

KEY = "6dd91f0a-aaaa-4bbb-8ccc-0123456789ab"


def raised(error: Exception) -> Exception:
    """The error as an except clause has it, always of this one place."""
    try:
        raise error
    except Exception as caught:  # noqa: BLE001 - any
        return caught


def test_the_same_error_is_one_report_with_a_count() -> None:
    reports = ErrorReports(redact)
    for number in range(100):
        reports.add(raised(ValueError(f"number {number}")), Origin.WINDOW)
    [report] = reports.reports()
    assert report.count == 100
    assert report.title == "ValueError: number 0"
    assert "100 times" in reports.text()


def test_errors_of_other_places_and_kinds_are_reports_of_their_own() -> None:
    reports = ErrorReports(redact)
    reports.add(raised(ValueError("one")), Origin.WINDOW)
    reports.add(raised(KeyError("two")), Origin.WINDOW)
    try:
        int("three")
    except ValueError as error:
        reports.add(error, Origin.TASK, "a task")
    assert [report.count for report in reports.reports()] == [1, 1, 1]
    assert reports.reports()[2].name == "a task"


def test_nothing_secret_is_in_a_report() -> None:
    reports = ErrorReports(redact, context=lambda: ["the log"])
    reports.add(raised(ValueError(f"key {KEY}")), Origin.TASK, f"watch {KEY}")
    reports.add_text(f"Qt {KEY}", f"Qt {KEY}", Origin.QT)
    shown = repr(reports.reports()) + reports.text()
    assert KEY not in shown
    assert "6dd91f0a…" in shown
    assert reports.text().endswith("the log\n")


def test_a_flood_of_different_errors_is_counted_and_not_kept() -> None:
    reports = ErrorReports(redact)
    for number in range(MAX_REPORTS + 30):
        reports.add_text(f"error {number}", "words", Origin.QT)
    assert len(reports.reports()) == MAX_REPORTS
    assert "30 further errors" in reports.text()


def test_a_report_has_a_limit(monkeypatch: object) -> None:
    reports = ErrorReports(redact)
    reports.add_text("long", "x" * 1_000_000, Origin.QT)
    assert len(reports.reports()[0].text) <= error_reports.MAX_TEXT + 10


def test_an_error_without_a_readable_text_is_reported_all_the_same() -> None:
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("no text either")

    reports = ErrorReports(redact)
    told: list[int] = []
    reports.on_change(lambda: told.append(1))
    reports.add(raised(OddError()), Origin.WINDOW)
    assert "OddError" in reports.reports()[0].title
    assert told == [1]


def test_a_listener_that_fails_stops_nothing() -> None:
    reports = ErrorReports(redact)

    def fail() -> None:
        raise RuntimeError("the window is gone")

    leave = reports.on_change(fail)
    reports.add(raised(ValueError("x")), Origin.WINDOW)
    leave()
    assert len(reports.reports()) == 1


def test_after_the_end_nobody_is_told() -> None:
    reports = ErrorReports(redact)
    told: list[int] = []
    reports.on_change(lambda: told.append(1))
    reports.close()
    reports.add(raised(ValueError("late")), Origin.CLEAN_UP)
    assert told == []


def test_the_first_and_the_last_time_are_kept() -> None:
    start = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    times = iter([start, start + timedelta(minutes=5)])
    reports = ErrorReports(redact, now=lambda: next(times))
    for _ in range(2):
        reports.add(raised(ValueError("x")), Origin.WINDOW)
    [report] = reports.reports()
    assert (report.first_at, report.last_at) == (start, start + timedelta(minutes=5))
    assert "2026-01-02 03:04:05 UTC to 2026-01-02 03:09:05 UTC" in reports.text()


@given(st.lists(st.integers(0, 30), max_size=60))
def test_no_error_is_lost_from_the_counts(order: list[int]) -> None:
    reports = ErrorReports(redact)
    for number in order:
        reports.add_text(f"error {number}", "words", Origin.QT)
    kept = reports.reports()
    first = list(dict.fromkeys(order))[:MAX_REPORTS]
    assert [report.title for report in kept] == [f"error {number}" for number in first]
    assert [report.count for report in kept] == [order.count(number) for number in first]


def test_many_threads_report_at_once() -> None:
    reports = ErrorReports(redact)

    def work() -> None:
        for _ in range(50):
            reports.add(raised(ValueError("x")), Origin.THREAD, "worker")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [report] = reports.reports()
    assert report.count == 400
