"""The fact by which a till tells its shop that a customer's data was erased from a request.

It holds nothing of the customer: what kinds of data were erased, and a digest of each fact as it is
by now. By that digest a reader accepts the replaced text of a fact whose hash, which stays in its
till's chain, is of the text that is gone (`store/keeping/chain.py` does the same in one journal).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.state.facts import Source
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import Json

from .replicated_fact import ReplicatedFact, columns_of

KIND: Final = "erasure"
SOURCE: Final = Source.OPERATOR.value

Name: TypeAlias = tuple[str, int]
"""The till of a fact and its number there."""

_DIGEST_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class ErasureOrder:
    """What is to be erased from a request. `shop` are accounts that are no customer's; `anchors`
    are digests of facts as they are after it."""

    payer: bool = False
    note: bool = False
    txid: bool = False
    shop: frozenset[str] = frozenset()
    anchors: Mapping[Name, frozenset[bytes]] = field(default_factory=dict)

    @property
    def choices(self) -> ErasureChoices:
        """The same for the erasure in a journal; daily copies are each till's own matter."""
        return ErasureChoices(payer=self.payer, note=self.note, txid=self.txid)

    def vouches(self, fact: ReplicatedFact) -> bool:
        """Whether it names this fact, just as it is."""
        known = self.anchors.get((fact.till, fact.number))
        return known is not None and digest(fact.till, fact.number, columns_of(fact)) in known


def digest(till: str, number: int, columns: tuple[str, str, str, str, str]) -> bytes:
    """A digest of a fact with its name; `columns` are identifier, time, source, kind and text."""
    parts = [b""]
    for column in (till, str(number), *columns):
        raw = column.encode("utf-8", "surrogatepass")
        parts += (len(raw).to_bytes(8, "big"), raw)
    return hashlib.sha256(b"".join(parts)).digest()


def joined(orders: Iterable[ErasureOrder]) -> ErasureOrder:
    """All orders about one request as one: what any of them erases is erased."""
    payer = note = txid = False
    shop: frozenset[str] = frozenset()
    anchors: dict[Name, frozenset[bytes]] = {}
    for one in orders:
        payer, note, txid = payer or one.payer, note or one.note, txid or one.txid
        shop |= one.shop
        for name, known in one.anchors.items():
            anchors[name] = anchors.get(name, frozenset()) | known
    return ErasureOrder(payer, note, txid, shop, anchors)


def by_request(facts: Iterable[ReplicatedFact]) -> dict[str, ErasureOrder]:
    """The orders among these facts, all about one request as one."""
    found: dict[str, list[ErasureOrder]] = {}
    for fact in facts:
        if fact.kind == KIND and (read := read_order(fact.text)) is not None:
            found.setdefault(fact.identifier, []).append(read)
    return {name: joined(several) for name, several in found.items()}


def order_text(order: ErasureOrder) -> str:
    """The text of the fact."""
    listed: list[Json] = [
        [till, number, one.hex()]
        for (till, number), known in sorted(order.anchors.items())
        for one in sorted(known)
    ]
    return json_fields.compact_json(
        {
            "payer": order.payer,
            "note": order.note,
            "txid": order.txid,
            "shop": list(sorted(order.shop)),
            "anchors": listed,
        }
    )


def read_order(text: str) -> ErasureOrder | None:
    """What a fact of this kind says; None if it says nothing of the kind."""
    value = json_fields.parse_object(text)
    if isinstance(value, str):
        return None
    listed = value.get("anchors")
    anchors: dict[Name, frozenset[bytes]] = {}
    for one in listed if isinstance(listed, list) else []:
        if (found := _anchor(one)) is not None:
            name, known = found
            anchors[name] = anchors.get(name, frozenset()) | {known}
    return ErasureOrder(
        value.get("payer") is True,
        value.get("note") is True,
        value.get("txid") is True,
        frozenset(json_fields.strings_at(value, "shop")),
        anchors,
    )


def _anchor(value: Json) -> tuple[Name, bytes] | None:
    if not isinstance(value, list) or len(value) != 3:
        return None
    till, number, text = value
    if not isinstance(till, str) or not isinstance(number, int) or not isinstance(text, str):
        return None
    try:
        known = bytes.fromhex(text)
    except ValueError:
        return None
    return ((till, number), known) if len(known) == _DIGEST_BYTES else None
