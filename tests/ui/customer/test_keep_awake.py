"""The screens are kept awake where the system offers it; elsewhere one line of the log says so."""

from __future__ import annotations

import logging
import os

import pytest
from pytestqt.qtbot import QtBot

from xumm_desk.ui.customer.keep_awake import KeepAwake


def test_it_holds_as_long_as_wanted(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "WAKEPY_FAKE_SUCCESS", "yes")
    awake = KeepAwake()
    for _ in range(2):
        awake.set_awake(True)
        awake.set_awake(True)
        qtbot.waitUntil(lambda: awake.active, timeout=20_000)
        awake.set_awake(False)
        qtbot.waitUntil(lambda: not awake.active, timeout=20_000)


def test_a_system_without_a_way_is_one_line_of_the_log(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(os.environ, "WAKEPY_FORCE_FAILURE", "yes")
    awake = KeepAwake()
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            awake.set_awake(True)
            awake.set_awake(False)
        done = awake.idle()
        qtbot.waitUntil(done.is_set, timeout=20_000)
    assert not awake.active
    assert [line.name for line in caplog.records] == ["xumm_desk.ui.customer.keep_awake"]


def test_it_does_nothing_before_it_is_wanted() -> None:
    awake = KeepAwake()
    awake.set_awake(False)
    assert not awake.active
    assert awake.idle().is_set()
