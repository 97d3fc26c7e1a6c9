"""Compute the program's sounds: short WAV files, 16 bit mono, the same at every run.

Run it with any Python after a change; the files go into `resources/sounds`:

    python3 packaging/make_sounds.py
"""

from __future__ import annotations

import math
import sys
import wave
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SOUNDS = Path(__file__).resolve().parent.parent / "resources" / "sounds"
RATE = 22_050
"""Samples a second: enough for tones below 4 kHz, and half the size of a compact disc's."""

ATTACK = 0.012
"""Seconds until a tone is at its loudest: no click, and nobody is startled."""

RELEASE = 0.03
"""Seconds in which the rest of a tone fades to nothing."""

PEAK = 0.7
"""The loudest sample as a part of what 16 bits hold."""


@dataclass(frozen=True)
class Tone:
    """One tone: its start and length in seconds, its pitch in hertz, the strength of its overtones
    from the octave on, and how fast it dies away (in halvings a second)."""

    start: float
    length: float
    pitch: float
    overtones: Sequence[float] = (0.25, 0.08)
    decay: float = 4.0
    loudness: float = 1.0


RECIPES: dict[str, tuple[float, tuple[Tone, ...]]] = {
    # Paid: two bright bells that rise by a fifth, the second one rings on.
    "paid": (
        0.62,
        (
            Tone(0.0, 0.3, 783.99, decay=9.0, loudness=0.8),
            Tone(0.11, 0.5, 1174.66, decay=7.0),
        ),
    ),
    # Attention: one middle note three times, even and dry.
    "attention": (
        0.6,
        tuple(Tone(start, 0.13, 493.88, (0.5, 0.3, 0.1), 6.0) for start in (0.0, 0.22, 0.44)),
    ),
    # Failed: two low, dull notes that fall by a fourth, the second one longer.
    "failed": (
        0.7,
        (
            Tone(0.0, 0.22, 293.66, (0.6, 0.25, 0.12), 3.0),
            Tone(0.25, 0.44, 220.0, (0.6, 0.25, 0.12), 3.5),
        ),
    ),
}


def samples(name: str) -> array[int]:
    """The samples of one sound."""
    length, tones = RECIPES[name]
    mixed = [0.0] * round(length * RATE)
    for tone in tones:
        _add(mixed, tone)
    loudest = max(map(abs, mixed))
    return array("h", (round(value / loudest * PEAK * 32767) for value in mixed))


def _add(mixed: list[float], tone: Tone) -> None:
    first, count = round(tone.start * RATE), round(tone.length * RATE)
    for index in range(min(count, len(mixed) - first)):
        at = index / RATE
        attack = min(1.0, at / ATTACK)
        rise = attack * attack * (3 - 2 * attack)  # begins and ends without an edge
        fall = min(1.0, (tone.length - at) / RELEASE) * 0.5 ** (tone.decay * at)
        wave_height = math.sin(math.tau * tone.pitch * at)
        for number, strength in enumerate(tone.overtones, 2):
            wave_height += strength * math.sin(math.tau * tone.pitch * number * at)
        mixed[first + index] += tone.loudness * rise * fall * wave_height


def write(folder: Path) -> None:
    """Write every sound into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in RECIPES:
        values = samples(name)
        if sys.byteorder == "big":
            values.byteswap()
        with wave.open(str(folder / f"{name}.wav"), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(values.tobytes())


if __name__ == "__main__":
    write(SOUNDS)
