"""A message becomes words of the chosen language, with its values and its plural.

Not in a folder `locale`: pytest would look for it in the standard library's module.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from xumm_desk.core.message import Message, Sentences
from xumm_desk.locale import translation
from xumm_desk.locale.translation import _, tr

GERMAN = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Language: de\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "Paid."
msgstr "Bezahlt."

msgid "Not paid: {why}"
msgstr "Nicht bezahlt: {why}"

msgid "refused with {code}"
msgstr "abgelehnt mit {code}"

msgid "{n} hour"
msgid_plural "{n} hours"
msgstr[0] "{n} Stunde"
msgstr[1] "{n} Stunden"

msgid "From {first} to {last}"
msgstr "Bis {last}, ab {first}"

msgid "Closed"
msgstr "Geschlossen"

msgctxt "ledger"
msgid "Closed"
msgstr "Abgeschlossen"

msgctxt "shift"
msgid "{n} hour"
msgid_plural "{n} hours"
msgstr[0] "{n} Arbeitsstunde"
msgstr[1] "{n} Arbeitsstunden"

msgid "Ledger {ledger}"
msgstr "Ledger {legder}"

msgid "Amount {amount}"
msgstr "Betrag {amount"
"""


@pytest.fixture
def german() -> Iterator[None]:
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(GERMAN.encode()), charset="utf-8"))
    compiled.seek(0)
    translation.use_catalogue(gettext.GNUTranslations(compiled))
    yield
    translation.use_catalogue(gettext.NullTranslations())


def test_english_needs_no_catalogue() -> None:
    assert tr(Message("{n} hour", plural="{n} hours", n=2)) == "2 hours"
    assert _("Not paid: {why}", why="{x}") == "Not paid: {x}"


@pytest.mark.usefixtures("german")
def test_a_message_is_translated_with_its_values() -> None:
    assert tr(Message("Paid.")) == "Bezahlt."
    assert tr(Message("From {first} to {last}", first=1, last=2)) == "Bis 2, ab 1"
    assert [_("{n} hour", plural="{n} hours", n=n) for n in (1, 5)] == ["1 Stunde", "5 Stunden"]


@pytest.mark.usefixtures("german")
def test_messages_within_messages_are_translated() -> None:
    why = Message("refused with {code}", code="tecPATH_DRY")
    assert tr(Message("Not paid: {why}", why=why)) == "Nicht bezahlt: abgelehnt mit tecPATH_DRY"
    assert tr(Sentences([Message("Paid."), why])) == "Bezahlt. abgelehnt mit tecPATH_DRY"


def test_no_blank_follows_a_full_width_stop() -> None:
    """What the Japanese catalogue says is put together as Japanese is written."""
    wide = Sentences(["未払いです。", "（再確認）", "Ana の記録"])
    assert tr(wide) == "未払いです。（再確認）Ana の記録"
    assert tr(Sentences(["未払いです。", "Ana"], " · ")) == "未払いです。 · Ana"
    assert tr(Sentences(["Not paid.", "未払いです。", "Paid."])) == "Not paid. 未払いです。Paid."


@pytest.mark.usefixtures("german")
def test_a_word_is_translated_as_its_context_wants() -> None:
    assert tr(Message("Closed")) == "Geschlossen"
    assert _("Closed", context="ledger") == "Abgeschlossen"
    assert _("Closed", context="request") == "Closed"  # a context that has no translation
    assert _("{n} hour", plural="{n} hours", n=2) == "2 Stunden"
    assert _("{n} hour", context="shift", plural="{n} hours", n=2) == "2 Arbeitsstunden"


@pytest.mark.usefixtures("german")
def test_what_a_person_typed_is_left_alone() -> None:
    assert tr("Paid.") == "Paid."
    assert tr(Message("Not paid: {why}", why="Paid.")) == "Nicht bezahlt: Paid."


@pytest.mark.usefixtures("german")
def test_what_has_no_translation_stays_english() -> None:
    assert tr(Message("Expired {at}", at="12:00")) == "Expired 12:00"


@pytest.mark.usefixtures("german")
def test_a_translators_slip_leaves_the_english_sentence() -> None:
    assert tr(Message("Ledger {ledger}", ledger=7)) == "Ledger 7"
    assert tr(Message("Amount {amount}", amount="1 XRP")) == "Amount 1 XRP"
