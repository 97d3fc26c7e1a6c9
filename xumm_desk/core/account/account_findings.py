"""Say what keeps money from arriving at an account, and which assets may not be charged there.

`receiving_findings` is about the shop's own account, `destination_findings` about the one to which
a refund goes. What the ledger does in each case: xrpl.org, "Deposit Authorization", "Freezes",
"Deep Freeze", "Authorized Trust Lines", "Rippling", "Multi-Purpose Tokens", "Require Destination
Tags".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import address, amount, mpt
from xumm_desk.core.money.amount import Amount
from xumm_desk.core.pricing.accepted_asset import AcceptedAsset

from .account_state import (
    Absent,
    AccountRoot,
    AccountState,
    Reserve,
    TrustLine,
    Unknown,
)
from .finding import Finding, Kind, Severity
from .wording import payer_words, shop_words

_LOW: Final = Decimal("0.1")
"""The part of a trust line's limit below which the room that is left is told."""

_SPARE_DROPS: Final = 100_000
"""Drops above the reserve that pay the fees of many refunds."""

_NOT_READ: Final = Message("no node was asked")
_RESERVE_UNKNOWN: Final = Message("the ledger's reserve")

_NO_OWNER: Final = frozenset(
    {
        "rrrrrrrrrrrrrrrrrrrrrhoLvTp",
        "rrrrrrrrrrrrrrrrrrrrBZbvji",
        "rrrrrrrrrrrrrrrrrNAMEtxvNvQ",
        "rrrrrrrrrrrrrrrrrrrn5RM1rHd",
    }
)
"""Addresses to which nobody has the key (xrpl.org, "Special Addresses"); as the regular key of an
account without a master key they make it one of nobody."""


@dataclass(frozen=True, slots=True)
class _Observation:
    """What a rule found; the sentences are made of it."""

    kind: Kind
    asset: AcceptedAsset | None = None
    room: Amount | None = None
    reason: str = ""
    scale: int = 0


def no_node() -> tuple[Finding, ...]:
    """The one finding where no ledger node is set up."""
    return (Finding(Kind.NO_NODE, *shop_words(Kind.NO_NODE)),)


def receiving_findings(
    state: AccountState, assets: Sequence[AcceptedAsset], *, uses_tags: bool
) -> tuple[Finding, ...]:
    """All findings about the shop's account, the gravest first; `uses_tags` says whether each sale
    has a destination tag."""
    found = []
    for one in _observe(state, assets, has_tag=uses_tags):
        asset = one.asset
        meaning, action = shop_words(
            one.kind,
            asset=asset.label if asset else "",
            issuer=address.shorten(_issuer(asset)) if asset else "",
            room=amount.format_amount(one.room),
            reserve=_reserve_text(state.reserve),
            reason=one.reason,
            scale=one.scale,
            decimals=asset.decimals if asset else 0,
            key=address.shorten(state.root.regular_key)
            if isinstance(state.root, AccountRoot)
            else "",
        )
        found.append(Finding(one.kind, meaning, action, asset.key if asset else "", one.room))
    return tuple(sorted(found, key=lambda finding: finding.severity.value))


def destination_findings(
    state: AccountState, asset: AcceptedAsset, *, has_tag: bool = False
) -> tuple[Finding, ...]:
    """What a refund of `asset` to this account may meet, the gravest first; nothing where it is
    expected to arrive. `has_tag`: a person has given the destination tag for it."""
    found = []
    for one in _observe(state, [asset], has_tag=has_tag):
        meaning, action = payer_words(
            one.kind,
            asset=one.asset.label if one.asset else "",
            reserve=_reserve_text(state.reserve),
            reason=one.reason,
        )
        if meaning:
            key = one.asset.key if one.asset else ""
            found.append(Finding(one.kind, meaning, action, key, one.room))
    return tuple(sorted(found, key=lambda finding: finding.severity.value))


