"""The screens are kept awake where the system offers it; elsewhere one line of the log says so."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from queue import SimpleQueue

import pytest
from pytestqt.qtbot import QtBot

from xumm_desk.ui.customer.keep_awake import KeepAwake


def test_it_holds_as_long_as_wanted(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "WAKEPY_FAKE_SUCCESS", "yes")
    before = _threads()
    awake = KeepAwake()
    for _ in range(2):
        awake.set_awake(True)
        awake.set_awake(True)
        qtbot.waitUntil(lambda: awake.active)
        awake.set_awake(False)
        qtbot.waitUntil(lambda: not awake.active)
    qtbot.waitUntil(lambda: _threads() <= before)


def test_a_system_without_a_way_is_one_line_of_the_log(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(os.environ, "WAKEPY_FORCE_FAILURE", "yes")
    awake = KeepAwake()
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            awake.set_awake(True)
            assert awake.tried.wait(20)
            assert not awake.active
            awake.set_awake(False)
    assert [line.name for line in caplog.records] == ["xumm_desk.ui.customer.keep_awake"]


def test_it_does_nothing_before_it_is_wanted() -> None:
    before = _threads()
    awake = KeepAwake()
    awake.set_awake(False)
    assert not awake.tried.is_set()
    assert _threads() <= before


def _threads() -> set[threading.Thread]:
    return {one for one in threading.enumerate() if one.name == "keep awake"}


@pytest.fixture
def screen_saver(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleQueue[str]]:
    """A session bus with a screen saver on it; the names of the calls that it got."""
    if shutil.which("dbus-daemon") is None:
        pytest.skip("needs a D-Bus daemon")
    jeepney = pytest.importorskip("jeepney")
    message_bus = pytest.importorskip("jeepney.bus_messages").message_bus
    blocking = pytest.importorskip("jeepney.io.blocking")
    daemon = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    address = daemon.stdout.readline().strip()
    monkeypatch.setitem(os.environ, "DBUS_SESSION_BUS_ADDRESS", address)
    connection = blocking.open_dbus_connection(bus=address)
    connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.ScreenSaver"))
    calls: SimpleQueue[str] = SimpleQueue()

    def serve() -> None:
        while True:
            try:
                message = connection.receive()
            except OSError:
                return  # the bus has ended
            if message.header.message_type is jeepney.MessageType.method_call:
                name = message.header.fields[jeepney.HeaderFields.member]
                body = ("u", (7,)) if name == "Inhibit" else ()
                connection.send(jeepney.new_method_return(message, *body))
                calls.put(name)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    yield calls
    daemon.terminate()
    daemon.communicate()
    server.join(20)
    connection.close()


def test_a_desktop_s_screen_saver_is_held_back_and_let_go(
    screen_saver: SimpleQueue[str],
) -> None:
    awake = KeepAwake()
    awake.set_awake(True)
    assert screen_saver.get(timeout=20) == "Inhibit"
    assert awake.tried.wait(20)
    assert awake.active
    awake.set_awake(False)
    assert screen_saver.get(timeout=20) == "UnInhibit"
