"""What scripted customers do, honest and odd, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xrpl.core.binarycodec import encode

from xumm_desk.simulator.ledger.records import Override
from xumm_desk.simulator.ledger.state import plain
from xumm_desk.simulator.ledger.transactors import MARKET_PRICE, TF_PARTIAL
from xumm_desk.simulator.runtime.keys import Signed, Transaction, Wallet, sign_fields, txid_of

from .cast import CURRENCY, Cast, token_of

Alter = Callable[[Transaction, Cast], Transaction]


@dataclass(frozen=True, slots=True)
class Report:
    """What a phone tells the platform it has signed."""

    blob: str
    txid: str
    public_key: str


Tamper = Callable[[Signed, Wallet, Cast], Report]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One customer's way.

    ``ending``: sign, decline, leave (opens, then nothing) or never (does not even open).
    ``elsewhere``: the phone is on another network. ``claims``: the result it reports whatever
    it saw. ``unchecked``: the platform stores the report without its usual checks.
    """

    description: str
    ending: str = "sign"
    after_expiry: bool = False
    alter: Alter | None = None
    override: Override | None = None
    other_network: bool = False
    submits: bool = True
    reports_signature: bool = True
    reports_dispatch: bool = True
    dispatch_delay: float = 0.0
    claimed_result: str | None = None
    tamper: Tamper | None = None
    unchecked: bool = False
    payers: int = 1
    times: int = 1
    regular_key: bool = False


def _fraction(amount: Any, part: Decimal) -> Any:
    if isinstance(amount, str):
        return str(max(1, int(Decimal(amount) * part)))
    if "mpt_issuance_id" in amount:
        return {**amount, "value": str(max(1, int(Decimal(str(amount["value"])) * part)))}
    return {**amount, "value": plain(Decimal(str(amount["value"])) * part)}


def _wrong_amount(tx: Transaction, cast: Cast) -> Transaction:
    del cast
    return {**tx, "Amount": _fraction(tx["Amount"], Decimal("0.5"))}


def _partial(tx: Transaction, cast: Cast) -> Transaction:
    amount = tx["Amount"]
    if isinstance(amount, str):
        # A direct XRP payment cannot be partial: only one that changes money on the way.
        price = Decimal(amount) / 1_000_000 * MARKET_PRICE / 2
        most: Any = {
            "currency": CURRENCY,
            "issuer": cast.issuer.address,
            "value": plain(price),
        }
    else:
        most = _fraction(amount, Decimal("0.5"))
    return {**tx, "SendMax": most, "Flags": tx.get("Flags", 0) | TF_PARTIAL}


def _wrong_issuer(tx: Transaction, cast: Cast) -> Transaction:
    amount = tx["Amount"]
    issuer = cast.other_issuer.address
    if isinstance(amount, str):
        value = plain(Decimal(amount) / 1_000_000)
        return {**tx, "Amount": {"currency": CURRENCY, "issuer": issuer, "value": value}}
    if "mpt_issuance_id" in amount:
        return {**tx, "Amount": {**amount, "mpt_issuance_id": token_of(cast.other_issuer)}}
    return {**tx, "Amount": {**amount, "issuer": issuer}}


def _wrong_tag(tx: Transaction, cast: Cast) -> Transaction:
    del cast
    return {**tx, "DestinationTag": (tx.get("DestinationTag", 0) + 1) % 2**32}


def _missing_tag(tx: Transaction, cast: Cast) -> Transaction:
    del cast
    return {k: v for k, v in tx.items() if k != "DestinationTag"}


def _used_sequence(tx: Transaction, cast: Cast) -> Transaction:
    del cast
    return {**tx, "Sequence": 1}


def _with_memo(tx: Transaction, cast: Cast) -> Transaction:
    del cast
    # Only a blob that ends in a list still decodes after losing its last byte (P§9.2).
    return {**tx, "Memos": [{"Memo": {"MemoData": "7072616374696365"}}]}


def _cut_short(signed: Signed, key: Wallet, cast: Cast) -> Report:
    del cast
    return Report(signed.blob[:-2], signed.txid, key.public_key)


def _foreign(signed: Signed, key: Wallet, cast: Cast) -> Report:
    fields = {k: v for k, v in signed.fields.items() if k != "DestinationTag"}
    fields |= {"Destination": cast.issuer.address, "Amount": "1"}
    return Report(sign_fields(fields, key).blob, signed.txid, key.public_key)


def _impossible_key(signed: Signed, key: Wallet, cast: Cast) -> Report:
    del key, cast
    nowhere = "02" + "FF" * 32
    blob = encode({**signed.fields, "SigningPubKey": nowhere})
    return Report(blob, txid_of(blob), nowhere)


BEHAVIOURS: dict[str, Behaviour] = {
    "pays": Behaviour("scans and pays"),
    "declines": Behaviour("scans and declines", ending="decline"),
    "walks_off": Behaviour("scans and walks off", ending="leave"),
    "pays_late": Behaviour("opens in time, signs after the expiry", after_expiry=True),
    "never": Behaviour("never scans", ending="never"),
    "wrong_network": Behaviour("pays with another network's money", other_network=True),
    "wrong_amount": Behaviour("pays half of it", alter=_wrong_amount),
    "partial": Behaviour("pays in a way that delivers less", alter=_partial),
    "wrong_issuer": Behaviour("pays with another issuer's money", alter=_wrong_issuer),
    "wrong_tag": Behaviour("pays under another destination tag", alter=_wrong_tag),
    "missing_tag": Behaviour("pays without the destination tag", alter=_missing_tag),
    "tec": Behaviour(
        "pays, but the ledger only takes the fee", override=Override(result="tecUNFUNDED_PAYMENT")
    ),
    "never_validates": Behaviour(
        "reports success, but no ledger ever has it", override=Override(never=True)
    ),
    "tef": Behaviour("signs with a sequence that is used up", alter=_used_sequence),
    "tef_but_validates": Behaviour(
        "pays, and is told by a second node that it has it already", claimed_result="tefALREADY"
    ),
    "ter_then_validates": Behaviour(
        "is told to wait, and it validates much later",
        override=Override(first="terQUEUED", after=12),
    ),
    "unreported": Behaviour("pays, but the platform is never told", reports_signature=False),
    "no_dispatch": Behaviour("pays, never reports the submission", reports_dispatch=False),
    "late_dispatch": Behaviour("pays, reports the submission late", dispatch_delay=60.0),
    "second_payer": Behaviour("two phones pay one request", payers=2),
    "pays_twice": Behaviour("one phone pays twice", times=2),
    "truncated_blob": Behaviour(
        "reports a blob cut short", alter=_with_memo, tamper=_cut_short, unchecked=True
    ),
    "foreign_blob": Behaviour(
        "reports the blob of another payment", tamper=_foreign, unchecked=True
    ),
    "bad_pubkey": Behaviour(
        "reports a blob with an impossible key",
        tamper=_impossible_key,
        submits=False,
        claimed_result="tesSUCCESS",
    ),
    "regular_key": Behaviour("pays, signing with a regular key", regular_key=True),
}