def blocking_reason(
    findings: Sequence[Finding], asset: AcceptedAsset, charged: Amount | None = None
) -> str:
    """Why nothing may be charged in `asset`, or not as much as `charged`; "" if it may be."""
    concerned = [one for one in findings if one.asset in ("", asset.key)]
    for one in concerned:
        if one.blocks:
            return one.meaning
    for one in concerned:
        if (
            one.room is not None
            and amount.same_asset(one.room, charged)
            and amount.as_decimal(charged) > amount.as_decimal(one.room)
        ):
            return Message(
                "Only {room} more fit on the receiving account's trust line.",
                room=amount.format_amount(one.room),
            )
    return ""


def gravest(findings: Sequence[Finding]) -> Severity:
    """How grave the gravest is; fine where there is none."""
    return min((one.severity for one in findings), key=lambda s: s.value, default=Severity.FINE)


# The rules.


def _observe(
    state: AccountState, assets: Sequence[AcceptedAsset], *, has_tag: bool
) -> Iterator[_Observation]:
    root = state.root
    if isinstance(root, Absent):
        yield _Observation(Kind.NOT_ON_LEDGER)
        return
    if isinstance(root, Unknown):
        yield _Observation(Kind.NOT_ASKED, reason=root.reason)
    else:
        yield from _observe_root(root, state.reserve, has_tag=has_tag)
    for asset in assets:
        seen = tuple(_observe_asset(state, asset))
        if isinstance(root, Unknown):
            # That nothing is known was said; what is known for sure must not be lost.
            yield from (one for one in seen if Finding(one.kind, "").blocks)
            continue
        yield from seen
        if all(one.kind is Kind.ISSUANCE_AT_MAXIMUM for one in seen):
            yield _Observation(Kind.RECEIVABLE, asset, _room(state, asset))


def _observe_root(
    root: AccountRoot, reserve: Reserve | None, *, has_tag: bool
) -> Iterator[_Observation]:
    signable = not root.master_disabled or (
        root.regular_key is not None and root.regular_key not in _NO_OWNER
    )
    if root.address in _NO_OWNER or not (signable or root.signer_quorum):
        yield _Observation(Kind.NO_SIGNER)
    if root.requires_tag:
        yield _Observation(Kind.SHARED_ADDRESS if has_tag else Kind.NEEDS_TAG)
    if root.deposit_auth:
        yield _Observation(Kind.DEPOSIT_AUTH)
    if root.regular_key is not None and root.regular_key not in _NO_OWNER:
        yield _Observation(Kind.MASTER_DISABLED if root.master_disabled else Kind.REGULAR_KEY)
    if root.signer_quorum:
        yield _Observation(Kind.SIGNER_LIST)
    if reserve is not None and root.balance is not None:
        needed = reserve.base.drops + root.owner_count * reserve.each.drops
        if root.balance.drops < needed + _SPARE_DROPS:
            yield _Observation(Kind.LOW_RESERVE)


def _observe_asset(state: AccountState, asset: AcceptedAsset) -> Iterator[_Observation]:
    if asset.is_native:
        if isinstance(state.root, AccountRoot) and state.root.disallows_xrp:
            yield _Observation(Kind.DISALLOWS_XRP, asset)
    elif _issuer(asset) == state.address:
        return  # an issuer takes its own money back without a trust line
    elif asset.is_token:
        yield from _observe_token(state, asset)
    else:
        yield from _observe_issued(state, asset)


def _observe_issued(state: AccountState, asset: AcceptedAsset) -> Iterator[_Observation]:
    issuer = state.issuers.get(asset.issuer, Unknown(_NOT_READ))
    if isinstance(issuer, Absent):
        yield _Observation(Kind.NO_ISSUER, asset)
        return
    if isinstance(issuer, AccountRoot) and issuer.froze_everything:
        yield _Observation(Kind.GLOBAL_FREEZE, asset)
    if isinstance(issuer, Unknown):
        yield _Observation(Kind.ASSET_UNKNOWN, asset, reason=issuer.reason)
    if isinstance(state.lines, Unknown):
        if not isinstance(issuer, Unknown):
            yield _Observation(Kind.ASSET_UNKNOWN, asset, reason=state.lines.reason)
        return
    line = _line(state, asset)
    if line is None:
        refused = isinstance(issuer, AccountRoot) and issuer.refuses_lines
        yield _Observation(Kind.LINES_REFUSED if refused else Kind.NO_LINE, asset)
        return
    yield from _observe_line(line, issuer, asset)
    if not line.no_ripple and any(
        other.issuer != line.issuer
        and not other.no_ripple
        and amount.currency_hex(other.currency) == amount.currency_hex(line.currency)
        for other in state.lines
    ):
        yield _Observation(Kind.RIPPLES, asset)


