"""What we ask for: one sign request as we stored it before the platform heard of it (P§2).

An `Order` is never derived from a platform's answer; every later check compares with it.
Must not know statuses, facts or how a body travels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from . import address, amount, currency, networks, wire
from .rules import (
    MAX_BLOB,
    MAX_EXPIRE,
    MAX_IDENTIFIER,
    MAX_INSTRUCTION,
    MAX_RETURN_URL,
    MAX_TAG,
    Problem,
    address_problem,
    collapse,
    identifier_problem,
    instruction_problem,
    length,
    live_problem,
    memo_problem,
    network_rule,
    tag_problem,
)
from .wire import Json, JsonObject

__all__ = [
    "CURRENCY_RULE",
    "DEFAULT_EXPIRE",
    "MAX_BLOB",
    "MAX_EXPIRE",
    "MAX_IDENTIFIER",
    "MAX_INSTRUCTION",
    "MAX_RETURN_URL",
    "MAX_TAG",
    "PSEUDO_TYPES",
    "Order",
    "Problem",
    "address_problem",
    "collapse",
    "from_body",
    "identifier_problem",
    "instruction_problem",
    "length",
    "live_problem",
    "memo_problem",
    "network_rule",
    "new_identifier",
    "tag_problem",
]

DEFAULT_EXPIRE: Final = 1440
"""Minutes which the platform assumes when the body names none (P§2.1)."""

PSEUDO_TYPES: Final = frozenset({"SignIn", "PaymentChannelAuthorize"})
"""Types which exist for the wallet only and never reach a ledger (P§2.2)."""

_BODY_KEYS: Final = frozenset({"txjson", "txblob", "options", "custom_meta", "user_token"})
_ALIKE: Final = frozenset({"TransactionType", "Destination", "Account", "currency", "issuer"})
"""Fields whose texts are the same in most requests of one shop."""

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX: Final = re.compile(r"(?:[0-9A-Fa-f]{2})*")


@dataclass(frozen=True, slots=True)
class Order:
    """One sign request as we want it.

    `body` is what is POSTed, without the user token, which must never reach the disk.
    `txjson` is the transaction asked for, decoded where the body carries a blob.
    """

    identifier: str
    body: JsonObject
    txjson: JsonObject
    network: str
    submit: bool = True
    multisign: bool = False
    expire_minutes: int = DEFAULT_EXPIRE
    signers: tuple[str, ...] = ()
    user_token: str | None = field(default=None, repr=False, compare=False)

    @property
    def tx_type(self) -> str:
        """The transaction type, "" when a blob could not be read."""
        return wire.text(self.txjson, "TransactionType") or ""

    @property
    def pays(self) -> bool:
        """Whether money is to reach somebody: only then can a request be Paid."""
        return self.tx_type == "Payment" and self.submit

    @property
    def reaches_ledger(self) -> bool:
        """Whether the wallet submits what it signs; never for SignIn (P§2.2)."""
        return self.submit and not self.multisign and self.tx_type not in PSEUDO_TYPES

    @property
    def amount(self) -> amount.Amount | None:
        """What is asked for, None when the customer chooses or nothing is paid."""
        return amount.from_wire(self.txjson.get("Amount"))

    @property
    def destination(self) -> str | None:
        """The receiving account."""
        return wire.text(self.txjson, "Destination")

    @property
    def tag(self) -> int | None:
        """The destination tag; 0 is a tag."""
        return wire.whole(self.txjson, "DestinationTag")

    @property
    def instruction(self) -> str:
        """The line which the customer reads in the wallet."""
        return wire.text(wire.child(self.body, "custom_meta"), "instruction") or ""

    def to_json(self) -> JsonObject:
        """The journal's form; holds no secret."""
        return {
            "identifier": self.identifier,
            "body": self.body,
            "txjson": self.txjson,
            "network": self.network,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> Order:
        """Read the journal's form; total, since the journal may be older than this program."""
        identifier = value.get("identifier")
        body = wire.shared(wire.child(value, "body"), _ALIKE)
        txjson, asked = wire.child(value, "txjson"), wire.child(body, "txjson")
        return _order(
            identifier if isinstance(identifier, str) else "",
            body,
            asked if txjson == asked else txjson,
            wire.text(value, "network") or networks.DEFAULT,
        )


def new_identifier(now: datetime, entropy: str) -> str:
    """An identifier of our own, unique per application for ever (P§11-12): time and chance.

    `now` is UTC; `entropy` are hex digits from the caller, who may be random where core is not.
    """
    return f"desk-{now:%Y%m%d-%H%M%S}-{entropy[:12]}"


def from_body(
    body: Mapping[str, Json],
    *,
    identifier: str,
    network: str,
    decoded: JsonObject | None = None,
) -> Order | tuple[Problem, ...]:
    """Check a platform body (P§2.1) and complete it with what we never leave open.

    `identifier` and `network` (a key) are used where the body names none; `decoded` is the
    transaction inside `txblob`. All that is wrong is returned at once, nothing raises.
    """
    problems: list[Problem] = []
    unknown = sorted(set(body) - _BODY_KEYS)
    if unknown:
        problems.append(
            Problem("body", f"Request: {', '.join(unknown)} is no part of a sign request")
        )
    options = _object(body, "options", problems)
    forced = options.get("force_network")
    chosen = ("" if forced is None else str(forced).strip()) or network
    txjson = _transaction(body, decoded, chosen, problems)
    meta = _object(body, "custom_meta", problems)
    own = _identifier(meta, problems) or identifier
    _instruction(meta, problems)
    _blob(meta, problems)
    _options(options, problems)
    if networks.find(chosen) is None:
        problems.append(Problem("network", network_rule(chosen)))
    token = body.get("user_token")
    if token is not None and not (isinstance(token, str) and _UUID.fullmatch(token)):
        problems.append(Problem("user_token", "User token: must be the UUID the platform issued"))
    if problems:
        return tuple(problems)
    sent: JsonObject = {k: v for k, v in body.items() if k in _BODY_KEYS and k != "user_token"}
    if "txjson" in sent and sent["txjson"] is not None:
        sent["txjson"] = txjson
    sent["options"] = {**options, "force_network": chosen}
    sent["custom_meta"] = {**meta, "identifier": own}
    order = _order(own, sent, txjson, chosen)
    if isinstance(token, str):
        return replace(order, user_token=token)
    return order


def _order(identifier: str, body: JsonObject, txjson: JsonObject, network: str) -> Order:
    options = wire.child(body, "options")
    submit = wire.flag(options, "submit")
    tx_type = wire.text(txjson, "TransactionType")
    return Order(
        identifier=identifier,
        body=body,
        txjson=txjson,
        network=network,
        submit=(True if submit is None else submit) and tx_type not in PSEUDO_TYPES,
        multisign=wire.flag(options, "multisign") or False,
        expire_minutes=wire.whole(options, "expire") or DEFAULT_EXPIRE,
        signers=wire.texts(options, "signers"),
    )


def _object(body: Mapping[str, Json], key: str, problems: list[Problem]) -> JsonObject:
    value = body.get(key)
    if value is None or isinstance(value, dict):
        return dict(value or {})
    problems.append(Problem(key, f"{key}: must be an object"))
    return {}


def _transaction(
    body: Mapping[str, Json], decoded: JsonObject | None, network: str, problems: list[Problem]
) -> JsonObject:
    txjson, txblob = body.get("txjson"), body.get("txblob")
    if (txjson is None) == (txblob is None):
        problems.append(
            Problem("txjson", "Transaction: give either txjson or txblob, exactly one of them")
        )
        return {}
    if txblob is not None:
        if not isinstance(txblob, str) or len(txblob) < 10 or not _HEX.fullmatch(txblob):
            problems.append(Problem("txblob", "txblob: must be hex digits of a transaction"))
        elif txblob != txblob.upper():
            problems.append(Problem("txblob", "txblob: must be written in upper case"))
        return decoded or {}
    if not isinstance(txjson, dict):
        problems.append(Problem("txjson", "Transaction: txjson must be an object"))
        return {}
    if wire.text(txjson, "TransactionType") is None:
        problems.append(Problem("txjson", "Transaction: TransactionType is missing"))
    return _payment(dict(txjson), network, problems)


def _payment(txjson: JsonObject, network: str, problems: list[Problem]) -> JsonObject:
    """Rules for the fields that decide where money goes, whatever the type."""
    destination = txjson.get("Destination")
    if isinstance(destination, str) and (split := address.read(destination)) is not None:
        if problem := live_problem(split, network, "destination", "Destination"):
            problems.append(problem)
        if split.tag is not None:
            if txjson.get("DestinationTag") not in (None, split.tag):
                problems.append(
                    Problem("tag", "Destination tag: differs from the tag inside the X-address")
                )
            txjson["DestinationTag"] = split.tag
        txjson["Destination"] = split.classic
    elif destination is not None or txjson.get("TransactionType") == "Payment":
        problems.append(
            Problem("destination", "Destination: is not a valid address. Check it letter by letter")
        )
    tag = txjson.get("DestinationTag")
    if tag is not None and (problem := tag_problem(tag)):
        problems.append(problem)
    if txjson.get("TransactionType") == "Payment":
        _payment_amount(txjson.get("Amount"), problems)
    _memos(txjson.get("Memos"), problems)
    return txjson


def _payment_amount(value: Json, problems: list[Problem]) -> None:
    if value is None:  # the customer types it in (P§2.2)
        return
    asked = amount.from_wire(value)
    if asked is None:
        rule = "must be a string of drops, or an object with currency, issuer and value as strings"
        problems.append(Problem("amount", f"Amount: {rule}"))
        return
    if amount.value_of(asked) <= 0:
        problems.append(Problem("amount", "Amount: must be more than zero"))
    if isinstance(asked, amount.Xrp):
        if asked.drops > amount.MAX_DROPS:
            problems.append(Problem("amount", "Amount: is more XRP than exists (100 000 000 000)"))
        return
    try:
        amount.must_fit(asked.value)
    except amount.AmountError as refusal:
        problems.append(Problem("amount", f"Amount: {refusal}"))
    if not currency.is_code(asked.currency):
        problems.append(Problem("currency", CURRENCY_RULE))
    if problem := address_problem(asked.issuer, "issuer", "Issuer"):
        problems.append(problem)


CURRENCY_RULE: Final = "Currency: must be 3 characters (not XRP) or 40 hex digits"


def _memos(memos: Json, problems: list[Problem]) -> None:
    if memos is None:
        return
    entries: Sequence[Json] = memos if isinstance(memos, list) else [None]
    for entry in entries:
        memo = entry.get("Memo") if isinstance(entry, dict) else None
        values = list(memo.values()) if isinstance(memo, dict) else [None]
        if not all(isinstance(v, str) and _HEX.fullmatch(v) for v in values):
            problems.append(
                Problem("memo", "Memo: every part must be text written as upper-case hex digits")
            )
            return


def _identifier(meta: JsonObject, problems: list[Problem]) -> str | None:
    value = meta.get("identifier")
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        problems.append(Problem("identifier", "Identifier: must be text"))
        return None
    if problem := identifier_problem(value):
        problems.append(problem)
    return value


def _instruction(meta: JsonObject, problems: list[Problem]) -> None:
    value = meta.get("instruction")
    if value is None:
        return
    if not isinstance(value, str):
        problems.append(Problem("instruction", "Instruction: must be text"))
    elif problem := instruction_problem(value):
        problems.append(problem)


def _blob(meta: JsonObject, problems: list[Problem]) -> None:
    value = meta.get("blob")
    if value is None:
        return
    if not isinstance(value, (str, dict)):
        problems.append(Problem("blob", "Blob: must be an object or text"))
        return
    size = length(value if isinstance(value, str) else wire.dump(value))
    if size > MAX_BLOB:
        problems.append(
            Problem("blob", f"Blob: has at most {MAX_BLOB} characters as JSON, this has {size}")
        )


def _options(options: JsonObject, problems: list[Problem]) -> None:
    for key in ("submit", "multisign", "pathfinding", "pathfinding_fallback"):
        if options.get(key) is not None and wire.flag(options, key) is None:
            problems.append(Problem(key, f"{key}: must be true or false"))
    if options.get("expire") is not None:
        minutes = wire.whole(options, "expire")
        if minutes is None or not 0 < minutes <= MAX_EXPIRE:
            problems.append(
                Problem("expire", "Expiry: must be a whole number of minutes, at least 1")
            )
    _signers(options.get("signers"), problems)
    _return_urls(options.get("return_url"), problems)


def _signers(signers: Json, problems: list[Problem]) -> None:
    if signers is None:
        return
    listed: Sequence[Json] = signers if isinstance(signers, list) else [None]
    if not all(isinstance(s, str) and address.is_classic(s) for s in listed):
        problems.append(Problem("signers", "Allowed signers: must be a list of valid addresses"))


def _return_urls(urls: Json, problems: list[Problem]) -> None:
    if urls is None:
        return
    values = list(urls.values()) if isinstance(urls, dict) else [0]
    if not all(v is None or (isinstance(v, str) and length(v) <= MAX_RETURN_URL) for v in values):
        problems.append(
            Problem(
                "return_url",
                "Return URL: app and web must each be an address of at most"
                f" {MAX_RETURN_URL} characters",
            )
        )
