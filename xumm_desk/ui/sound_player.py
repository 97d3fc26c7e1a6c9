"""Play WAV files in a thread of their own, through miniaudio.

The library is loaded with the first sound, after the first window. A computer without a sound
device gets one line in the log.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import wave
from array import array
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, Protocol

from .sounds import Sound

log = logging.getLogger(__name__)

RETRY: Final = 60.0
"""Seconds for which a device that failed is left alone: one may be plugged in later."""

_DRAIN: Final = 0.25
"""Seconds that the last samples need from here to the loudspeaker."""

_BUFFER_MS: Final = 60
_PATIENCE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Samples:
    """16 bit mono, `rate` a second."""

    values: array[int]
    rate: int


class Output(Protocol):
    """A sound device."""

    def play(self, samples: Samples, stop: threading.Event) -> None:
        """Play to the end, or until `stop` is set. Raises whatever keeps it from that."""
        ...


class MiniaudioOutput:
    """The computer's sound device, opened for each sound: between two of them it may sleep, and
    another one may have become the default. `backends` are miniaudio's, None for all."""

    def __init__(self, backends: list[Any] | None = None) -> None:
        self._backends = backends

    def play(self, samples: Samples, stop: threading.Event) -> None:
        """See `Output`."""
        import miniaudio  # noqa: PLC0415 - the window comes first

        with miniaudio.PlaybackDevice(
            nchannels=1,
            sample_rate=samples.rate,
            buffersize_msec=_BUFFER_MS,
            backends=self._backends,
            app_name="Xumm Desk",
        ) as device:
            feed = _feed(samples.values)
            next(feed)
            device.start(feed)
            stop.wait(len(samples.values) / samples.rate + _DRAIN)


def _feed(values: array[int]) -> Generator[array[int] | bytes, int, None]:
    """The samples in the portions that the device asks for, then silence."""
    wanted = yield b""
    at = 0
    while at < len(values):
        part = values[at : at + wanted]
        at += wanted
        wanted = yield part
    while True:
        yield b""


def read_wav(path: Path) -> Samples:
    """The samples of a file of ours; raises `OSError`, `EOFError` or `wave.Error`."""
    with wave.open(str(path), "rb") as file:
        if (file.getnchannels(), file.getsampwidth()) != (1, 2):
            raise wave.Error("not 16 bit mono")
        values = array("h", file.readframes(file.getnframes()))
        if sys.byteorder == "big":
            values.byteswap()
        return Samples(values, file.getframerate())


def scaled(samples: Samples, volume: int) -> Samples:
    """The samples at this volume, 0 to 100. Loudness grows with the power of a sound, so half the
    volume is a quarter of the height."""
    gain = (max(0, min(100, volume)) / 100) ** 2
    return Samples(array("h", (round(value * gain) for value in samples.values)), samples.rate)


@dataclass(slots=True)
class _Job:
    sound: Sound
    volume: int
    stop: threading.Event = field(default_factory=threading.Event)


class SoundPlayer:
    """Plays the files `paid.wav`, `attention.wav` and `failed.wav` of `folder`, one at a time."""

    def __init__(
        self,
        folder: Path,
        output: Output | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._output, self._monotonic = folder, output or MiniaudioOutput(), monotonic
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._last: _Job | None = None
        self._files: dict[Sound, Samples] = {}
        self._not_before = 0.0
        self._reported = False

    def play(self, sound: Sound, volume: int) -> None:
        """Play it now, instead of one that still sounds; returns at once."""
        if self._last is not None:
            self._last.stop.set()
        self._last = _Job(sound, volume)
        self._jobs.put(self._last)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sounds", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Fall silent. The device calls into Python, so it is closed before the program ends."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._last is not None:
            self._last.stop.set()
        self._jobs.put(None)
        thread.join(_PATIENCE)

    # In its thread.

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            if not job.stop.is_set() and self._monotonic() >= self._not_before:
                self._play(job)

    def _play(self, job: _Job) -> None:
        try:
            if job.sound not in self._files:
                self._files[job.sound] = read_wav(self._folder / f"{job.sound.name.lower()}.wav")
            self._output.play(scaled(self._files[job.sound], job.volume), job.stop)
        except Exception as error:  # noqa: BLE001 - a sound is never worth an error at the till
            self._not_before = self._monotonic() + RETRY
            if not self._reported:
                self._reported = True
                log.warning("no sound can be played (%s: %s)", type(error).__name__, error)
        else:
            self._reported = False