def _observe_line(
    line: TrustLine, issuer: AccountRoot | Unknown, asset: AcceptedAsset
) -> Iterator[_Observation]:
    if line.deep_frozen:
        yield _Observation(Kind.DEEP_FROZEN, asset)
    elif line.frozen:
        yield _Observation(Kind.FROZEN, asset)
    if isinstance(issuer, AccountRoot):
        # The ledger asks for it only while the line is empty (DirectStep of rippled).
        if issuer.requires_authorization and not line.authorized and not line.balance:
            yield _Observation(Kind.NOT_AUTHORIZED, asset)
        # The ledger stops a payment where the issuer set "no ripple" on the payer's line and on
        # this one; without the default they all have it, but for those that were mended by hand.
        if line.no_ripple_peer and not issuer.lets_ripple:
            yield _Observation(Kind.NO_RIPPLE_PEER, asset)
    room = line.room
    if room is None:
        yield _Observation(
            Kind.ASSET_UNKNOWN, asset, reason=Message("the trust line's limit could not be read")
        )
    elif not room:
        yield _Observation(Kind.LIMIT_REACHED, asset, asset.amount_of(room))
    elif line.limit is not None and room < line.limit * _LOW:
        yield _Observation(Kind.LIMIT_LOW, asset, asset.amount_of(room))


def _observe_token(state: AccountState, asset: AcceptedAsset) -> Iterator[_Observation]:
    token = asset.currency.upper()
    issuance = state.issuances.get(token, Unknown(_NOT_READ))
    holding = state.holdings.get(token, Unknown(_NOT_READ))
    if isinstance(issuance, Absent):
        yield _Observation(Kind.NO_ISSUANCE, asset)
        return
    if isinstance(issuance, Unknown):
        yield _Observation(Kind.ASSET_UNKNOWN, asset, reason=issuance.reason)
    else:
        if issuance.locked:
            yield _Observation(Kind.ISSUANCE_LOCKED, asset)
        if issuance.scale != asset.decimals:
            yield _Observation(Kind.WRONG_SCALE, asset, scale=issuance.scale)
        if not issuance.can_transfer:
            yield _Observation(Kind.NOT_TRANSFERABLE, asset)
        if issuance.maximum is not None and (issuance.outstanding or 0) >= issuance.maximum:
            yield _Observation(Kind.ISSUANCE_AT_MAXIMUM, asset)
    if isinstance(holding, Unknown):
        if not isinstance(issuance, Unknown):
            yield _Observation(Kind.ASSET_UNKNOWN, asset, reason=holding.reason)
    elif isinstance(holding, Absent):
        yield _Observation(Kind.NO_HOLDING, asset)
    else:
        if holding.locked:
            yield _Observation(Kind.HOLDING_LOCKED, asset)
        if (
            not isinstance(issuance, Unknown)
            and issuance.requires_authorization
            and not holding.authorized
        ):
            kind = Kind.CREDENTIALS if issuance.by_credentials else Kind.NOT_AUTHORIZED
            yield _Observation(kind, asset)


def _line(state: AccountState, asset: AcceptedAsset) -> TrustLine | None:
    if isinstance(state.lines, Unknown):
        return None
    code = amount.currency_hex(asset.currency)
    for line in state.lines:
        if line.issuer == asset.issuer and amount.currency_hex(line.currency) == code:
            return line
    return None


def _room(state: AccountState, asset: AcceptedAsset) -> Amount | None:
    line = None if asset.is_native or asset.is_token else _line(state, asset)
    return None if line is None or line.room is None else asset.amount_of(line.room)


def _issuer(asset: AcceptedAsset) -> str:
    return mpt.issuer_of(asset.currency) if asset.is_token else asset.issuer


def _reserve_text(reserve: Reserve | None) -> str:
    return _RESERVE_UNKNOWN if reserve is None else amount.format_amount(reserve.base)
