"""Read what a ledger node says about an account: settings, trust lines, tokens, reserves.

The parsers take the `result` of `account_info`, `account_lines` and `ledger_entry` (xrpl.org, HTTP
API) and never raise. What a node did not say is `Unknown`, which is not the same as `Absent`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import address, amount, mpt
from xumm_desk.core.money.amount import IssuedAmount, XrpAmount
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json, JsonObject

FEE_SETTINGS: Final = "4BC50C9B0D8515D3EAAE1E74B29A95804346C491EE1A95BF25E4AAB854A6A651"
"""The id of the ledger's one entry with fees and reserves, the same on every network."""

# Flags of an account (xrpl.org, AccountRoot).
_REQUIRE_TAG: Final = 0x00020000
_REQUIRE_AUTH: Final = 0x00040000
_DISALLOW_XRP: Final = 0x00080000
_DISABLE_MASTER: Final = 0x00100000
_GLOBAL_FREEZE: Final = 0x00400000
_DEFAULT_RIPPLE: Final = 0x00800000
_DEPOSIT_AUTH: Final = 0x01000000
_NO_INCOMING_LINES: Final = 0x20000000

# Flags of a token's issuance, and of what one account holds of it (XLS-33).
_LOCKED: Final = 0x01
_HOLDER_AUTHORIZED: Final = 0x02
_TOKEN_REQUIRE_AUTH: Final = 0x04
_CAN_TRANSFER: Final = 0x20

_UNREADABLE: Final = Message("the node's answer could not be read")
_MAX_DROPS: Final = 2**63


@dataclass(frozen=True, slots=True)
class Unknown:
    """No node has said; `reason` is why."""

    reason: str = _UNREADABLE


@dataclass(frozen=True, slots=True)
class Absent:
    """The validated ledger does not have it."""


@dataclass(frozen=True, slots=True)
class AccountRoot:
    """The settings of one account; `signer_quorum` is 0 where it has no list of signers."""

    address: str
    balance: XrpAmount | None = None
    flags: int = 0
    regular_key: str | None = None
    signer_quorum: int = 0
    owner_count: int = 0

    @property
    def requires_tag(self) -> bool:
        """Whether payments without a destination tag fail (tecDST_TAG_NEEDED)."""
        return bool(self.flags & _REQUIRE_TAG)

    @property
    def requires_authorization(self) -> bool:
        """Whether an issuer must authorise each trust line."""
        return bool(self.flags & _REQUIRE_AUTH)

    @property
    def disallows_xrp(self) -> bool:
        """Whether wallets are asked not to send XRP; the ledger itself lets it pass."""
        return bool(self.flags & _DISALLOW_XRP)

    @property
    def master_disabled(self) -> bool:
        """Whether the account's own key can sign no more."""
        return bool(self.flags & _DISABLE_MASTER)

    @property
    def froze_everything(self) -> bool:
        """Whether an issuer has frozen all its currencies."""
        return bool(self.flags & _GLOBAL_FREEZE)

    @property
    def lets_ripple(self) -> bool:
        """Whether an issuer's new trust lines let payments between its holders pass."""
        return bool(self.flags & _DEFAULT_RIPPLE)

    @property
    def deposit_auth(self) -> bool:
        """Whether only approved senders can pay (tecNO_PERMISSION)."""
        return bool(self.flags & _DEPOSIT_AUTH)

    @property
    def refuses_lines(self) -> bool:
        """Whether an issuer refuses new trust lines."""
        return bool(self.flags & _NO_INCOMING_LINES)


@dataclass(frozen=True, slots=True)
class TrustLine:
    """One trust line as its holder sees it. `balance` and `limit` are None where they could not be
    read. `frozen`: by the issuer. `deep_frozen`: by either side, which is the same to a payment."""

    issuer: str
    currency: str
    balance: Decimal | None = None
    limit: Decimal | None = None
    frozen: bool = False
    deep_frozen: bool = False
    authorized: bool = False
    no_ripple: bool = False
    no_ripple_peer: bool = False

    @property
    def room(self) -> Decimal | None:
        """How much more fits, at least 0; None where that is unknown."""
        if self.balance is None or self.limit is None:
            return None
        return max(Decimal(0), self.limit - self.balance)


@dataclass(frozen=True, slots=True)
class TokenHolding:
    """An account's entry for one multi-purpose token."""

    issuance_id: str
    locked: bool = False
    authorized: bool = False


@dataclass(frozen=True, slots=True)
class TokenIssuance:
    """A multi-purpose token as its issuer made it; amounts in its smallest unit."""

    issuance_id: str
    issuer: str
    locked: bool = False
    requires_authorization: bool = False
    can_transfer: bool = False
    by_credentials: bool = False
    """Whether holders are authorised by credentials of a permissioned domain (XLS-80) too."""
    maximum: int | None = None
    outstanding: int | None = None
    scale: int = 0
    """Decimals of one whole token (`AssetScale`): amounts on the wire have none."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """What an account must hold: `base` to exist, `each` for every object that it owns."""

    base: XrpAmount
    each: XrpAmount


@dataclass(frozen=True, slots=True)
class AccountState:
    """All that was asked about one account. `issuers` by address, `holdings` and `issuances` by the
    token's id in upper case; what is missing in them was not asked."""

    address: str
    root: AccountRoot | Absent | Unknown = field(default_factory=Unknown)
    lines: tuple[TrustLine, ...] | Unknown = field(default_factory=Unknown)
    issuers: Mapping[str, AccountRoot | Absent | Unknown] = field(default_factory=dict)
    holdings: Mapping[str, TokenHolding | Absent | Unknown] = field(default_factory=dict)
    issuances: Mapping[str, TokenIssuance | Absent | Unknown] = field(default_factory=dict)
    reserve: Reserve | None = None


