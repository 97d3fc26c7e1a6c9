"""Which sound is heard: the gravest of those that come together, and none that the shop does not
want."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication

from ui.till.sales import sale_row
from xumm_desk.core.status import Status
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.sounds import QUIET, Sound, Sounds, sound_of


class FakePlayer:
    """Notes what it is asked to play."""

    def __init__(self) -> None:
        self.played: list[tuple[Sound, int]] = []

    def play(self, sound: Sound, volume: int) -> None:
        self.played.append((sound, volume))


class Bench:
    """Sounds over a fake player and a clock that stands still."""

    def __init__(self, folder: Path) -> None:
        self.saved = SettingsFile(folder / "settings.json")
        self.player, self.at = FakePlayer(), 100.0
        self.sounds = Sounds(self.player, lambda: self.saved, monotonic=lambda: self.at)

    def heard(self) -> list[Sound]:
        for _ in range(3):
            QApplication.processEvents()
        heard = [sound for sound, _ in self.player.played]
        self.player.played.clear()
        return heard


@pytest.fixture
def bench(app: QApplication, tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_each_status_that_a_cashier_waits_for_has_its_sound() -> None:
    expected = {
        Status.PAID: Sound.PAID,
        Status.DECLINED: Sound.FAILED,
        Status.EXPIRED: Sound.FAILED,
        Status.FAILED: Sound.FAILED,
        Status.CHECK: Sound.ATTENTION,
        Status.PAID_LATE: Sound.ATTENTION,
        Status.EXPIRED_OPENED: Sound.ATTENTION,
        Status.UNVERIFIED: Sound.ATTENTION,
    }
    assert {status: sound_of(sale_row(status, 1)) for status in Status} == {
        status: expected.get(status) for status in Status
    }


def test_money_of_another_network_does_not_sound_like_paid() -> None:
    row = sale_row(Status.PAID, 1)
    assert sound_of(replace(row, verdict=replace(row.verdict, foreign_network="TESTNET"))) is (
        Sound.ATTENTION
    )


def test_of_several_at_once_only_the_gravest_is_heard(bench: Bench) -> None:
    for status in (Status.PAID, Status.CHECK, Status.DECLINED, Status.PAID):
        bench.sounds.on_ended(sale_row(status, 1))
    assert bench.heard() == [Sound.ATTENTION]


def test_within_a_second_only_a_graver_one_is_heard(bench: Bench) -> None:
    bench.sounds.ask(Sound.FAILED)
    assert bench.heard() == [Sound.FAILED]
    bench.at += QUIET / 2
    for sound in (Sound.PAID, Sound.FAILED):
        bench.sounds.ask(sound)
        assert bench.heard() == []
    bench.sounds.ask(Sound.ATTENTION)
    assert bench.heard() == [Sound.ATTENTION]
    bench.at += QUIET
    bench.sounds.ask(Sound.PAID)
    assert bench.heard() == [Sound.PAID]


@pytest.mark.parametrize("sound", Sound)
def test_each_sound_can_be_switched_off_and_all_be_made_silent(bench: Bench, sound: Sound) -> None:
    bench.saved.change(**{f"sound_{sound.name.lower()}": False})
    bench.sounds.ask(sound)
    assert bench.heard() == []
    bench.saved.change(**{f"sound_{sound.name.lower()}": True}, sound_volume=0)
    bench.sounds.ask(sound)
    assert bench.heard() == []


def test_a_sound_that_is_switched_off_does_not_hide_another_one(bench: Bench) -> None:
    bench.saved.change(sound_attention=False)
    bench.sounds.ask(Sound.ATTENTION)
    bench.sounds.ask(Sound.PAID)
    assert bench.heard() == [Sound.PAID]


def test_the_volume_is_the_shops_whatever_the_file_says(bench: Bench) -> None:
    bench.saved.change(sound_volume=900)
    bench.sounds.ask(Sound.PAID)
    QApplication.processEvents()
    assert bench.player.played == [(Sound.PAID, 100)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Sound), st.floats(0, 2)), max_size=12))
def test_sounds_never_pile_up(
    app: QApplication, tmp_path: Path, asked: list[tuple[Sound, float]]
) -> None:
    bench = Bench(tmp_path)
    played: list[tuple[float, Sound]] = []
    for sound, pause in asked:
        bench.at += pause
        bench.sounds.ask(sound)
        played += [(bench.at, heard) for heard in bench.heard()]
    for (before, last), (after, this) in pairwise(played):
        assert after - before >= QUIET or this > last
    if asked:
        assert played
        assert max(sound for sound, _ in asked) in {sound for _, sound in played}
