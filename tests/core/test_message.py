"""A message is its own English text, keeps id and values, and survives copying and pickling."""

from __future__ import annotations

import ast
import copy
import json
import pickle
import re
from pathlib import Path

import pytest

from xumm_desk.core import message as message_module
from xumm_desk.core.message import Message, Sentences, error_text

CORE = Path(message_module.__file__).parent
SENTENCE = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,}")
NOT_FOR_PEOPLE = {"right back at you"}
"""What the platform writes in a frame."""


def test_a_message_is_its_english_text() -> None:
    made = Message("Not paid: {result}.", result="tecPATH_DRY")
    assert made == "Not paid: tecPATH_DRY."
    assert json.loads(json.dumps({"text": made})) == {"text": "Not paid: tecPATH_DRY."}
    assert (made.id, made.values) == ("Not paid: {result}.", {"result": "tecPATH_DRY"})


@pytest.mark.parametrize(("n", "text"), [(0, "0 days"), (1, "1 day"), (2, "2 days")])
def test_a_number_chooses_its_form(n: int, text: str) -> None:
    assert Message("{n} day", plural="{n} days", n=n) == text


def test_braces_of_a_value_are_text() -> None:
    assert Message("Note: {note}", note="{note} {0} {") == "Note: {note} {0} {"


def test_braces_without_values_are_text() -> None:
    assert Message('JSON like {"a": 1}') == 'JSON like {"a": 1}'


def test_sentences_leave_out_empty_ones() -> None:
    both = Sentences([Message("Paid."), "", Message("Late.")])
    assert both == "Paid. Late."
    assert both.parts == ("Paid.", "Late.")


@pytest.mark.parametrize(
    "made",
    [
        Message("Paid."),
        Message("Paid by {payer}.", payer="rX"),
        Message("{n} day", plural="{n} days", n=3),
        Message("{n} of {total} day", plural="{n} of {total} days", n=1, total=4),
        Message("Not paid: {why}", why=Message("refused with {code}", code=7)),
        Message("Closed", context="shift"),
        Message("{n} fact", context="till", plural="{n} facts", n=3),
        Sentences([Message("Paid."), Message("By {payer}.", payer="rX")], "; "),
    ],
    ids=str,
)
def test_a_copy_is_still_a_message(made: Message) -> None:
    for one in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert (type(one), one, one.id, one.context, one.plural, one.n, one.values) == (
            type(made),
            made,
            made.id,
            made.context,
            made.plural,
            made.n,
            made.values,
        )


def test_the_same_word_in_two_contexts_is_two_messages() -> None:
    plain, shift = Message("Closed"), Message("Closed", context="shift")
    assert plain == shift == "Closed"
    assert (plain.context, shift.context) == ("", "shift")
    assert Message("Closed", context="shift") is shift
    assert shift.filled().context == "shift"


def test_an_error_keeps_its_message() -> None:
    said = Message("No answer from {host}.", host="xumm.app")
    assert error_text(ValueError(said)) is said
    assert error_text(ValueError("other words")) == "other words"
    assert error_text(ValueError()) == "ValueError"


def bypassing(source: str) -> list[str]:
    """The sentences in a module that are neither in a message nor a docstring."""
    tree, allowed = ast.parse(source), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            allowed.add(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Message":
            allowed.update(ast.walk(node))  # type: ignore[arg-type]
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in allowed
        and SENTENCE.search(node.value)
    ]


def test_no_sentence_of_core_bypasses_a_message() -> None:
    assert bypassing('"""A docstring of this module."""\nsaid = "The money is not here."') == [
        "The money is not here."
    ]
    found = {
        text for path in CORE.rglob("*.py") for text in bypassing(path.read_text(encoding="utf-8"))
    }
    assert found == NOT_FOR_PEOPLE
