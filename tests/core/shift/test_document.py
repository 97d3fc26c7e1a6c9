"""The closing document: canonical, chained, readable without the program that wrote it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.message import Message
from xumm_desk.core.shift import document, table
from xumm_desk.core.shift.paper import PaperStyle

from .pure_journal import PureJournal
from .sample_shift import sample_journal

AT = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)


def read(text: str) -> Any:
    """A document as another program reads it."""
    return json.loads(text)


def test_the_same_shift_is_the_same_text_and_names_the_hash_of_the_one_before() -> None:
    one, other = sample_journal(), sample_journal()
    shift = one.close(AT)
    assert shift == other.close(AT)
    assert shift.hash == hashlib.sha256(shift.text.encode()).hexdigest()
    value = read(shift.text)
    assert value["previous"] == one.closed[0].hash
    assert value["lines_hash"] == hashlib.sha256(shift.lines.encode()).hexdigest()
    assert shift.text == json.dumps(value, sort_keys=True, separators=(",", ":"))


def test_the_printed_words_are_those_of_the_language_in_which_it_was_closed() -> None:
    def translate(text: str) -> str:
        return f"<{text}>" if isinstance(text, Message) else text

    shift = sample_journal().close(AT, translate=translate)
    titles = [
        line
        for line in document.paper_of(document.parse_document(shift.text))
        if line.style is PaperStyle.TITLE
    ]
    assert [(line.text, line.value) for line in titles] == [("<Shift close>", "#2")]
    assert read(shift.text)["unresolved"][0]["what"] == "Creating"


def test_what_is_unresolved_is_carried_over_by_its_key() -> None:
    journal = sample_journal()
    shift = journal.close(AT, notes={"short": "later"})
    carried = document.carried_items(document.parse_document(shift.text))
    assert carried["early-4"] == (1, "#4")
    assert carried["short"] == (2, "#92")
    notes = {one["key"]: one["note"] for one in read(shift.text)["unresolved"]}
    assert notes["short"] == "later"


def test_halves_of_characters_that_people_type_do_no_harm() -> None:
    shift = sample_journal().close(AT, "A\udc80na", shop="\ud800")
    assert shift.text.isascii()
    assert shift.hash == document.hash_of(shift.text)
    assert list(table.shift_rows(shift))


@given(st.text(max_size=200))
def test_reading_any_text_as_a_document_raises_nothing(text: str) -> None:
    value = document.parse_document(text)
    document.paper_of(value)
    document.carried_items(value)
    list(document.lines_of(text))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["paper", "unresolved", "key", "shift", "totals", "assets", "tills"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_can_be_listed_as_a_table(value: Any) -> None:
    shift = PureJournal().close(AT)
    changed = document.ShiftDocument(
        shift.number, 0, 0, AT, "", json.dumps(value), json.dumps(value), shift.hash
    )
    assert list(table.as_csv([changed]))
    document.paper_of(document.parse_document(changed.text))


def test_an_empty_shift_can_be_closed_and_says_so() -> None:
    shift = PureJournal().close(AT)
    words = [line.text for line in document.paper_of(document.parse_document(shift.text))]
    assert "No money came, and none was paid back." in words
    assert "Nothing is unresolved" in words
