"""The last log lines in memory: bounded, redacted when read, none twice and none lost."""

from __future__ import annotations

import logging
import threading

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.setup.log_ring import LogRing, line_text
from xumm_desk.setup.logging_setup import redact

KEY = "6dd91f0a-aaaa-4bbb-8ccc-0123456789ab"


def logger_of(ring: LogRing) -> logging.Logger:
    logger = logging.Logger("xumm_desk.test")  # noqa: LOG001 - one that no other test has
    logger.addHandler(ring)
    return logger


def test_a_line_is_redacted_when_it_is_read() -> None:
    ring = LogRing(redact)
    logger_of(ring).warning("key %s", KEY)
    [line] = ring.lines_after()
    assert line.text == "key 6dd91f0a…"
    assert (line.number, line.level, line.source) == (1, logging.WARNING, "xumm_desk.test")
    assert line_text(line).endswith("WARNING xumm_desk.test: key 6dd91f0a…")


def test_a_traceback_follows_its_line() -> None:
    ring = LogRing(redact)
    try:
        raise ValueError(f"token {KEY}")
    except ValueError:
        logger_of(ring).exception("it failed")
    [line] = ring.lines_after()
    assert line.text.startswith("it failed\nTraceback")
    assert KEY not in line.text


def test_a_line_whose_values_do_not_fit_stops_nothing(
    capsys: object,
) -> None:
    ring = LogRing(redact)
    logger = logger_of(ring)
    before, logging.raiseExceptions = logging.raiseExceptions, False
    try:
        logger.info("%d", "no number")
    finally:
        logging.raiseExceptions = before
    logger.info("the next")
    assert ring.last_lines(9)[0].endswith("the next")


def test_a_long_line_is_cut() -> None:
    ring = LogRing(redact)
    logger_of(ring).info("x" * 1_000_000)
    assert len(ring.lines_after()[0].text) < 50_000


@given(st.lists(st.one_of(st.none(), st.integers(0, 40)), max_size=80), st.integers(1, 30))
def test_a_reader_gets_each_line_that_is_still_kept_once_and_in_order(
    steps: list[int | None], capacity: int
) -> None:
    """None reads; a number logs so many lines."""
    ring = LogRing(redact, capacity)
    logger, logged, got, last = logger_of(ring), 0, [], 0
    for step in [*steps, None]:
        if step is None:
            lines = ring.lines_after(last)
            assert len(lines) == min(capacity, logged - last)
            got += [line.text for line in lines]
            last = lines[-1].number if lines else last
            assert last == logged
        else:
            for _ in range(step):
                logged += 1
                logger.info("line %d", logged)
    numbers = [int(text.removeprefix("line ")) for text in got]
    assert numbers == sorted(set(numbers))
    assert [line.text for line in ring.lines_after()] == [
        f"line {number}" for number in range(max(1, logged - capacity + 1), logged + 1)
    ]


def test_lines_of_many_threads_are_all_counted() -> None:
    ring = LogRing(redact, 100)
    logger = logger_of(ring)

    def work() -> None:
        for number in range(200):
            logger.info("line %d", number)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    seen = last = 0
    while any(thread.is_alive() for thread in threads):
        lines = ring.lines_after(last)
        assert [line.number for line in lines] == sorted({line.number for line in lines})
        seen, last = seen + len(lines), lines[-1].number if lines else last
    for thread in threads:
        thread.join()
    assert ring.count == 1200
    assert [line.number for line in ring.lines_after()] == list(range(1101, 1201))
