"""The last hour of one lamp: when its level or its word changed, and samples of its value."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from xumm_desk.core.message import Message

from .lamp import LampLevel, LampReading

SPAN: Final = 3600.0
"""Seconds that are kept."""

_MAX_PERIODS: Final = 400
"""A lamp that flickers faster than that for an hour keeps the newest ones."""

_SAMPLE: Final = 20.0
"""Seconds of one sample."""

GAP: Final = 30.0
"""Seconds without a reading after which nothing is claimed about the time between: the computer
slept, or the program was busy."""


@dataclass(frozen=True, slots=True)
class LampPeriod:
    """A time in which the lamp did not change, in monotonic seconds."""

    start: float
    end: float
    level: LampLevel
    word: str
    meaning: str = ""

    @property
    def seconds(self) -> float:
        """How long it lasted."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class LampSample:
    """The lowest and the highest value within some seconds from `start`, monotonic."""

    start: float
    low: int
    high: int


class LampHistory:
    """Bounded by `SPAN` and by a number of periods, whatever happens."""

    def __init__(self) -> None:
        self._periods: deque[LampPeriod] = deque(maxlen=_MAX_PERIODS)
        self._samples: deque[LampSample] = deque(maxlen=int(SPAN / _SAMPLE) + 1)

    def record(self, reading: LampReading, now: float) -> bool:
        """Add what the lamp says at `now`, monotonic seconds; returns whether it became worse. A
        time before the last one is ignored."""
        last = self._periods[-1] if self._periods else None
        if last is not None and now < last.end:
            return False
        self._forget(now)
        self._sample(reading.value, now)
        if last is not None and now - last.end > GAP:
            self._periods.append(LampPeriod(last.end, now, LampLevel.UNKNOWN, ""))
        elif last is not None:
            last = self._periods[-1] = replace(last, end=now)
            if _is_same(last, reading):
                self._periods[-1] = replace(last, word=reading.word, meaning=reading.meaning)
                return False
        new = LampPeriod(now, now, reading.level, reading.word, reading.meaning)
        self._periods.append(new)
        before = last.level if last is not None else LampLevel.WELL
        return reading.level > max(before, LampLevel.WELL)

    def periods(self, now: float) -> Sequence[LampPeriod]:
        """What is known of the hour before `now`, oldest first and without holes between; the
        newest ends at the last reading."""
        start = now - SPAN
        return tuple(
            replace(one, start=max(start, one.start)) for one in self._periods if one.end > start
        )

    def samples(self, now: float) -> Sequence[LampSample]:
        """The values of the hour before `now`, oldest first; empty for a lamp without one."""
        return tuple(one for one in self._samples if one.start >= now - SPAN)

    def _sample(self, value: int | None, now: float) -> None:
        if value is None:
            return
        last = self._samples[-1] if self._samples else None
        if last is not None and now - last.start < _SAMPLE:
            low, high = min(last.low, value), max(last.high, value)
            self._samples[-1] = LampSample(last.start, low, high)
        else:
            self._samples.append(LampSample(now, value, value))

    def _forget(self, now: float) -> None:
        while len(self._periods) > 1 and self._periods[0].end < now - SPAN:
            self._periods.popleft()
        while self._samples and self._samples[0].start < now - SPAN:
            self._samples.popleft()


def totals(periods: Sequence[LampPeriod]) -> dict[LampLevel, float]:
    """Seconds of each level among `periods`, the worst first; levels that never were are left
    out."""
    found = dict.fromkeys(sorted(LampLevel, reverse=True), 0.0)
    for one in periods:
        found[one.level] += one.seconds
    return {level: seconds for level, seconds in found.items() if seconds > 0}


def _is_same(last: LampPeriod, reading: LampReading) -> bool:
    """Numbers inside of a word are no change: "4 of 5" follows "5 of 6" at every sale."""
    return last.level == reading.level and (
        reading.level <= LampLevel.WELL or _kind(last.word) == _kind(reading.word)
    )


def _kind(word: str) -> str:
    return word.id if isinstance(word, Message) else word
