"""The platform's answers: create, GET and cancel, in every dialect, whole and cut."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.builders import (
    CUSTOMER,
    EXPIRES,
    LINK,
    OTHER_UUID,
    PAYMENT,
    SOCKET,
    TOKEN,
    UUID,
    Signed,
    answer,
    apply_all,
    at,
    blob,
    created,
    get,
    iso,
    make_order,
    on_ledger,
    signed,
)
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.verdict import judge
from xumm_desk.core.wire import api_answers, json_fields
from xumm_desk.core.wire.api_answers import CancelAnswer, CreateAnswer, Snapshot
from xumm_desk.core.wire.json_fields import JsonObject


def read(value: JsonObject, uuid: str | None = UUID) -> Snapshot:
    result = api_answers.parse_snapshot(value, uuid)
    assert isinstance(result, Snapshot), result
    return result


def changed(value: JsonObject, *path: str, to: Any) -> JsonObject:
    """A copy of `value` with the field at `path` set to `to`."""
    copy: JsonObject = json.loads(json.dumps(value))
    inner: Any = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = to
    return copy


PAY = signed(PAYMENT)
LATE = EXPIRES + timedelta(seconds=30)


# P§3.2, row by row: what the answer says, and the status of the row.
SCENARIOS: list[tuple[str, JsonObject, Status]] = [
    ("created, nobody looked", get(), Status.WAITING),
    ("opened, undecided", get(opened=True), Status.OPENED),
    ("signed before expiry", get(PAY), Status.PAID),
    ("the same, read after expiry", get(PAY, expired=True), Status.PAID),
    ("rejected before expiry", get(resolved=True), Status.DECLINED),
    ("rejected, read after expiry", get(resolved=True, expired=True), Status.DECLINED),
    ("never opened, expired", get(expired=True), Status.EXPIRED),
    ("opened in time, then expired", get(opened=True, expired=True), Status.EXPIRED_OPENED),
    (
        "opened in time, signed after expiry",
        get(PAY, expired=True, resolved_at=LATE),
        Status.PAID_LATE,
    ),
    (
        "opened in time, rejected after expiry",
        get(resolved=True, expired=True, resolved_at=LATE),
        Status.DECLINED,
    ),
    ("cancelled before anyone opened", get(cancelled=True, expired=True), Status.CANCELLED),
    ("cancel attempted after opening", get(opened=True), Status.OPENED),
    ("cancelled, then signed", get(PAY, cancelled=True, expired=True), Status.CHECK),
    (
        "cancelled, then signed by a phone that never counted as opened",
        get(PAY, cancelled=True, expired=True, opened=False),
        Status.CHECK,
    ),
]


@pytest.mark.parametrize(
    ("value", "status"), [row[1:] for row in SCENARIOS], ids=[row[0] for row in SCENARIOS]
)
def test_the_scenario_table(value: JsonObject, status: Status) -> None:
    proof = [blob(PAY), on_ledger(PAY)]
    row = apply_all(make_order(), created(), answer(value), *proof)
    assert judge(row, ledger=True).status is status


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_and_null_are_alike(empty: str | None) -> None:
    declined = read(get(resolved=True, empty=empty))
    assert declined == read(get(resolved=True))
    assert (declined.hex, declined.txid, declined.account, declined.dispatched_result) == (
        None,
        None,
        None,
        None,
    )


def test_a_prefilled_account_is_not_a_payer() -> None:
    waiting = changed(get(), "response", "account", to=CUSTOMER.address)
    waiting = changed(waiting, "response", "txid", to="AB" * 32)
    waiting = changed(waiting, "response", "hex", to="12" * 60)
    assert read(waiting) == read(get())
    declined = changed(get(resolved=True), "response", "account", to=CUSTOMER.address)
    assert read(declined).account is None


@pytest.mark.parametrize("fraction", ["", ".000", ".123", ".123456"])
def test_times_with_and_without_fractions(fraction: str) -> None:
    moment = read(get(PAY, fraction=fraction)).resolved_at
    assert moment is not None
    assert moment.replace(microsecond=0) == at(60)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-01T12:00:00Z", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("2026-01-01T12:00:00", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("2026-01-01T14:00:00+02:00", datetime(2026, 1, 1, 12, tzinfo=UTC)),
        ("0001-01-01T00:00:00+23:59", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("yesterday", None),
        ("", None),
        (1767268800, None),
        (None, None),
    ],
)
def test_moments(text: Any, moment: datetime | None) -> None:
    assert json_fields.time_at({"t": text}, "t") == moment


def test_flags_as_numbers_and_words() -> None:
    value = get(PAY)
    for key in ("resolved", "signed", "app_opened"):
        value = changed(value, "meta", key, to=1)
    for key in ("cancelled", "expired"):
        value = changed(value, "meta", key, to="false")
    assert read(value) == read(get(PAY))


def test_hex_is_written_in_upper_case() -> None:
    value = changed(get(PAY), "response", "hex", to=PAY.blob.lower())
    value = changed(value, "response", "txid", to=PAY.txid.lower())
    assert read(value) == read(get(PAY))


@pytest.mark.parametrize("txid", ["AB", "x" * 64, PAY.txid + "00", 5])
def test_a_txid_of_a_wrong_form_is_none(txid: Any) -> None:
    assert read(changed(get(PAY), "response", "txid", to=txid)).txid is None


@pytest.mark.parametrize("part", ["payload", "response", "custom_meta", "application"])
@pytest.mark.parametrize("broken", [None, [], "x", 5])
def test_half_an_answer_still_says_what_it_says(part: str, broken: Any) -> None:
    cut = changed(get(PAY, expired=True), part, to=broken)
    found = read(cut)
    assert (found.resolved, found.signed, found.expired, found.app_opened) == (True,) * 4
    without = {key: value for key, value in get(PAY, expired=True).items() if key != part}
    assert read(without) == found


def test_signed_without_a_blob_is_not_believed_to_the_end() -> None:
    cut = get(PAY)
    del cut["response"]
    row = apply_all(make_order(), created(), answer(cut))
    verdict = judge(row, ledger=True)
    assert verdict.status is Status.CONFIRMING
    assert not verdict.final


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({}, "no meta part"),
        ({"meta": None}, "no meta part"),
        ({"meta": []}, "no meta part"),
        ({"error": {"reference": UUID, "code": 404}}, "no meta part"),
        ({"error": True, "message": "Endpoint unknown", "code": 404}, "no meta part"),
        ({"meta": {}}, "does not say how the request stands"),
        ({"meta": {"uuid": UUID, "signed": True}}, "does not say how the request stands"),
        ({"meta": {"resolved": "maybe"}}, "does not say how the request stands"),
        (changed(get(PAY), "meta", "uuid", to=OTHER_UUID), "about another request"),
    ],
)
def test_answers_that_are_not_believed(value: JsonObject, why: str) -> None:
    result = api_answers.parse_snapshot(value, UUID)
    assert isinstance(result, str)
    assert why in result


def test_signed_needs_resolved() -> None:
    assert not read(changed(get(PAY), "meta", "resolved", to=False)).signed


def test_the_answer_to_a_create_call() -> None:
    value: JsonObject = {
        "uuid": UUID.upper(),
        "next": {"always": LINK, "no_push_msg_received": LINK + "/qr"},
        "refs": {"websocket_status": SOCKET},
        "pushed": True,
    }
    assert api_answers.parse_create_answer(value) == CreateAnswer(UUID, LINK, SOCKET, True)
    assert api_answers.parse_create_answer(
        {"uuid": UUID, "next": {"always": LINK}}
    ) == CreateAnswer(UUID, LINK, None, False)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({}, "names no request"),
        ({"uuid": None, "next": {"always": LINK}}, "names no request"),
        ({"uuid": "7", "next": {"always": LINK}}, "names no request"),
        ({"uuid": UUID + "0", "next": {"always": LINK}}, "names no request"),
        ({"uuid": UUID}, "no link"),
        ({"uuid": UUID, "next": None}, "no link"),
        ({"uuid": UUID, "next": {"always": ""}}, "no link"),
        ({"uuid": UUID, "next": {"always": "javascript:alert(1)"}}, "no link"),
        ({"uuid": UUID, "next": {"always": "file:///etc/passwd"}}, "no link"),
    ],
)
def test_create_answers_that_are_not_believed(value: JsonObject, why: str) -> None:
    result = api_answers.parse_create_answer(value)
    assert isinstance(result, str)
    assert why in result


@pytest.mark.parametrize(
    ("result", "read_as"),
    [
        ({"cancelled": True, "reason": "OK"}, CancelAnswer(True, "OK")),
        (
            {"cancelled": False, "reason": "ALREADY_CANCELLED"},
            CancelAnswer(False, "ALREADY_CANCELLED"),
        ),
        ({"cancelled": False, "reason": "ALREADY_OPENED"}, CancelAnswer(False, "ALREADY_OPENED")),
        ({"cancelled": False, "reason": "NEW_ONE"}, CancelAnswer(False, "NEW_ONE")),
        ({"cancelled": False, "reason": ""}, CancelAnswer(False, "UNKNOWN")),
        ({"cancelled": False}, CancelAnswer(False, "UNKNOWN")),
        ({"cancelled": 1, "reason": "OK"}, CancelAnswer(True, "OK")),
    ],
)
def test_cancel_answers(result: JsonObject, read_as: CancelAnswer) -> None:
    forced: JsonObject = {"result": result, "meta": {"expired": True, "cancelled": False}}
    assert api_answers.parse_cancel_answer(forced) == read_as


@pytest.mark.parametrize("value", [{}, {"result": None}, {"result": {}}, {"result": {"reason": 1}}])
def test_cancel_answers_that_say_nothing(value: JsonObject) -> None:
    assert isinstance(api_answers.parse_cancel_answer(value), str)


def test_what_identifies_a_customer_is_covered() -> None:
    value = changed(get(PAY), "application", "issued_user_token", to=TOKEN)
    value = changed(value, "response", "user", to=OTHER_UUID)
    before = json.dumps(value)
    clean = api_answers.redact(value)
    assert TOKEN not in json.dumps(clean)
    assert OTHER_UUID not in json.dumps(clean)
    assert json.dumps(value) == before
    assert read(clean) == read(value)
    assert json_fields.object_at(clean, "application")["issued_user_token"] == api_answers.REDACTED
    assert json_fields.object_at(api_answers.redact(get()), "response")["user"] is None


@pytest.mark.parametrize("value", [{}, {"application": None, "response": 5}, {"response": []}])
def test_covering_leaves_other_shapes_alone(value: JsonObject) -> None:
    assert api_answers.redact(value) == value


def other(made: Signed) -> Signed:
    return signed({**PAYMENT, "DestinationTag": 1}) if made is PAY else PAY


def test_two_transactions_for_one_request_are_kept_as_a_conflict() -> None:
    one, two = read(get(PAY)), read(get(other(PAY)))
    joined = one.merge(two)
    assert joined == two.merge(one)
    assert joined.conflict == " and ".join(sorted((PAY.txid, other(PAY).txid)))
    assert joined.merge(one) == joined


def test_a_report_that_comes_late_is_added_and_nothing_is_lost() -> None:
    early, late = read(get(PAY, result=None)), read(get(PAY))
    assert early.dispatched_result is None
    assert early.merge(late).dispatched_result == "tesSUCCESS"
    assert early.merge(late) == late.merge(early)
    cut = get(PAY)
    del cut["response"]
    assert late.merge(read(cut)) == late


def test_a_cancelled_request_s_expiry_is_the_moment_of_cancelling() -> None:
    moved = changed(get(cancelled=True, expired=True), "payload", "expires_at", to=iso(at(20)))
    assert read(get()).merge(read(moved)).expires_at == at(20)
