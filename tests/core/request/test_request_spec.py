"""Platform bodies: what is taken, what is completed, and which sentence refuses the rest."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from xrpl.core import addresscodec

from core.builders import CUSTOMER, EURO, INVOICE, ISSUER, PAYMENT, SHOP, TOKEN, TRUST, make_order
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.request import field_rules, request_spec
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.wire.json_fields import JsonObject


def check(body: JsonObject, **more: Any) -> RequestSpec | tuple[FieldError, ...]:
    return request_spec.parse_body(body, identifier="ours-1", network="TESTNET", **more)


def taken(body: JsonObject, **more: Any) -> RequestSpec:
    result = check(body, **more)
    assert isinstance(result, RequestSpec), result
    return result


def refused(body: JsonObject) -> list[tuple[str, str]]:
    result = check(body)
    assert not isinstance(result, RequestSpec)
    return [(problem.field, problem.message) for problem in result]


def test_the_body_that_is_posted_is_exactly_ours_completed() -> None:
    made = taken({"txjson": PAYMENT})
    assert made.body == {
        "txjson": PAYMENT,
        "options": {"force_network": "TESTNET"},
        "custom_meta": {"identifier": "ours-1"},
    }
    assert made.txjson == PAYMENT
    assert (made.identifier, made.network, made.expire_minutes) == ("ours-1", "TESTNET", 1440)
    assert (made.submit, made.multisign, made.signers) == (True, False, ())
    assert (made.amount, made.destination, made.tag) == (XrpAmount(1_500_000), SHOP, 495)
    assert made.is_payment
    assert made.is_submitted


def test_what_the_body_names_is_kept_as_it_is() -> None:
    body: JsonObject = {
        "txjson": {**PAYMENT, "InvoiceID": INVOICE, "Memos": [{"Memo": {"MemoData": "CAFE"}}]},
        "options": {
            "submit": False,
            "multisign": True,
            "expire": 15,
            "force_network": "DEVNET",
            "signers": [CUSTOMER.address],
            "return_url": {"app": None, "web": "https://shop.example/{id}"},
            "pathfinding": False,
        },
        "custom_meta": {"identifier": "theirs-7", "instruction": "Table 4", "blob": {"a": [1]}},
    }
    given = json.loads(json.dumps(body))
    made = taken(body)
    assert made.body == given
    assert body == given
    assert made.identifier == "theirs-7"
    assert made.instruction == "Table 4"
    assert (made.submit, made.multisign, made.expire_minutes) == (False, True, 15)
    assert made.signers == (CUSTOMER.address,)
    assert made.network == "DEVNET"


def test_the_user_token_is_held_but_never_written() -> None:
    made = taken({"txjson": PAYMENT, "user_token": TOKEN})
    assert made.user_token == TOKEN
    assert TOKEN not in json.dumps([made.body, made.to_json()])
    assert TOKEN not in repr(made)
    assert RequestSpec.from_json(made.to_json()) == made
    assert RequestSpec.from_json(made.to_json()).user_token is None


@pytest.mark.parametrize("absent", [{"options": None}, {"custom_meta": None}, {"user_token": None}])
def test_null_stands_for_absence(absent: JsonObject) -> None:
    assert taken({"txjson": PAYMENT, **absent}).body == taken({"txjson": PAYMENT}).body


@pytest.mark.parametrize(
    ("identifier", "kept"),
    [
        ("a", "a"),
        ("x" * 40, "x" * 40),
        ("💶" * 20, "💶" * 20),
        (123, "123"),
        (0, "0"),
        (" padded ", " padded "),
        ("", "ours-1"),
        ("   ", "ours-1"),
        (None, "ours-1"),
    ],
)
def test_identifiers_that_are_given(identifier: Any, kept: str) -> None:
    made = taken({"txjson": PAYMENT, "custom_meta": {"identifier": identifier}})
    assert made.identifier == kept
    assert made.body["custom_meta"] == {"identifier": kept}
    assert RequestSpec.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    ("identifier", "sentence"),
    [
        ("x" * 41, "Identifier: has at most 40 characters, this has 41"),
        ("💶" * 20 + "x", "Identifier: has at most 40 characters, this has 41"),
        (10**40, "Identifier: has at most 40 characters, this has 41"),
        ("two\nlines", "Identifier: must be one line of text"),
        ("tab\t", "Identifier: must be one line of text"),
        ("half \ud83d", "Identifier: must be one line of text"),
        (True, "Identifier: must be text"),
        (1.5, "Identifier: must be text"),
        (["a"], "Identifier: must be text"),
    ],
)
def test_identifiers_that_are_refused(identifier: Any, sentence: str) -> None:
    body: JsonObject = {"txjson": PAYMENT, "custom_meta": {"identifier": identifier}}
    assert refused(body) == [("identifier", sentence)]


@pytest.mark.parametrize(
    "text", ["x" * 280, "a" * 100 + "  \t  " + "b" * 179, "  " * 300 + "x", "💶" * 140, "a\n\n\nb"]
)
def test_instructions_are_counted_after_blanks_are_collapsed(text: str) -> None:
    made = taken({"txjson": PAYMENT, "custom_meta": {"instruction": text}})
    assert made.body["custom_meta"] == {"instruction": text, "identifier": "ours-1"}


def test_a_long_instruction_is_refused_with_its_collapsed_length() -> None:
    for text in ("x" * 281, "💶" * 140 + "x", "x" * 279 + "   " + "yy" * 0 + " y"):
        assert refused({"txjson": PAYMENT, "custom_meta": {"instruction": text}}) == [
            (
                "instruction",
                "Instruction: has at most 280 characters after blanks are collapsed, this has 281",
            )
        ]
    assert refused({"txjson": PAYMENT, "custom_meta": {"instruction": 5}}) == [
        ("instruction", "Instruction: must be text")
    ]


def test_collapsing_keeps_lines_and_trims_them() -> None:
    assert field_rules.collapse_blanks("  a \t b  \n   c\u00a0\u00a0d \n") == "a b\nc d"


def test_private_data_is_counted_as_json() -> None:
    fits: JsonObject = {"k": "x" * (1500 - len('{"k":""}'))}
    assert taken({"txjson": PAYMENT, "custom_meta": {"blob": fits}})
    assert taken({"txjson": PAYMENT, "custom_meta": {"blob": "text"}})
    over: JsonObject = {"k": "x" * (1501 - len('{"k":""}'))}
    sentence = "Blob: has at most 1500 characters as JSON, this has 1501"
    assert refused({"txjson": PAYMENT, "custom_meta": {"blob": over}}) == [("blob", sentence)]
    wrongs: list[Any] = [5, [1], True]
    for wrong in wrongs:
        assert refused({"txjson": PAYMENT, "custom_meta": {"blob": wrong}}) == [
            ("blob", "Blob: must be an object or text")
        ]


TAG_RULE = "Destination tag: must be a whole number from 0 to 4294967295"


@pytest.mark.parametrize("tag", [0, 1, 2**32 - 1])
def test_every_tag_of_32_bits_is_a_tag(tag: int) -> None:
    made = make_order({**PAYMENT, "DestinationTag": tag})
    assert made.tag == tag
    assert made.txjson["DestinationTag"] == tag


@pytest.mark.parametrize("tag", [-1, 2**32, "5", 1.5, True, [], {}])
def test_other_tags_are_refused(tag: Any) -> None:
    assert refused({"txjson": {**PAYMENT, "DestinationTag": tag}}) == [("tag", TAG_RULE)]


@pytest.mark.parametrize("tag", [None, 0, 7])
def test_an_x_address_is_split(tag: int | None) -> None:
    x_form = addresscodec.classic_address_to_xaddress(SHOP, tag, True)
    made = taken({"txjson": {"TransactionType": "Payment", "Destination": x_form, "Amount": "1"}})
    assert made.destination == SHOP
    assert made.tag == tag
    assert made.body["txjson"] == made.txjson


@pytest.mark.parametrize("network", ["MAINNET", "XAHAU"])
def test_an_address_for_test_networks_is_refused_where_money_is_real(network: str) -> None:
    t_form = addresscodec.classic_address_to_xaddress(SHOP, 7, True)
    txjson: JsonObject = {"TransactionType": "Payment", "Destination": t_form, "Amount": "1"}
    sentence = (
        "Destination: is written for test networks (T…), and this one is"
        f" {network}. Use the address on {network}"
    )
    problem = ("destination", sentence)
    assert refused({"txjson": txjson, "options": {"force_network": network}}) == [problem]
    x_form = addresscodec.classic_address_to_xaddress(SHOP, 7, False)
    real: JsonObject = {**txjson, "Destination": x_form}
    assert taken({"txjson": real, "options": {"force_network": network}}).tag == 7


@pytest.mark.parametrize("text", ["a\ud800", "\udfff", "tea\ud83d"])
def test_half_a_character_is_refused_in_an_instruction(text: str) -> None:
    assert refused({"txjson": PAYMENT, "custom_meta": {"instruction": text}}) == [
        ("instruction", "Instruction: holds half of a character, which nobody can read")
    ]
    assert taken({"txjson": PAYMENT, "custom_meta": {"instruction": "☕ \U0001f600"}}).instruction


def test_a_tag_that_differs_from_the_x_address_is_refused() -> None:
    x_form = addresscodec.classic_address_to_xaddress(SHOP, 0, True)
    same: JsonObject = {**PAYMENT, "Destination": x_form, "DestinationTag": 0}
    assert taken({"txjson": same}).tag == 0
    seven = addresscodec.classic_address_to_xaddress(SHOP, 7, True)
    for destination, tag in ((x_form, 495), (seven, 0), (seven, 8)):
        txjson: JsonObject = {**PAYMENT, "Destination": destination, "DestinationTag": tag}
        assert refused({"txjson": txjson}) == [
            ("tag", "Destination tag: differs from the tag inside the X-address")
        ]


DESTINATION_RULE = "Destination: is not a valid address. Check it letter by letter"


@pytest.mark.parametrize("destination", [None, "", "rNobody", 5, SHOP[:-1]])
def test_destinations_that_are_refused(destination: Any) -> None:
    assert refused({"txjson": {**PAYMENT, "Destination": destination}}) == [
        ("destination", DESTINATION_RULE)
    ]


AMOUNT_RULE = (
    "Amount: must be a string of drops, or an object with currency, issuer and value as strings"
)


@pytest.mark.parametrize(
    ("value", "problems"),
    [
        (1500000, [("amount", AMOUNT_RULE)]),
        ("1.5", [("amount", AMOUNT_RULE)]),
        ("-5", [("amount", AMOUNT_RULE)]),
        ([], [("amount", AMOUNT_RULE)]),
        ({"currency": "EUR", "issuer": ISSUER, "value": 12.5}, [("amount", AMOUNT_RULE)]),
        ("0", [("amount", "Amount: must be more than zero")]),
        ({**EURO, "value": "0"}, [("amount", "Amount: must be more than zero")]),
        ({**EURO, "value": "-5"}, [("amount", "Amount: must be more than zero")]),
        (
            "100000000000000001",
            [("amount", "Amount: is more XRP than exists (100 000 000 000)")],
        ),
        (
            {**EURO, "value": "1234567890.123456"},
            [
                (
                    "amount",
                    "Amount: An issued currency has at most 15 significant digits, this has 16",
                )
            ],
        ),
        (
            {**EURO, "value": "1e96"},
            [("amount", "Amount: This is too large or too small for the ledger")],
        ),
        ({**EURO, "currency": "XRP"}, [("currency", field_rules.CURRENCY_RULE)]),
        ({**EURO, "currency": "EURO"}, [("currency", field_rules.CURRENCY_RULE)]),
        (
            {**EURO, "issuer": "rNobody"},
            [("issuer", "Issuer: is not a valid address. Check it letter by letter")],
        ),
        (
            {**EURO, "issuer": ISSUER + " "},
            [("issuer", "Issuer: is not a valid address. Check it letter by letter")],
        ),
    ],
)
def test_amounts_that_are_refused(value: Any, problems: list[tuple[str, str]]) -> None:
    assert refused({"txjson": {**PAYMENT, "Amount": value}}) == problems


@pytest.mark.parametrize("value", ["1e80", "1e-81", "123456789012345e80", "12.50", "0.000001"])
def test_issued_amounts_of_the_whole_range_are_taken(value: str) -> None:
    made = taken({"txjson": {**PAYMENT, "Amount": {**EURO, "value": value}}})
    assert made.amount == IssuedAmount("EUR", ISSUER, Decimal(value))


def test_an_amount_may_be_left_to_the_customer() -> None:
    open_amount = {key: value for key, value in PAYMENT.items() if key != "Amount"}
    assert taken({"txjson": open_amount}).amount is None


@pytest.mark.parametrize(
    ("memos", "ok"),
    [
        (None, True),
        ([], True),
        ([{"Memo": {"MemoData": "CAFE", "MemoType": "00"}}], True),
        ("text", False),
        ([{"Memo": {"MemoData": "not hex"}}], False),
        ([{"Memo": {"MemoData": "ABC"}}], False),
        ([{"Memo": {"MemoData": 5}}], False),
        ([{"Memo": None}], False),
        ([None], False),
    ],
)
def test_memos_are_hex(memos: Any, ok: bool) -> None:
    result = check({"txjson": {**PAYMENT, "Memos": memos}})
    assert isinstance(result, RequestSpec) is ok
    if not isinstance(result, RequestSpec):
        assert [p.field for p in result] == ["memo"]
        assert "hex" in result[0].message


@pytest.mark.parametrize(
    ("options", "field", "named"),
    [
        ({"submit": "yes"}, "submit", "submit: must be true or false"),
        ({"multisign": 2}, "multisign", "multisign: must be true or false"),
        ({"pathfinding": []}, "pathfinding", "pathfinding: must be true or false"),
        ({"expire": 0}, "expire", "Expiry: must be a whole number of minutes, at least 1"),
        ({"expire": -5}, "expire", "Expiry: must be a whole number of minutes, at least 1"),
        ({"expire": "soon"}, "expire", "Expiry: must be a whole number of minutes, at least 1"),
        ({"expire": 1.5}, "expire", "Expiry: must be a whole number of minutes, at least 1"),
        ({"expire": True}, "expire", "Expiry: must be a whole number of minutes, at least 1"),
        ({"expire": 10**9}, "expire", "Expiry: must be a whole number of minutes, at least 1"),
        ({"force_network": "testnet"}, "network", "Network: 'testnet' is not known. Use one of"),
        ({"force_network": "TEST"}, "network", "Network: 'TEST' is not known. Use one of"),
        ({"force_network": 1}, "network", "Network: '1' is not known. Use one of"),
        ({"signers": CUSTOMER.address}, "signers", "Allowed signers: must be a list of valid"),
        ({"signers": ["rNobody"]}, "signers", "Allowed signers: must be a list of valid"),
        ({"signers": [CUSTOMER.address + " "]}, "signers", "Allowed signers: must be a list"),
        ({"signers": [5]}, "signers", "Allowed signers: must be a list of valid addresses"),
        ({"return_url": "https://a"}, "return_url", "Return URL: app and web must each be"),
        ({"return_url": {"app": 5}}, "return_url", "Return URL: app and web must each be"),
        ({"return_url": {"web": "x" * 251}}, "return_url", "at most 250 characters"),
    ],
)
def test_options_that_are_refused(options: JsonObject, field: str, named: str) -> None:
    [(key, sentence)] = refused({"txjson": PAYMENT, "options": options})
    assert key == field
    assert named in sentence


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "txjson"),
        ({"txjson": None}, "txjson"),
        ({"txjson": PAYMENT, "txblob": "AB" * 9}, "txjson"),
        ({"txjson": "text"}, "txjson"),
        ({"txjson": {}}, "txjson"),
        ({"txjson": PAYMENT, "txJson": {}}, "body"),
        ({"txjson": PAYMENT, "options": []}, "options"),
        ({"txjson": PAYMENT, "custom_meta": "x"}, "custom_meta"),
        ({"txjson": PAYMENT, "user_token": "x"}, "user_token"),
        ({"txjson": PAYMENT, "user_token": 5}, "user_token"),
        ({"txblob": "ab" * 9}, "txblob"),
        ({"txblob": "AB"}, "txblob"),
        ({"txblob": "AB" * 9 + "C"}, "txblob"),
        ({"txblob": 5}, "txblob"),
    ],
)
def test_bodies_of_a_wrong_shape(body: JsonObject, field: str) -> None:
    [(key, sentence)] = refused(body)
    assert key == field
    assert ": " in sentence


def test_all_problems_come_at_once() -> None:
    body: JsonObject = {
        "txjson": {**PAYMENT, "Destination": "x", "DestinationTag": -1, "Amount": 5},
        "options": {"expire": 0, "force_network": "X", "signers": 5},
        "custom_meta": {"identifier": "x" * 41, "instruction": "x" * 281, "blob": 5},
        "user_token": "x",
        "more": 1,
    }
    fields = [field for field, _ in refused(body)]
    assert sorted(fields) == sorted(
        [
            "body",
            "destination",
            "tag",
            "amount",
            "identifier",
            "instruction",
            "blob",
            "expire",
            "signers",
            "network",
            "user_token",
        ]
    )


def test_a_blob_is_sent_and_its_decoded_transaction_is_what_we_asked() -> None:
    made = taken({"txblob": "12" * 40}, decoded=dict(PAYMENT))
    assert made.body["txblob"] == "12" * 40
    assert "txjson" not in made.body
    assert made.txjson == PAYMENT
    assert made.is_payment
    unreadable = taken({"txblob": "12" * 40})
    assert unreadable.tx_type == ""
    assert not unreadable.is_payment


@pytest.mark.parametrize(
    ("txjson", "options", "pays", "reaches"),
    [
        (PAYMENT, {}, True, True),
        (PAYMENT, {"submit": False}, False, False),
        (PAYMENT, {"submit": "false"}, False, False),
        (PAYMENT, {"submit": 0}, False, False),
        (PAYMENT, {"multisign": True}, True, False),
        (TRUST, {}, False, True),
        ({"TransactionType": "SignIn"}, {}, False, False),
        ({"TransactionType": "SignIn"}, {"submit": True}, False, False),
    ],
)
def test_what_pays_and_what_reaches_a_ledger(
    txjson: JsonObject, options: JsonObject, pays: bool, reaches: bool
) -> None:
    made = taken({"txjson": txjson, "options": options})
    assert (made.is_payment, made.is_submitted) == (pays, reaches)
    assert RequestSpec.from_json(made.to_json()) == made


def test_new_identifiers_are_short_and_sortable() -> None:
    made = request_spec.make_identifier(
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "0123456789abcdef"
    )
    assert made == "desk-20260102-030405-0123456789ab"
    assert field_rules.identifier_error(made) is None
