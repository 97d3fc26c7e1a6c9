"""Preferences: a file that a person can read, which no damage may turn into a crash."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.sale import settings_check
from xumm_desk.core.settings import Settings
from xumm_desk.store.settings_file import SettingsFile, read_pairs


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings are."""
    return tmp_path / "shop" / "settings.json"


def sample_address() -> str:
    """An address whose checksum is right."""
    return "rPT1Sjq2YGrBMTttX4GZHjKu9dyfzbpAYe"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def test_without_a_file_there_are_defaults_and_no_file(file: Path) -> None:
    settings = SettingsFile(file)
    assert settings.value == Settings()
    assert settings.is_new
    assert settings.problems == ()
    assert not file.exists()


def test_a_change_is_there_after_the_next_start(file: Path) -> None:
    settings = SettingsFile(file)
    settings.change(destination="rShop", expire="15", layout={"main": "00ff"})
    settings.change(currency="€")
    again = SettingsFile(file).value
    assert again == settings.value
    assert (again.destination, again.currency, again.layout) == ("rShop", "€", {"main": "00ff"})
    assert list(file.parent.iterdir()) == [file]
    assert "€" in file.read_text(encoding="utf-8")


def test_a_change_to_the_same_writes_nothing(file: Path) -> None:
    assert SettingsFile(file).change(expire="5") == Settings()
    assert not file.exists()


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '"text"', '{"expire": }', "[" * 100_000, "\x00\x00"],
    ids=["empty", "cut", "list", "null", "text", "wrong", "deep", "zeros"],
)
def test_a_damaged_file_means_defaults_without_a_currency_and_is_renamed(
    file: Path, text: str
) -> None:
    write(file, text)
    settings = SettingsFile(file)
    assert settings.value == Settings(shop_currency="")
    assert "settings file is damaged" in settings.problems[0]
    assert str(file.with_suffix(".damaged")) in settings.problems[0]
    assert not settings.is_new
    aside = file.with_suffix(".damaged")
    assert aside.read_text(encoding="utf-8") == text
    assert not file.exists()
    settings.change(expire="9")
    assert SettingsFile(file).value.expire == "9"
    assert aside.read_text(encoding="utf-8") == text


def test_a_file_that_is_no_text_is_renamed(file: Path) -> None:
    file.parent.mkdir(parents=True)
    file.write_bytes(b"\xff\xfe\x00{")
    assert SettingsFile(file).value == Settings(shop_currency="")
    assert file.with_suffix(".damaged").read_bytes() == b"\xff\xfe\x00{"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("destination", 5),
        ("destination", None),
        ("expire", 5),
        ("practice_port", "8080"),
        ("practice_port", True),
        ("practice_port", 8080.0),
        ("layout", []),
        ("layout", "x"),
        ("layout", {"main": 5}),
        ("scheme", ["dark"]),
    ],
)
def test_a_value_of_a_wrong_type_is_the_default_and_the_others_stay(
    file: Path, name: str, value: Any
) -> None:
    write(file, json.dumps({"issuer": "rIssuer", "unknown": 1, name: value}))
    read = SettingsFile(file)
    assert read.value.issuer == "rIssuer"
    assert getattr(read.value, name) == getattr(Settings(), name)
    assert settings_check.label_of(name) in read.problems[0]
    kept = file.with_suffix(".damaged")
    assert str(kept) in read.problems[0]
    assert json.loads(kept.read_text())[name] == value


def test_a_currency_of_a_wrong_type_is_not_replaced_by_xrp(file: Path) -> None:
    """Prices in euros must not become prices in XRP."""
    write(file, json.dumps({"shop_currency": ["EUR"]}))
    read = SettingsFile(file)
    assert read.value.shop_currency == ""
    assert settings_check.NO_CURRENCY in read.problems


def test_a_file_of_an_older_program_is_read_and_nothing_is_said(file: Path) -> None:
    write(file, json.dumps({"destination": sample_address(), "expire": "15"}))
    read = SettingsFile(file)
    assert read.value == Settings(destination=sample_address(), expire="15")
    assert read.problems == ()


def test_what_a_newer_program_has_written_is_kept(file: Path) -> None:
    write(file, json.dumps({"expire": "15", "drawer": {"opens": True}}))
    SettingsFile(file).change(expire="20")
    assert json.loads(file.read_text())["drawer"] == {"opens": True}


@given(data=st.data())
def test_a_cut_file_is_read_as_far_as_it_goes(data: st.DataObject) -> None:
    whole = {"destination": "rShop", "shop_currency": "EUR", "tips": ["5"], "practice_port": 8080}
    text = json.dumps(whole, indent=2)
    cut = data.draw(st.integers(0, len(text) - 1))
    found = read_pairs(text[:cut])
    assert found == {key: whole[key] for key in list(whole)[: len(found)]}
    complete = sum(f'"{key}": ' in text[:cut] for key in whole)
    assert len(found) >= complete - 1


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert isinstance(read_pairs(text), dict)


def test_a_cut_file_says_how_much_of_it_holds(file: Path) -> None:
    write(file, '{"shop_currency": "EUR", "till": "Bar", "cash')
    read = SettingsFile(file)
    assert (read.value.shop_currency, read.value.till) == ("EUR", "Bar")
    assert "2 settings could be read" in read.problems[0]


def test_an_earlier_damaged_file_is_not_overwritten(file: Path) -> None:
    for text in ("{1", "{2", "{2"):
        write(file, text)
        SettingsFile(file)
    assert file.with_suffix(".damaged").read_text() == "{1"
    assert file.with_suffix(".damaged-2").read_text() == "{2"
    assert not file.with_suffix(".damaged-3").exists()


def test_values_of_no_sense_are_told_with_what_holds_instead(file: Path) -> None:
    write(file, json.dumps({"shop_currency": "EUR", "presets": [{"price": "tea"}], "tips": ["x"]}))
    read = SettingsFile(file)
    assert [str(one) for one in read.problems] == [
        "1 ready-made price is no price in EUR, and is left out.",
        "1 tip is no percentage from 0 to 100, and is left out.",
    ]


def test_a_write_that_fails_is_noted_and_the_old_file_stays(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = SettingsFile(file)
    settings.change(expire="9")
    before = file.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert settings.change(expire="11").expire == "11"
    assert "No space left" in settings.error
    assert file.read_bytes() == before
    monkeypatch.undo()
    settings.change(expire="12")
    assert settings.error == ""
    assert SettingsFile(file).value.expire == "12"


def test_the_file_is_replaced_whole(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader finds the old file or the new one, never half of one."""
    settings = SettingsFile(file)
    settings.change(expire="9")
    seen: list[str] = []
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        seen.append(SettingsFile(file).value.expire)
        moved = real(self, target)
        seen.append(SettingsFile(file).value.expire)
        return moved

    monkeypatch.setattr(Path, "replace", replace)
    settings.change(expire="11")
    assert seen == ["9", "11"]


def test_a_folder_in_the_place_of_the_folder_s_name(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("a file")
    settings = SettingsFile(tmp_path / "shop" / "settings.json")
    settings.change(expire="9")
    assert settings.value.expire == "9"
    assert "could not be saved" in settings.error


def test_half_a_surrogate_pair_does_not_end_the_program(file: Path) -> None:
    settings = SettingsFile(file)
    settings.change(customer_screen="screen \ud83d")
    assert settings.error == ""
    assert SettingsFile(file).value.customer_screen == "screen ?"
