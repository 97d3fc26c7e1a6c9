"""Each setting of an account has its finding, and CHARGE is off where money cannot arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xumm_desk.core.account import account_findings
from xumm_desk.core.account.account_findings import (
    blocking_reason,
    destination_findings,
    gravest,
    receiving_findings,
)
from xumm_desk.core.account.account_state import (
    Absent,
    AccountRoot,
    AccountState,
    Reserve,
    TokenHolding,
    TokenIssuance,
    TrustLine,
    Unknown,
)
from xumm_desk.core.account.finding import SEVERITIES, Finding, Kind, Severity
from xumm_desk.core.account.wording import payer_words, shop_words
from xumm_desk.core.message import Message
from xumm_desk.core.money import mpt
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.pricing.accepted_asset import XRP, AcceptedAsset

SHOP = "rM9JvRVQ3VV7z6bdQCCqWBCdZS1Lar2qLe"
ISSUER = "rhub8VRN55s94qWKDv6jmDy1pUykJzF3wq"
OTHER = "rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B"
TOKEN = "0000012F" + "0A" * 20
USD = AcceptedAsset("USD", ISSUER, decimals=2)
MPT = AcceptedAsset(TOKEN, decimals=2, name="Points")
RESERVE = Reserve(XrpAmount(1_000_000), XrpAmount(200_000))
NOBODY = "rrrrrrrrrrrrrrrrrrrrrhoLvTp"

REQUIRE_TAG, REQUIRE_AUTH, DISALLOW_XRP = 0x00020000, 0x00040000, 0x00080000
NO_MASTER, GLOBAL_FREEZE, DEFAULT_RIPPLE = 0x00100000, 0x00400000, 0x00800000
DEPOSIT_AUTH, NO_LINES = 0x01000000, 0x20000000

ROOT = AccountRoot(SHOP, XrpAmount(50_000_000))
LINE = TrustLine(ISSUER, "USD", Decimal(10), Decimal(1000), no_ripple=True)
ISSUANCE = TokenIssuance(TOKEN, mpt.issuer_of(TOKEN), can_transfer=True, scale=2)


def state(**more: Any) -> AccountState:
    """An account in which everything arrives, but for what `more` changes."""
    good: dict[str, Any] = {
        "root": ROOT,
        "lines": (LINE,),
        "issuers": {ISSUER: AccountRoot(ISSUER, flags=DEFAULT_RIPPLE)},
        "holdings": {TOKEN: TokenHolding(TOKEN)},
        "issuances": {TOKEN: ISSUANCE},
        "reserve": RESERVE,
    }
    return AccountState(SHOP, **{**good, **more})


def found(
    one: AccountState, assets: Sequence[AcceptedAsset] = (XRP, USD, MPT), *, uses_tags: bool = True
) -> dict[tuple[Kind, str], Finding]:
    """The findings by kind and asset, without those that say that an asset can arrive."""
    findings = receiving_findings(one, assets, uses_tags=uses_tags)
    return {(f.kind, f.asset): f for f in findings if f.kind is not Kind.RECEIVABLE}


def root(flags: int = 0, **more: Any) -> AccountRoot:
    return replace(ROOT, flags=flags, **more)


def issuer(flags: int) -> dict[str, AccountRoot]:
    return {ISSUER: AccountRoot(ISSUER, flags=flags)}


def test_where_everything_arrives_each_asset_says_so() -> None:
    findings = receiving_findings(state(), (XRP, USD, MPT), uses_tags=False)
    assert [one.meaning for one in findings] == [
        "XRP can arrive.",
        "USD can arrive.",
        "Points can arrive.",
    ]
    assert gravest(findings) is Severity.FINE
    assert [blocking_reason(findings, asset) for asset in (XRP, USD, MPT)] == ["", "", ""]


ALL = (XRP, USD, MPT)
CASES: list[tuple[AccountState, Kind, Sequence[AcceptedAsset]]] = [
    (state(root=Absent()), Kind.NOT_ON_LEDGER, ALL),
    (state(root=root(DEPOSIT_AUTH)), Kind.DEPOSIT_AUTH, ALL),
    (state(root=root(NO_MASTER)), Kind.NO_SIGNER, ALL),
    (state(root=root(NO_MASTER, regular_key=NOBODY)), Kind.NO_SIGNER, ALL),
    (state(root=root(DISALLOW_XRP)), Kind.DISALLOWS_XRP, ()),
    (state(issuers={ISSUER: Absent()}), Kind.NO_ISSUER, [USD]),
    (state(issuers=issuer(DEFAULT_RIPPLE | GLOBAL_FREEZE)), Kind.GLOBAL_FREEZE, [USD]),
    (state(lines=()), Kind.NO_LINE, [USD]),
    (state(lines=(replace(LINE, issuer=OTHER),)), Kind.NO_LINE, [USD]),
    (state(lines=(), issuers=issuer(NO_LINES)), Kind.LINES_REFUSED, [USD]),
    (state(lines=(replace(LINE, frozen=True, deep_frozen=True),)), Kind.DEEP_FROZEN, [USD]),
    (state(lines=(replace(LINE, frozen=True),)), Kind.FROZEN, [USD]),
    (state(lines=(replace(LINE, balance=Decimal(1000)),)), Kind.LIMIT_REACHED, [USD]),
    (state(lines=(replace(LINE, balance=Decimal(950)),)), Kind.LIMIT_LOW, ()),
    (
        state(
            lines=(replace(LINE, balance=Decimal(0)),),
            issuers=issuer(REQUIRE_AUTH | DEFAULT_RIPPLE),
        ),
        Kind.NOT_AUTHORIZED,
        [USD],
    ),
    (
        state(lines=(replace(LINE, no_ripple_peer=True),), issuers=issuer(0)),
        Kind.NO_RIPPLE_PEER,
        (),
    ),
    (
        state(
            lines=(
                replace(LINE, no_ripple=False),
                replace(LINE, issuer=OTHER, no_ripple=False),
            )
        ),
        Kind.RIPPLES,
        (),
    ),
    (state(issuances={TOKEN: Absent()}), Kind.NO_ISSUANCE, [MPT]),
    (state(issuances={TOKEN: replace(ISSUANCE, locked=True)}), Kind.ISSUANCE_LOCKED, [MPT]),
    (
        state(issuances={TOKEN: replace(ISSUANCE, can_transfer=False)}),
        Kind.NOT_TRANSFERABLE,
        [MPT],
    ),
    (state(issuances={TOKEN: replace(ISSUANCE, scale=6)}), Kind.WRONG_SCALE, [MPT]),
    (state(holdings={TOKEN: Absent()}), Kind.NO_HOLDING, [MPT]),
    (state(holdings={TOKEN: TokenHolding(TOKEN, locked=True)}), Kind.HOLDING_LOCKED, [MPT]),
    (
        state(issuances={TOKEN: replace(ISSUANCE, requires_authorization=True)}),
        Kind.NOT_AUTHORIZED,
        [MPT],
    ),
    (
        state(
            issuances={TOKEN: replace(ISSUANCE, requires_authorization=True, by_credentials=True)}
        ),
        Kind.CREDENTIALS,
        (),
    ),
    (
        state(issuances={TOKEN: replace(ISSUANCE, maximum=5, outstanding=5)}),
        Kind.ISSUANCE_AT_MAXIMUM,
        (),
    ),
    (state(root=root(regular_key=OTHER)), Kind.REGULAR_KEY, ()),
    (state(root=root(NO_MASTER, regular_key=OTHER)), Kind.MASTER_DISABLED, ()),
    (state(root=root(NO_MASTER, signer_quorum=2)), Kind.SIGNER_LIST, ()),
    (state(root=root(owner_count=300)), Kind.LOW_RESERVE, ()),
    (state(root=root(REQUIRE_TAG)), Kind.SHARED_ADDRESS, ()),
    (state(root=Unknown()), Kind.NOT_ASKED, ()),
    (state(lines=Unknown()), Kind.ASSET_UNKNOWN, ()),
    (state(issuers={}), Kind.ASSET_UNKNOWN, ()),
    (state(lines=(replace(LINE, limit=None),)), Kind.ASSET_UNKNOWN, ()),
    (state(holdings={}), Kind.ASSET_UNKNOWN, ()),
    (state(issuances={TOKEN: Unknown()}), Kind.ASSET_UNKNOWN, ()),
]


@pytest.mark.parametrize(
    ("one", "kind", "blocked"), CASES, ids=[f"{n}-{c[1].value}" for n, c in enumerate(CASES)]
)
def test_each_setting_is_one_finding_and_blocks_what_cannot_arrive(
    one: AccountState, kind: Kind, blocked: Sequence[AcceptedAsset]
) -> None:
    findings = receiving_findings(one, ALL, uses_tags=True)
    told = found(one)
    assert [key[0] for key in told] == [kind]
    assert [asset for asset in ALL if blocking_reason(findings, asset)] == list(blocked)
    (finding,) = told.values()
    assert isinstance(finding.meaning, Message)
    if kind not in (Kind.REGULAR_KEY, Kind.SIGNER_LIST, Kind.ISSUANCE_AT_MAXIMUM):
        assert isinstance(finding.action, Message)
    if blocked:
        assert blocking_reason(findings, blocked[0]) == finding.meaning


def test_every_kind_was_seen() -> None:
    seen = {kind for _, kind, _ in CASES} | {Kind.RECEIVABLE, Kind.NO_NODE, Kind.NEEDS_TAG}
    assert seen == set(Kind)


def test_a_tag_is_demanded_and_none_is_set() -> None:
    told = found(state(root=root(REQUIRE_TAG)), uses_tags=False)
    assert [(kind, one.severity) for (kind, _), one in told.items()] == [
        (Kind.NEEDS_TAG, Severity.BLOCKS)
    ]


def test_how_much_still_fits_is_said_and_a_larger_sale_is_stopped() -> None:
    near = state(lines=(replace(LINE, balance=Decimal("987.50")),))
    findings = receiving_findings(near, [XRP, USD], uses_tags=True)
    assert "Only 12.5 USD more fit on the trust line." in findings[0].meaning
    assert blocking_reason(findings, USD, USD.amount_of(Decimal("12.5"))) == ""
    assert blocking_reason(findings, USD, USD.amount_of(Decimal("12.51"))) == (
        "Only 12.5 USD more fit on the receiving account's trust line."
    )
    assert blocking_reason(findings, XRP, XrpAmount(10**12)) == ""
    far = receiving_findings(state(), [USD], uses_tags=True)
    assert far[0].room == IssuedAmount("USD", ISSUER, Decimal(990))
    assert blocking_reason(far, USD, USD.amount_of(Decimal(991))) != ""


def test_the_code_is_the_same_in_either_notation() -> None:
    hexed = AcceptedAsset("0000000000000000000000005553440000000000", ISSUER)
    assert not found(state(), [hexed])


def test_an_issuer_takes_its_own_money_without_a_trust_line() -> None:
    own = AcceptedAsset("USD", SHOP)
    own_token = AcceptedAsset("0000012F" + "0A" * 20)
    assert not found(state(lines=(), issuers={}), [own])
    there = replace(state(holdings={}, issuances={}), address=mpt.issuer_of(TOKEN))
    assert not found(there, [own_token])


def test_what_is_known_for_sure_is_not_lost_beside_what_is_unknown() -> None:
    one = state(root=Unknown(Message("no ledger node answers")), lines=())
    assert {key[0] for key in found(one)} == {Kind.NOT_ASKED, Kind.NO_LINE}
    nothing = AccountState(SHOP, Unknown())
    assert {key[0] for key in found(nothing)} == {Kind.NOT_ASKED}
    (alone,) = account_findings.no_node()
    assert (alone.kind, alone.severity) == (Kind.NO_NODE, Severity.UNKNOWN)


def test_the_gravest_comes_first() -> None:
    one = state(root=root(DEPOSIT_AUTH | DISALLOW_XRP, regular_key=OTHER), lines=Unknown())
    findings = receiving_findings(one, ALL, uses_tags=True)
    order = [finding.severity.value for finding in findings]
    assert order == sorted(order)
    assert {finding.severity for finding in findings} == set(Severity)


@pytest.mark.parametrize(
    ("one", "asset", "kinds"),
    [
        (state(), USD, []),
        (state(root=Absent()), XRP, [Kind.NOT_ON_LEDGER]),
        (state(root=root(REQUIRE_TAG)), XRP, [Kind.NEEDS_TAG]),
        (state(root=root(DEPOSIT_AUTH)), XRP, [Kind.DEPOSIT_AUTH]),
        (state(root=root(DISALLOW_XRP)), XRP, [Kind.DISALLOWS_XRP]),
        (state(root=root(DISALLOW_XRP)), USD, []),
        (state(lines=()), USD, [Kind.NO_LINE]),
        (state(lines=()), XRP, []),
        (state(holdings={TOKEN: Absent()}), MPT, [Kind.NO_HOLDING]),
        (state(root=root(regular_key=OTHER, owner_count=900)), XRP, []),
        (state(root=Unknown()), XRP, [Kind.NOT_ASKED]),
    ],
)
def test_what_a_refund_may_meet_is_said_before(
    one: AccountState, asset: AcceptedAsset, kinds: list[Kind]
) -> None:
    assert [finding.kind for finding in destination_findings(one, asset)] == kinds


def test_a_tag_that_a_person_gave_lets_a_refund_go() -> None:
    tagged = state(root=root(REQUIRE_TAG))
    (finding,) = destination_findings(tagged, XRP, has_tag=True)
    assert (finding.kind, finding.blocks) == (Kind.SHARED_ADDRESS, False)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_for_the_shop(kind: Kind) -> None:
    meaning, action = shop_words(kind, asset="USD", issuer="rABC", room="5", reserve="1", key="r")
    assert isinstance(meaning, Message)
    assert bool(action) or SEVERITIES.get(kind) is Severity.FINE
    payer_words(kind, asset="USD", reserve="1.00 XRP", reason="silence")


FLAGS = st.integers(0, 2**32 - 1)
ROOTS = st.one_of(
    st.builds(
        AccountRoot,
        st.just(SHOP),
        st.none() | st.builds(XrpAmount, st.integers(0, 10**17)),
        FLAGS,
        st.none() | st.sampled_from([OTHER, NOBODY]),
        st.integers(0, 3),
        st.integers(0, 50),
    ),
    st.just(Absent()),
    st.just(Unknown()),
)
VALUES = st.none() | st.decimals(-(10**6), 10**6, places=3)
LINES = st.lists(
    st.builds(
        TrustLine,
        st.sampled_from([ISSUER, OTHER]),
        st.just("USD"),
        VALUES,
        VALUES,
        *[st.booleans()] * 5,
    ),
    max_size=3,
).map(tuple) | st.just(Unknown())


@given(ROOTS, LINES, ROOTS, st.booleans())
def test_what_is_not_known_to_arrive_is_never_called_fine(
    account: AccountRoot | Absent | Unknown,
    lines: tuple[TrustLine, ...] | Unknown,
    other: AccountRoot | Absent | Unknown,
    uses_tags: bool,
) -> None:
    one = state(root=account, lines=lines, issuers={ISSUER: other})
    findings = receiving_findings(one, ALL, uses_tags=uses_tags)
    for asset in ALL:
        own = [f for f in findings if f.asset == asset.key]
        fine = any(f.kind is Kind.RECEIVABLE for f in own)
        grave = [f for f in own if f.severity is not Severity.FINE]
        assert not (fine and grave)
        if not fine and not grave:
            assert any(f.severity is not Severity.FINE for f in findings if not f.asset)
        if any(f.blocks for f in own):
            assert blocking_reason(findings, asset)
    assert bool(blocking_reason(findings, USD)) == any(
        f.blocks and f.asset in ("", USD.key) for f in findings
    )
