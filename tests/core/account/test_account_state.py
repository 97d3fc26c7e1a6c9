"""What a node says about accounts is read exactly, and whatever it says, nothing raises."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.builders import MODERATE
from core.test_total import JSON, OBJECTS, damaged
from xumm_desk.core.account import account_state
from xumm_desk.core.account.account_findings import destination_findings, receiving_findings
from xumm_desk.core.account.account_state import (
    AccountRoot,
    AccountState,
    Reserve,
    TokenHolding,
    TokenIssuance,
    TrustLine,
    Unknown,
)
from xumm_desk.core.money import mpt
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset
from xumm_desk.core.wire.json_fields import Json, JsonObject

SHOP = "rM9JvRVQ3VV7z6bdQCCqWBCdZS1Lar2qLe"
ISSUER = "rhub8VRN55s94qWKDv6jmDy1pUykJzF3wq"
TOKEN = "0000012F" + "0A" * 20

ACCOUNT: JsonObject = {
    "account_data": {
        "Account": SHOP,
        "Balance": "25000000",
        "Flags": 0x01120000,
        "OwnerCount": 3,
        "RegularKey": ISSUER,
    },
    "signer_lists": [{"SignerQuorum": 2}],
    "validated": True,
}
LINE: JsonObject = {
    "account": ISSUER,
    "currency": "USD",
    "balance": "12.5",
    "limit": "100",
    "limit_peer": "0",
    "no_ripple": True,
    "no_ripple_peer": False,
    "freeze_peer": True,
    "peer_authorized": True,
}
LINES: JsonObject = {"lines": [LINE], "validated": True}
HOLDING: JsonObject = {
    "node": {
        "LedgerEntryType": "MPToken",
        "Account": SHOP,
        "MPTokenIssuanceID": TOKEN,
        "Flags": 3,
    }
}
ISSUANCE: JsonObject = {
    "node": {
        "LedgerEntryType": "MPTokenIssuance",
        "Issuer": mpt.issuer_of(TOKEN),
        "Flags": 0x25,
        "AssetScale": 2,
        "MaximumAmount": "9223372036854775807",
        "OutstandingAmount": "70000",
    }
}
FEES: JsonObject = {
    "node": {
        "LedgerEntryType": "FeeSettings",
        "Flags": 0,
        "ReserveBaseDrops": "1000000",
        "ReserveIncrementDrops": "200000",
    }
}


def test_an_account_is_read_with_its_flags_keys_and_signers() -> None:
    root = account_state.parse_account(ACCOUNT, SHOP)
    assert isinstance(root, AccountRoot)
    assert (root.balance, root.owner_count) == (XrpAmount(25_000_000), 3)
    assert (root.requires_tag, root.deposit_auth, root.master_disabled) == (True, True, True)
    assert (root.disallows_xrp, root.froze_everything, root.lets_ripple) == (False, False, False)
    assert (root.regular_key, root.signer_quorum) == (ISSUER, 2)
    data: Any = ACCOUNT["account_data"]
    older: JsonObject = {"account_data": {**data, "signer_lists": [{"SignerQuorum": 3}]}}
    version_one = account_state.parse_account(older, SHOP)
    assert isinstance(version_one, AccountRoot)
    assert version_one.signer_quorum == 3


def test_an_answer_about_another_account_is_unknown() -> None:
    assert isinstance(account_state.parse_account(ACCOUNT, ISSUER), Unknown)
    assert isinstance(account_state.parse_account({}, SHOP), Unknown)
    assert isinstance(account_state.parse_holding(HOLDING, ISSUER, TOKEN), Unknown)
    assert isinstance(account_state.parse_issuance(ISSUANCE, "0" * 8 + "0B" * 20), Unknown)
    assert isinstance(account_state.parse_issuance(FEES, TOKEN), Unknown)


def test_a_trust_line_is_read_from_its_holders_side() -> None:
    assert account_state.parse_lines([LINES, {"lines": []}]) == (
        TrustLine(ISSUER, "USD", Decimal("12.5"), Decimal(100), True, False, True, no_ripple=True),
    )
    line = TrustLine(ISSUER, "USD", Decimal(120), Decimal(100))
    assert line.room == 0
    assert TrustLine(ISSUER, "USD").room is None


@pytest.mark.parametrize("side", ["deep_freeze", "deep_freeze_peer"])
def test_a_deep_freeze_counts_from_either_side(side: str) -> None:
    lines = account_state.parse_lines([{"lines": [{**LINE, side: True}]}])
    assert isinstance(lines, tuple)
    assert lines[0].deep_frozen


@pytest.mark.parametrize(
    "raw",
    [None, [], "x", {**LINE, "account": "r1"}, {**LINE, "currency": "XRP"}, {"account": ISSUER}],
)
def test_a_line_that_cannot_be_read_makes_all_unknown(raw: Json) -> None:
    assert isinstance(account_state.parse_lines([{"lines": [LINE, raw]}]), Unknown)
    assert isinstance(account_state.parse_lines([{}]), Unknown)


@pytest.mark.parametrize("value", [12.5, 100, "much", None, "NaN"])
def test_a_value_that_is_no_text_of_a_number_is_no_money(value: Json) -> None:
    lines = account_state.parse_lines([{"lines": [{**LINE, "limit": value}]}])
    assert isinstance(lines, tuple)
    assert lines[0].limit is None


def test_tokens_and_reserves_are_read() -> None:
    assert account_state.parse_holding(HOLDING, SHOP, TOKEN.lower()) == TokenHolding(
        TOKEN, locked=True, authorized=True
    )
    assert account_state.parse_issuance(ISSUANCE, TOKEN) == TokenIssuance(
        TOKEN,
        mpt.issuer_of(TOKEN),
        locked=True,
        requires_authorization=True,
        can_transfer=True,
        maximum=2**63 - 1,
        outstanding=70_000,
        scale=2,
    )
    reserve = Reserve(XrpAmount(1_000_000), XrpAmount(200_000))
    assert account_state.parse_reserve(FEES) == reserve
    older: JsonObject = {
        "node": {
            "LedgerEntryType": "FeeSettings",
            "Flags": 0,
            "ReserveBase": 1_000_000,
            "ReserveIncrement": 200_000,
        }
    }
    assert account_state.parse_reserve(older) == reserve
    assert account_state.parse_reserve({}) is None


ASSETS = (XRP, AcceptedAsset("USD", ISSUER), AcceptedAsset(TOKEN, decimals=2))


@st.composite
def states(draw: st.DrawFn) -> AccountState:
    """What is read of answers that may hold anything."""
    account = draw(damaged(ACCOUNT) | OBJECTS)
    lines = draw(st.lists(damaged(LINES) | OBJECTS, max_size=2))
    other: JsonObject = {"lines": [draw(JSON)]}
    return AccountState(
        SHOP,
        account_state.parse_account(account, SHOP),
        account_state.parse_lines([*lines, other] if draw(st.booleans()) else lines),
        {ISSUER: account_state.parse_account(account, ISSUER)},
        {TOKEN: account_state.parse_holding(draw(damaged(HOLDING) | OBJECTS), SHOP, TOKEN)},
        {TOKEN: account_state.parse_issuance(draw(damaged(ISSUANCE) | OBJECTS), TOKEN)},
        account_state.parse_reserve(draw(damaged(FEES) | OBJECTS)),
    )


@MODERATE
@given(states(), st.booleans())
def test_whatever_a_node_answers_findings_follow(state: AccountState, uses_tags: bool) -> None:
    assert receiving_findings(state, ASSETS, uses_tags=uses_tags)
    for asset in ASSETS:
        destination_findings(state, asset)
