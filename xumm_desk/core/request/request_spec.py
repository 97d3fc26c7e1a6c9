"""What we ask for: one sign request as stored before the platform knows of it (P§2).

A `RequestSpec` is never derived from a platform's answer; every later check compares with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.core.money import amount, networks
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.api_answers import is_uuid
from xumm_desk.core.wire.json_fields import Json, JsonObject

from . import body_rules
from .field_rules import (
    FieldError,
    unknown_network,
)

DEFAULT_EXPIRE: Final = 1440
"""Minutes which the platform assumes when the body names none (P§2.1)."""

PSEUDO_TYPES: Final = frozenset({"SignIn", "PaymentChannelAuthorize"})
"""Types which exist for the wallet only and never reach a ledger (P§2.2)."""

_BODY_KEYS: Final = frozenset({"txjson", "txblob", "options", "custom_meta", "user_token"})
_INTERNED_FIELDS: Final = frozenset(
    {"TransactionType", "Destination", "Account", "currency", "issuer", "mpt_issuance_id"}
)
"""Fields whose texts are the same in most requests of one shop."""


@dataclass(frozen=True, slots=True)
class RequestSpec:
    """One sign request as we want it.

    `body` is what is POSTed, without the user token, which must never reach the disk. `txjson` is
    the transaction asked for, decoded if the body carries a blob.
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
        return json_fields.string_at(self.txjson, "TransactionType") or ""

    @property
    def is_payment(self) -> bool:
        """Whether the request asks for a payment: only then can it become Paid."""
        return self.tx_type == "Payment" and self.submit

    @property
    def is_submitted(self) -> bool:
        """Whether the wallet submits what it signs; never for SignIn (P§2.2)."""
        return self.submit and not self.multisign and self.tx_type not in PSEUDO_TYPES

    @property
    def amount(self) -> amount.Amount | None:
        """The amount asked for; None if the customer chooses or nothing is paid."""
        return amount.parse_amount(self.txjson.get("Amount"), networks.asset_of(self.network))

    @property
    def destination(self) -> str | None:
        """The receiving account."""
        return json_fields.string_at(self.txjson, "Destination")

    @property
    def tag(self) -> int | None:
        """The destination tag; 0 is a tag."""
        return json_fields.int_at(self.txjson, "DestinationTag")

    @property
    def instruction(self) -> str:
        """The line which the customer reads in the wallet."""
        return (
            json_fields.string_at(json_fields.object_at(self.body, "custom_meta"), "instruction")
            or ""
        )

    def to_json(self) -> JsonObject:
        """The journal's form; holds no secret."""
        return {
            "identifier": self.identifier,
            "body": self.body,
            "txjson": self.txjson,
            "network": self.network,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Json]) -> RequestSpec:
        """Read the journal's form; total, since the journal may be older than this program."""
        identifier = value.get("identifier")
        body = json_fields.intern_strings(json_fields.object_at(value, "body"), _INTERNED_FIELDS)
        txjson, asked = (
            json_fields.object_at(value, "txjson"),
            json_fields.object_at(body, "txjson"),
        )
        return _build_spec(
            identifier if isinstance(identifier, str) else "",
            body,
            asked if txjson == asked else txjson,
            json_fields.string_at(value, "network") or networks.DEFAULT,
        )


def make_identifier(now: datetime, entropy: str) -> str:
    """An identifier of our own, unique per application for ever (P§11-12): time and chance.

    `now` is UTC; `entropy` are hex digits from the caller, who may be random where core is not.
    """
    return f"desk-{now:%Y%m%d-%H%M%S}-{entropy[:12]}"


def network_of(options: Mapping[str, Json], network: str) -> str:
    """The network that `options` of a body force the wallet to, else `network`; both keys."""
    forced = options.get("force_network")
    return ("" if forced is None else str(forced).strip()) or network


def parse_body(
    body: Mapping[str, Json],
    *,
    identifier: str,
    network: str,
    decoded: JsonObject | None = None,
) -> RequestSpec | tuple[FieldError, ...]:
    """Check a platform body (P§2.1) and complete it with what we never leave open.

    `identifier` and `network` (a key) are used where the body names none; `decoded` is the
    transaction inside `txblob`. All that is wrong is returned at once, nothing raises.
    """
    problems: list[FieldError] = []
    unknown = sorted(set(body) - _BODY_KEYS)
    if unknown:
        problems.append(
            FieldError(
                "body",
                Message("Request: {names} is no part of a sign request", names=", ".join(unknown)),
            )
        )
    options = body_rules.object_part(body, "options", problems)
    chosen = network_of(options, network)
    txjson = body_rules.check_transaction(body, decoded, chosen, problems)
    meta = body_rules.object_part(body, "custom_meta", problems)
    own = body_rules.check_identifier(meta, problems) or identifier
    body_rules.check_instruction(meta, problems)
    body_rules.check_custom_blob(meta, problems)
    body_rules.check_options(options, problems)
    if networks.network_by_key(chosen) is None:
        problems.append(FieldError("network", unknown_network(chosen)))
    token = body.get("user_token")
    if token is not None and not (isinstance(token, str) and is_uuid(token)):
        problems.append(
            FieldError("user_token", Message("User token: must be the UUID the platform issued"))
        )
    if problems:
        return tuple(problems)
    sent: JsonObject = {k: v for k, v in body.items() if k in _BODY_KEYS and k != "user_token"}
    if "txjson" in sent and sent["txjson"] is not None:
        sent["txjson"] = txjson
    sent["options"] = {**options, "force_network": chosen}
    sent["custom_meta"] = {**meta, "identifier": own}
    order = _build_spec(own, sent, txjson, chosen)
    if isinstance(token, str):
        return replace(order, user_token=token)
    return order


def _build_spec(identifier: str, body: JsonObject, txjson: JsonObject, network: str) -> RequestSpec:
    options = json_fields.object_at(body, "options")
    submit = json_fields.bool_at(options, "submit")
    tx_type = json_fields.string_at(txjson, "TransactionType")
    return RequestSpec(
        identifier=identifier,
        body=body,
        txjson=txjson,
        network=network,
        submit=(True if submit is None else submit) and tx_type not in PSEUDO_TYPES,
        multisign=json_fields.bool_at(options, "multisign") or False,
        expire_minutes=json_fields.int_at(options, "expire") or DEFAULT_EXPIRE,
        signers=json_fields.strings_at(options, "signers"),
    )
