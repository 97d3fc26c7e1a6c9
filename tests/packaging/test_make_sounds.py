"""The sounds are those of the script: short, soft at the start, loud enough, and told apart."""

from __future__ import annotations

import math
import wave
from array import array
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from packaging_program import load_program

ROOT = Path(__file__).resolve().parents[2]


make_sounds = load_program("make_sounds")
NAMES = sorted(make_sounds.RECIPES)


def read(path: Path) -> array[int]:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getframerate() == make_sounds.RATE
        return array("h", file.readframes(file.getnframes()))


def committed(name: str) -> array[int]:
    return read(make_sounds.SOUNDS / f"{name}.wav")


def test_the_files_are_those_of_the_script(tmp_path: Path) -> None:
    make_sounds.write(tmp_path)
    assert sorted(path.stem for path in make_sounds.SOUNDS.glob("*.wav")) == NAMES
    for name in NAMES:
        made = read(tmp_path / f"{name}.wav")
        # Sines differ in the last digit between systems.
        assert len(made) == len(committed(name))
        assert max(abs(a - b) for a, b in zip(made, committed(name), strict=True)) <= 1


@pytest.mark.parametrize("name", NAMES)
def test_each_is_short_and_as_loud_as_the_others(name: str) -> None:
    values = committed(name)
    assert 0.3 <= len(values) / make_sounds.RATE <= 0.8
    assert max(map(abs, values)) == pytest.approx(make_sounds.PEAK * 32767, abs=1)


@pytest.mark.parametrize("name", NAMES)
def test_each_begins_and_ends_softly(name: str) -> None:
    values = committed(name)
    first = values[: round(0.002 * make_sounds.RATE)]
    assert max(map(abs, first)) < 0.1 * 32767
    assert max(map(abs, values[-20:])) < 0.03 * 32767
    assert max(abs(a - b) for a, b in pairwise(values)) < 0.5 * 32767


def loudness(values: array[int]) -> list[float]:
    """The height of each hundredth of a second, as a part of the greatest."""
    step = make_sounds.RATE // 100
    heights = [
        math.sqrt(sum(v * v for v in values[at : at + step]) / step)
        for at in range(0, len(values) - step, step)
    ]
    return [height / max(heights) for height in heights]


def strength(values: array[int], pitch: float) -> float:
    """How much of a pitch is in the samples."""
    turns = [math.tau * pitch * n / make_sounds.RATE for n in range(len(values))]
    real = sum(v * math.cos(t) for v, t in zip(values, turns, strict=True))
    imaginary = sum(v * math.sin(t) for v, t in zip(values, turns, strict=True))
    return math.hypot(real, imaginary)


def test_no_two_share_a_pitch_or_a_rhythm() -> None:
    pitches = {name: {tone.pitch for tone in make_sounds.RECIPES[name][1]} for name in NAMES}
    for one, other in combinations(NAMES, 2):
        assert not pitches[one] & pitches[other]
        pairs = zip(loudness(committed(one)), loudness(committed(other)), strict=False)
        assert max(abs(a - b) for a, b in pairs) > 0.5, "they differ without any pitch"
    for name in NAMES:
        own = max(strength(committed(name), pitch) for pitch in pitches[name])
        foreign = max(
            strength(committed(name), pitch)
            for other in NAMES
            if other != name
            for pitch in pitches[other]
        )
        assert own > 3 * foreign


def test_paid_rises_and_failed_falls() -> None:
    def tones(name: str) -> list[float]:
        return [tone.pitch for tone in make_sounds.RECIPES[name][1]]

    assert tones("paid") == sorted(tones("paid"))
    assert tones("failed") == sorted(tones("failed"), reverse=True)
    assert len(set(tones("attention"))) == 1