def parse_account(
    result: Mapping[str, Json], account: str, asset: str = "XRP"
) -> AccountRoot | Unknown:
    """Read an answer to `account_info` about `account`; `asset` is what drops are called."""
    data = json_fields.object_at(result, "account_data")
    flags = json_fields.int_at(data, "Flags")
    if data.get("Account") != account or flags is None or not 0 <= flags < 2**32:
        return Unknown()
    balance = amount.parse_amount(data.get("Balance"), asset)
    return AccountRoot(
        address=account,
        balance=balance if isinstance(balance, XrpAmount) else None,
        flags=flags,
        regular_key=json_fields.string_at(data, "RegularKey"),
        signer_quorum=_signer_quorum(result, data),
        owner_count=json_fields.int_at(data, "OwnerCount") or 0,
    )


def _signer_quorum(result: Mapping[str, Json], data: JsonObject) -> int:
    # API version 1 puts the lists into the account's data, version 2 beside it.
    for source in (result, data):
        lists = source.get("signer_lists")
        for one in lists if isinstance(lists, list) else ():
            quorum = json_fields.int_at(one, "SignerQuorum") if isinstance(one, dict) else None
            if quorum is not None and quorum > 0:
                return quorum
    return 0


def parse_lines(pages: Iterable[Mapping[str, Json]]) -> tuple[TrustLine, ...] | Unknown:
    """Read all pages of an answer to `account_lines`. A line that cannot be read makes all of them
    unknown: it may be the one that matters."""
    found: list[TrustLine] = []
    for page in pages:
        lines = page.get("lines")
        if not isinstance(lines, list):
            return Unknown()
        for raw in lines:
            line = _parse_line(raw)
            if line is None:
                return Unknown()
            found.append(line)
    return tuple(found)


def _parse_line(raw: Json) -> TrustLine | None:
    if not isinstance(raw, dict):
        return None
    issuer, currency = raw.get("account"), raw.get("currency")
    if not (isinstance(issuer, str) and address.is_classic_address(issuer)):
        return None
    if not (isinstance(currency, str) and amount.is_currency_code(currency)):
        return None

    def is_set(name: str) -> bool:
        return json_fields.bool_at(raw, name) is True

    return TrustLine(
        issuer=issuer,
        currency=currency,
        balance=_value(raw, "balance"),
        limit=_value(raw, "limit"),
        frozen=is_set("freeze_peer"),
        deep_frozen=is_set("deep_freeze_peer") or is_set("deep_freeze"),
        authorized=is_set("peer_authorized"),
        no_ripple=is_set("no_ripple"),
        no_ripple_peer=is_set("no_ripple_peer"),
    )


def _value(raw: JsonObject, name: str) -> Decimal | None:
    # Values are text on the wire; a JSON number has become a float and is no money any more.
    read = amount.parse_amount({"currency": "", "issuer": "", "value": raw.get(name)})
    return read.value if isinstance(read, IssuedAmount) else None


def parse_holding(
    result: Mapping[str, Json], account: str, issuance_id: str
) -> TokenHolding | Unknown:
    """Read an answer to `ledger_entry` about the `mptoken` of `account`."""
    node, flags = _entry(result, "MPToken")
    if (
        flags is None
        or node.get("Account") != account
        or _upper(node, "MPTokenIssuanceID") != issuance_id.upper()
    ):
        return Unknown()
    return TokenHolding(
        issuance_id.upper(),
        locked=bool(flags & _LOCKED),
        authorized=bool(flags & _HOLDER_AUTHORIZED),
    )


def parse_issuance(result: Mapping[str, Json], issuance_id: str) -> TokenIssuance | Unknown:
    """Read an answer to `ledger_entry` about an `mpt_issuance`."""
    node, flags = _entry(result, "MPTokenIssuance")
    issuer = mpt.issuer_of(issuance_id)
    if flags is None or not issuer or node.get("Issuer") != issuer:
        return Unknown()
    return TokenIssuance(
        issuance_id.upper(),
        issuer,
        locked=bool(flags & _LOCKED),
        requires_authorization=bool(flags & _TOKEN_REQUIRE_AUTH),
        can_transfer=bool(flags & _CAN_TRANSFER),
        by_credentials=json_fields.string_at(node, "DomainID") is not None,
        maximum=json_fields.int_at(node, "MaximumAmount"),
        outstanding=json_fields.int_at(node, "OutstandingAmount"),
        scale=json_fields.int_at(node, "AssetScale") or 0,
    )


def parse_reserve(result: Mapping[str, Json], asset: str = "XRP") -> Reserve | None:
    """Read an answer to `ledger_entry` about `FEE_SETTINGS`, in its present or its older form."""
    node, _ = _entry(result, "FeeSettings")
    read = []
    for name in ("ReserveBase", "ReserveIncrement"):
        drops = json_fields.int_at(node, f"{name}Drops")
        drops = json_fields.int_at(node, name) if drops is None else drops
        if drops is None or not 0 <= drops < _MAX_DROPS:
            return None
        read.append(XrpAmount(drops, asset))
    return Reserve(*read)


def _entry(result: Mapping[str, Json], kind: str) -> tuple[JsonObject, int | None]:
    """The ledger entry in an answer and its flags; nothing if it is not of this kind."""
    node = json_fields.object_at(result, "node")
    if node.get("LedgerEntryType") != kind:
        return {}, None
    flags = json_fields.int_at(node, "Flags")
    return node, flags if flags is not None and 0 <= flags < 2**32 else None


def _upper(node: JsonObject, name: str) -> str:
    return (json_fields.string_at(node, name) or "").upper()
