"""Whatever a server, a file or a person hands over is read or refused; nothing raises."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xumm_desk.core.money import address, amount
from xumm_desk.core.request import field_rules, request_spec
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.state import facts
from xumm_desk.core.state.evidence import BlobCheck, LedgerTx
from xumm_desk.core.state.facts import Fact, FactKind, Source
from xumm_desk.core.state.lifecycle import apply_fact
from xumm_desk.core.state.refetch import refetch_reason
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.verdict.wording import reasons, status_sentence
from xumm_desk.core.wire import api_answers, frames, json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

from .builders import (
    INVOICE,
    MODERATE,
    PAYMENT,
    TOKEN,
    UUID,
    answer,
    apply_all,
    at,
    blob,
    blob_check,
    created,
    get,
    make_order,
    on_ledger,
    signed,
)

ANYTHING = st.characters(exclude_categories=())
TEXT = st.text(ANYTHING, max_size=20)
SCALARS: st.SearchStrategy[Json] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(10**400), 10**400),
    st.floats(),
    TEXT,
    st.sampled_from(["true", "false", "0", "1", UUID, INVOICE, "1e400", "0001-01-01T00:00+23:59"]),
)
JSON: st.SearchStrategy[Json] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS: st.SearchStrategy[JsonObject] = st.dictionaries(TEXT, JSON, max_size=5)

PAY = signed(PAYMENT)


def paths(value: Json, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place inside `value`."""
    found: list[tuple[str | int, ...]] = []
    items: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    for key, inner in items:
        found += [(*before, key), *paths(inner, (*before, key))]
    return found


@st.composite
def damaged(draw: st.DrawFn, good: JsonObject) -> JsonObject:
    """`good` with anything at some of its places."""
    value: Any = json.loads(json.dumps(good))
    for path in draw(st.lists(st.sampled_from(paths(good)), min_size=1, max_size=4)):
        inner = value
        for key in path[:-1]:
            if not isinstance(inner, dict) or key not in inner:
                break
            inner = inner[key]
        else:
            if isinstance(inner, dict) and isinstance(path[-1], str):
                inner[path[-1]] = draw(JSON)
    result: JsonObject = value
    return result


RESOLVE: JsonObject = {
    "payload_uuidv4": UUID,
    "signed": True,
    "txid": PAY.txid,
    "custom_meta": {"identifier": None},
}
CREATED: JsonObject = json.loads(created().text)
LEDGER: JsonObject = json.loads(on_ledger(PAY).text)
FINDING = blob_check(PAY.blob).to_json()
BODY: JsonObject = {
    "txjson": {**PAYMENT, "Memos": [{"Memo": {"MemoData": "CAFE"}}]},
    "options": {"expire": 5, "submit": True, "signers": [], "return_url": {"app": "x", "web": "y"}},
    "custom_meta": {"identifier": "i", "instruction": "text", "blob": {"a": 1}},
    "user_token": TOKEN,
}


@MODERATE
@given(st.text(ANYTHING) | st.binary(), st.none() | st.just(UUID))
def test_any_message_is_a_frame(message: str | bytes, uuid: str | None) -> None:
    read = frames.parse_frame(message, uuid)
    fact = facts.fact_from_frame(at(0), message, read)
    fact.text.encode("utf-8", "replace")
    judged(fact)


@MODERATE
@given(OBJECTS | damaged(RESOLVE))
def test_any_object_is_a_frame(value: JsonObject) -> None:
    text = json.dumps(value)
    assert frames.parse_frame(text, UUID) == frames.parse_frame_object(json.loads(text), UUID)
    judged(facts.fact_from_frame(at(0), text, frames.parse_frame(text, UUID)))


def judged(fact: Fact) -> None:
    """Everything that follows a fact must cope with it."""
    request = apply_fact(apply_all(make_order(), created()), fact)
    for ledger in (True, False):
        verdict = judge(request, ledger=ledger)
        assert status_sentence(request, verdict)
        reasons(request, verdict)
    refetch_reason(request)
    assert isinstance(
        facts.fact_from_journal(fact.at, fact.source, fact.kind, fact.text, UUID), Fact
    )


@settings(MODERATE, max_examples=400)
@given(st.sampled_from(list(FactKind)), OBJECTS)
def test_any_object_is_a_fact_of_any_kind(kind: FactKind, value: JsonObject) -> None:
    judged(facts.make_fact(at(0), Source.PLATFORM, kind, value))


@MODERATE
@given(damaged(get(PAY)))
def test_damaged_get_answers(value: JsonObject) -> None:
    covered = api_answers.redact(value)
    one = facts.make_fact(at(3), Source.PLATFORM, FactKind.ANSWER, covered)
    judged(one)
    request = apply_all(make_order(), created(), answer(get(PAY)), one, blob(PAY), on_ledger(PAY))
    judge(request, ledger=True)


@MODERATE
@given(damaged(LEDGER))
def test_damaged_ledger_answers(value: JsonObject) -> None:
    one = facts.make_fact(at(3), Source.LEDGER, FactKind.LEDGER_TX, value)
    judged(one)
    judge(apply_all(make_order(), created(), answer(get(PAY)), blob(PAY), one), ledger=True)
    LedgerTx.from_json(value)


