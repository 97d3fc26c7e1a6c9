"""Saved filters in the settings."""

from __future__ import annotations

import json
from pathlib import Path

from pytestqt.qtbot import QtBot

from xumm_desk.core.history.period import Period
from xumm_desk.core.history.query import HistoryQuery
from xumm_desk.core.history.saved_filter import SavedFilter
from xumm_desk.store.settings_file import SettingsFile
from xumm_desk.ui.requests.saved_filters.filter_store import FilterStore

ANNA = SavedFilter("Anna", HistoryQuery(cashiers=frozenset({"Anna"})), Period.TODAY)
TILL = SavedFilter("Till 2", HistoryQuery(tills=frozenset({"2"})))


def test_they_are_there_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    store = FilterStore(SettingsFile(path))
    with qtbot.waitSignals([store.changed] * 3):
        store.save(ANNA)
        store.save(TILL)
        store.move("Till 2", -1)
    again = FilterStore(SettingsFile(path))
    assert again.filters == (TILL, ANNA)
    again.rename("Anna", "Mrs Anna")
    again.delete("Till 2")
    assert [one.name for one in FilterStore(SettingsFile(path)).filters] == ["Mrs Anna"]


def test_what_a_newer_version_keeps_stays(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    newer = {"name": "Moon", "query": {"phases": ["full"]}}
    SettingsFile(path).change(saved_filters=[newer, ANNA.to_json()], shop_name="Café")
    store = FilterStore(SettingsFile(path))
    assert store.filters == (ANNA,)
    store.save(TILL)
    kept = json.loads(path.read_text("utf-8"))
    assert newer in kept["saved_filters"]
    assert kept["shop_name"] == "Café"


def test_a_list_that_is_none_loses_nothing_else(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"shop_name": "Café", "saved_filters": "all of them"}', "utf-8")
    settings = SettingsFile(path)
    assert FilterStore(settings).filters == ()
    assert settings.value.shop_name == "Café"
    assert "saved filters of the requests" in settings.problems[0]


def test_a_change_of_nothing_writes_nothing(qtbot: QtBot, tmp_path: Path) -> None:
    store = FilterStore(SettingsFile(tmp_path / "settings.json"))
    store.save(ANNA)
    before = (tmp_path / "settings.json").read_bytes()
    with qtbot.assertNotEmitted(store.changed):
        store.move("Anna", 3)
        store.delete("nobody")
    assert (tmp_path / "settings.json").read_bytes() == before
