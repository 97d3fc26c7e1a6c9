"""Every catalogue that is shipped can be read, and breaks no sentence; which one is chosen.

A message that is not translated is shown in English and stops nobody here: `packaging/catalogue.py
complete` names it before a release.
"""

from __future__ import annotations

import gettext
import io
import logging
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from xumm_desk.cli import parser
from xumm_desk.core.message import Message as Sentence
from xumm_desk.locale import catalogues, languages, translation
from xumm_desk.locale.translation import tr

SHIPPED = sorted(catalogues.FOLDER.glob("*/LC_MESSAGES/xumm_desk.po"))
PLACE = re.compile(r"\{\w*\}")
MNEMONIC = re.compile(r"&(\w)")
MENUS = (("&File", "&Request", "&View", "&Help"), ("&Sort by", "&Ascending", "&Descending"))
"""What stands side by side."""
FORMS = {"ar": 6, "ja": 1}
ENOUGH = 0.95
"""So much of a catalogue is translated; less is a language that was forgotten."""


@pytest.fixture(params=SHIPPED, ids=lambda path: path.parent.parent.name)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    path: Path = request.param
    with path.open("rb") as file:
        return read_po(file, charset="utf-8", abort_invalid=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The German catalogue alone, in a folder of its own."""
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    made = tmp_path / "de" / "LC_MESSAGES"
    made.mkdir(parents=True)
    german = next(path for path in SHIPPED if path.parent.parent.name == "de")
    shutil.copy(german, made / "xumm_desk.po")
    return made


def texts(message: Message) -> tuple[list[str], list[str]]:
    """The English texts of a message and those of its translation, none if there is none."""
    english = [message.id] if isinstance(message.id, str) else list(message.id)
    string = message.string or ""
    said = [string] if isinstance(string, str) else list(string)
    return english, said if all(said) and not message.fuzzy else []


def translated(catalogue: Catalog) -> Iterator[tuple[list[str], list[str]]]:
    for message in catalogue:
        if message.id:
            english, said = texts(message)
            if said:
                yield english, said


def places(text: str) -> set[str]:
    return set(PLACE.findall(text))


def test_each_language_names_itself_and_has_its_plural_forms(catalogue: Catalog) -> None:
    assert str(catalogue.locale) in catalogues.NAMES
    assert catalogue.num_plurals == FORMS.get(str(catalogue.locale), 2)
    for english, said in translated(catalogue):
        assert len(said) == (catalogue.num_plurals if len(english) > 1 else 1), english


def test_a_translation_has_the_places_of_the_english_sentence_and_no_others(
    catalogue: Catalog,
) -> None:
    """A form for one number may spell it out."""
    broken = []
    for english, said in translated(catalogue):
        known, needed = set.union(*map(places, english)), places(english[-1])
        wrong = [one for one in said if places(one) - known]
        if wrong or places(said[-1]) != needed or one_is_unbalanced(said):
            broken.append((english[0], said))
    assert broken == []


def one_is_unbalanced(said: list[str]) -> bool:
    return any("{" in PLACE.sub("", one) or "}" in PLACE.sub("", one) for one in said)


def test_blanks_lines_and_keys_are_those_of_the_english_text(catalogue: Catalog) -> None:
    broken = [
        (english[0], said[0])
        for english, said in translated(catalogue)
        if (_edges(english[0]) != _edges(said[0]) and any(map(str.isalpha, english[0])))
        or english[0].count("\n") != said[0].count("\n")
        or len(MNEMONIC.findall(english[0])) != len(MNEMONIC.findall(said[0]))
    ]
    assert broken == []


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_no_two_entries_of_a_menu_have_the_same_key(catalogue: Catalog) -> None:
    for menu in MENUS:
        said = [catalogue.get(entry) for entry in menu]
        keys = [key for one in said if one for key in MNEMONIC.findall(str(one.string).upper())]
        assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_a_language_is_not_forgotten(catalogue: Catalog) -> None:
    every = sum(1 for message in catalogue if message.id)
    assert sum(1 for _one in translated(catalogue)) >= ENOUGH * every


def test_every_language_is_offered_by_its_own_name() -> None:
    assert catalogues.available() == list(catalogues.NAMES)
    for tag, name in catalogues.NAMES.items():
        own = Locale.parse(tag).get_display_name(tag)
        assert own is not None
        assert own.casefold() == name.casefold()


@pytest.mark.parametrize(
    ("wanted", "tag"),
    [
        (["de-AT", "en"], "de"),
        (["pt-PT"], "pt_BR"),
        (["pt_BR.UTF-8"], "pt_BR"),
        (["zh-Hant-TW", "ja-JP"], "ja"),
        (["zh", "sv"], "en"),
        (["C.UTF-8", "de"], "en"),
        (["ar-EG"], "ar"),
        ([], "en"),
        (["ca@valencia", "es"], "es"),
    ],
    ids=str,
)
def test_the_first_wanted_language_that_exists_is_spoken(wanted: list[str], tag: str) -> None:
    assert catalogues.best(wanted) == tag


@pytest.mark.parametrize(
    ("environment", "tag"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "fr_FR"}, "fr"),
        ({"LANG": "de_DE.UTF-8", "LANGUAGE": "sv:nl"}, "nl"),
        ({"LANG": "C", "LANGUAGE": "nl"}, "en"),
        ({"LANG": "de_DE.UTF-8", "XUMM_DESK_LANGUAGE": "ja"}, "ja"),
    ],
    ids=str,
)
def test_a_command_speaks_the_language_of_its_environment(
    environment: dict[str, str], tag: str
) -> None:
    assert catalogues.of_environment(environment) == tag


def test_a_checkout_without_compiled_catalogues_speaks_all_the_same(folder: Path) -> None:
    assert catalogues.load("de").catalogue.gettext("Cancel") == "Abbrechen"


def test_a_compiled_catalogue_is_read_unless_it_is_older(folder: Path) -> None:
    source, made = folder / "xumm_desk.po", folder / "xumm_desk.mo"
    other = source.read_bytes().replace(b'msgstr "Abbrechen"', b'msgstr "Weg"')
    made.write_bytes(catalogues.compiled(other))
    assert catalogues.load("de").catalogue.gettext("Cancel") == "Weg"
    source.touch()
    earlier = source.stat().st_mtime - 10
    import os

    os.utime(made, (earlier, earlier))
    assert catalogues.load("de").catalogue.gettext("Cancel") == "Abbrechen"
    source.unlink()
    assert catalogues.load("de").catalogue.gettext("Cancel") == "Weg"


@pytest.mark.parametrize("name", ["xumm_desk.po", "xumm_desk.mo"])
def test_a_damaged_catalogue_is_logged_and_the_words_are_english(
    folder: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / name).write_bytes(b"\x00\xff not a catalogue")
    with caplog.at_level(logging.ERROR):
        assert catalogues.load("de") is languages.ENGLISH
    assert "cannot be read" in caplog.text


def test_what_is_marked_as_fuzzy_stays_english() -> None:
    po = b'msgid ""\nmsgstr ""\n"Language: de\\n"\n\n#, fuzzy\nmsgid "Paid"\nmsgstr "Wald"\n'
    read = gettext.GNUTranslations(io.BytesIO(catalogues.compiled(po)))
    assert read.gettext("Paid") == "Paid"


def test_a_compiled_catalogue_does_not_tell_when_it_was_made(folder: Path) -> None:
    made = catalogues.compiled((folder / "xumm_desk.po").read_bytes())
    assert b"POT-Creation-Date: 1970-01-01" in made


@pytest.fixture
def spoken_english() -> Iterator[None]:
    yield
    translation.use_catalogue(gettext.NullTranslations())


@pytest.mark.usefixtures("spoken_english")
def test_arabic_has_six_forms_and_keeps_amounts_together() -> None:
    languages.use_languages(catalogues.load("ar"))
    counted = "An error of this program occurred", "{n} errors of this program occurred"
    said = [tr(Sentence(counted[0], plural=counted[1], n=n)) for n in (1, 2, 3, 11, 100)]
    assert (
        len({one.replace(str(n), "") for one, n in zip(said, (1, 2, 3, 11, 100), strict=True)}) >= 4
    )
    money = Sentence("{number} {asset}", number="12.50", asset="XRP")
    assert "\u206612.50 XRP\u2069" in tr(Sentence("Paid {amount}", amount=money))


@pytest.mark.usefixtures("spoken_english")
def test_help_is_in_the_language_that_the_command_line_names(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parser.run(["--language", "de", "export", "--help"])
    german = catalogues.load("de").catalogue
    wanted = german.gettext("these columns only, divided by commas, in this order")
    assert wanted.split()[-1] in capsys.readouterr().out
