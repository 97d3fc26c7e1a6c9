"""The thread that plays: files as they are, one sound at a time, and no device without a fuss."""

from __future__ import annotations

import logging
import threading
from array import array
from collections.abc import Iterator
from pathlib import Path

import miniaudio
import pytest

from xumm_desk.setup.resources import resources
from xumm_desk.ui.sound_player import (
    RETRY,
    MiniaudioOutput,
    Samples,
    SoundPlayer,
    read_wav,
    scaled,
)
from xumm_desk.ui.sounds import Sound

FOLDER = resources() / "sounds"
PATIENCE = 240.0


class FakeOutput:
    """A device that records what was played, and plays until it is told to go on."""

    def __init__(self) -> None:
        self.played: list[Samples] = []
        self.started = threading.Semaphore(0)
        self.stops: list[threading.Event] = []
        self.error: Exception | None = None
        self.holds = False

    def play(self, samples: Samples, stop: threading.Event) -> None:
        self.played.append(samples)
        self.stops.append(stop)
        self.started.release()
        if self.error is not None:
            raise self.error
        if self.holds:
            assert stop.wait(PATIENCE)

    def wait(self) -> None:
        assert self.started.acquire(timeout=PATIENCE)


@pytest.fixture
def output() -> FakeOutput:
    return FakeOutput()


@pytest.fixture
def player(output: FakeOutput) -> Iterator[SoundPlayer]:
    made = SoundPlayer(FOLDER, output)
    yield made
    made.close()


def test_it_plays_the_file_of_the_sound_at_the_volume(
    player: SoundPlayer, output: FakeOutput
) -> None:
    player.play(Sound.PAID, 50)
    output.wait()
    whole = read_wav(FOLDER / "paid.wav")
    assert len(output.played[0].values) == len(whole.values)
    assert max(output.played[0].values) == pytest.approx(max(whole.values) / 4, abs=1)


def test_a_new_sound_ends_the_one_that_is_playing(player: SoundPlayer, output: FakeOutput) -> None:
    output.holds = True
    player.play(Sound.PAID, 100)
    output.wait()
    player.play(Sound.ATTENTION, 100)
    output.wait()
    assert output.stops[0].is_set()
    assert not output.stops[1].is_set()


def test_closing_ends_the_sound_and_the_thread(player: SoundPlayer, output: FakeOutput) -> None:
    output.holds = True
    player.play(Sound.PAID, 100)
    output.wait()
    thread = player._thread
    assert thread is not None
    player.close()
    assert not thread.is_alive()
    player.close()


def test_no_device_is_one_line_in_the_log_and_no_storm(
    output: FakeOutput, caplog: pytest.LogCaptureFixture
) -> None:
    at = 1000.0
    player = SoundPlayer(FOLDER, output, monotonic=lambda: at)
    output.error = miniaudio.MiniaudioError("failed to init device")
    for _ in range(20):
        player.play(Sound.PAID, 100)
    player.close()
    tried = len(output.played)
    assert tried <= 1, "most were replaced by the next one before they began"
    at += RETRY
    player.play(Sound.PAID, 100)
    player.close()
    assert len(output.played) == tried + 1, "a device may have been plugged in"
    lines = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert "no sound can be played" in lines[0].getMessage()


def test_a_missing_or_foreign_file_is_no_error_at_the_till(
    output: FakeOutput, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "paid.wav").write_bytes(b"RIFF no sound")
    for sound in (Sound.PAID, Sound.ATTENTION):
        player = SoundPlayer(tmp_path, output)
        player.play(sound, 100)
        player.close()
    assert output.played == []
    assert "no sound can be played" in caplog.text


def test_volume_scales_and_never_overflows() -> None:
    loud = Samples(array("h", [32767, -32768, 100]), 8000)
    assert scaled(loud, 100).values == loud.values
    assert scaled(loud, 500).values == loud.values
    assert list(scaled(loud, 0).values) == [0, 0, 0]
    assert list(scaled(loud, 50).values) == [8192, -8192, 25]


@pytest.mark.parametrize("sound", Sound)
def test_every_sound_plays_to_its_end_on_a_device(sound: Sound) -> None:
    samples = read_wav(FOLDER / f"{sound.name.lower()}.wav")
    MiniaudioOutput([miniaudio.Backend.NULL]).play(samples, threading.Event())


def test_a_sound_on_a_device_can_be_ended() -> None:
    stop = threading.Event()
    stop.set()
    long = Samples(array("h", bytes(2 * 8000 * 600)), 8000)
    MiniaudioOutput([miniaudio.Backend.NULL]).play(long, stop)