@MODERATE
@given(damaged(FINDING))
def test_damaged_findings(value: JsonObject) -> None:
    one = facts.make_fact(at(3), Source.DESK, FactKind.BLOB_CHECK, value)
    judged(one)
    judge(apply_all(make_order(), created(), answer(get(PAY)), one, on_ledger(PAY)), ledger=True)
    BlobCheck.from_json(value)


@MODERATE
@given(damaged(CREATED), OBJECTS)
def test_damaged_create_and_cancel_answers(value: JsonObject, other: JsonObject) -> None:
    judged(facts.make_fact(at(3), Source.PLATFORM, FactKind.CREATED, value))
    for result in (value, other, {"result": other}):
        api_answers.parse_create_answer(result)
        api_answers.parse_cancel_answer(result)


@MODERATE
@given(damaged(BODY) | OBJECTS)
def test_any_body_is_an_order_or_a_list_of_problems(body: JsonObject) -> None:
    result = request_spec.parse_body(body, identifier="ours-1", network="TESTNET")
    if isinstance(result, RequestSpec):
        assert RequestSpec.from_json(result.to_json()) == result
        assert (
            RequestSpec.from_json(json.loads(json_fields.compact_json(result.to_json()))) == result
        )
        assert TOKEN not in json_fields.compact_json(result.to_json())
        assert 0 < field_rules.utf16_length(result.identifier) <= field_rules.MAX_IDENTIFIER
        json_fields.compact_json(result.body).encode()
        assert request_spec.parse_body(result.body, identifier="x", network="MAINNET") == result
    else:
        assert result
        assert all(problem.message.partition(": ")[2] for problem in result)


@MODERATE
@given(OBJECTS)
def test_what_is_written_is_read_again(value: JsonObject) -> None:
    text = json_fields.compact_json(value)
    text.encode()
    again = json_fields.parse_object(text)
    assert isinstance(again, dict)
    assert json_fields.compact_json(again) == text


@MODERATE
@given(JSON)
def test_single_values(value: Json) -> None:
    source: JsonObject = {"k": value}
    readers: list[Callable[[JsonObject, str], object]] = [
        json_fields.string_at,
        json_fields.bool_at,
        json_fields.int_at,
        json_fields.time_at,
        json_fields.strings_at,
        json_fields.object_at,
    ]
    for read in readers:
        read(source, "k")
        read({}, "k")
    amount.parse_amount(value)


@MODERATE
@given(st.text(ANYTHING, max_size=80))
def test_any_text_as_address_code_and_number(text: str) -> None:
    address.parse_address(text)
    address.shorten(text)
    if amount.is_currency_code(text):
        assert len(amount.currency_hex(text)) == 40
    field_rules.collapse_blanks(text)
    field_rules.identifier_error(text)
    field_rules.memo_error(text)
    api_answers.is_uuid(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[" * 100_000, "not JSON"),
        ('{"a":' * 100_000, "not JSON"),
        ('{"a":' * 65 + "1" + "}" * 65, "nested too deeply"),
        ('{"a":' * 900 + "1" + "}" * 900, "nested too deeply"),
        ('{"a":' + "[" * 64 + "]" * 64 + "}", "nested too deeply"),
        ('{"a":' + "9" * 5000 + "}", "not JSON"),
        ("\ufeff{}", "not JSON"),
        ('{"a":"' + "x" * (1 << 20) + '"}', "too large (1048584 characters)"),
        ("", "not JSON"),
        ("NaN", "JSON, but a float where an object belongs"),
    ],
)
def test_documents_that_are_refused(text: str, why: str) -> None:
    assert json_fields.parse_object(text) == why


def test_documents_that_are_taken() -> None:
    nested = json_fields.parse_object('{"a":' * 63 + "1" + "}" * 63)
    assert isinstance(nested, dict)
    strange = json_fields.parse_object('{"a":NaN,"b":-Infinity,"c":1e999,"a":"\\ud83d"}')
    assert strange == {"a": "\ud83d", "b": float("-inf"), "c": float("inf")}
    assert isinstance(strange, dict)
    assert json_fields.parse_object(json_fields.compact_json(strange)) == strange


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (5, 5),
        ("5", 5),
        (" 5 ", 5),
        ("-5", -5),
        (5.0, 5),
        (True, None),
        (5.5, None),
        (float("nan"), None),
        (float("inf"), None),
        ("--5", None),
        ("+5", None),
        ("٥", None),
        ("9" * 20, None),
        ("", None),
        (None, None),
        ([5], None),
    ],
)
def test_whole_numbers(value: Json, number: int | None) -> None:
    assert json_fields.int_at({"k": value}, "k") == number


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        (True, True),
        (1, True),
        ("1", True),
        (" TRUE ", True),
        (False, False),
        (0, False),
        ("false", False),
        (2, None),
        ("yes", None),
        ("", None),
        (None, None),
        (1.5, None),
        ([], None),
    ],
)
def test_flags(value: Json, meant: bool | None) -> None:
    assert json_fields.bool_at({"k": value}, "k") is meant
