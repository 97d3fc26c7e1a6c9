"""A wallet phone: open, sign, submit and report a payload, step by step."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xumm_desk.simulator.ledger.ledger import Ledger
from xumm_desk.simulator.ledger.records import Override
from xumm_desk.simulator.ledger.state import asset_of
from xumm_desk.simulator.platform.create_validation import RefusedError
from xumm_desk.simulator.platform.phone_api import PhoneApi
from xumm_desk.simulator.runtime.clock import Clock
from xumm_desk.simulator.runtime.document_store import DocumentStore
from xumm_desk.simulator.runtime.fault_switches import FaultSwitches
from xumm_desk.simulator.runtime.keys import Signed, Transaction, sign_fields

from .behaviours import BEHAVIOURS, Behaviour, Report
from .cast import Cast, Person

VALIDATION_WAIT = 30.0
LEDGERS_AHEAD = 20
RELATIVE_LIMIT = 32_570
OTHER_NETWORK = ("DEVNET", 2, "wss://s.devnet.rippletest.net:51233")


class Phone:
    """The phones of all customers: fetch, sign as P§2.2 says, report, submit, report again
    (P§5.3)."""

    def __init__(
        self,
        api: PhoneApi,
        ledger: Ledger,
        cast: Cast,
        *,
        clock: Clock,
        store: DocumentStore,
        switches: FaultSwitches,
    ) -> None:
        self.node = "ws://127.0.0.1/ledger"
        self.actions: list[PhoneAction] = []
        self.intended_payload: dict[str, str] = {k: d["uuid"] for k, d in store.all_of("meant")}
        self._api = api
        self._ledger = ledger
        self._cast = cast
        self._clock = clock
        self._store = store
        self._switches = switches
        self._holding: dict[str, Person] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = 0

    # -- verbs ----------------------------------------------------------------

    async def scan(self, uuid: str, customer: str | None = None) -> dict[str, Any]:
        """Fetch the payload, which counts as opened; PhoneRefusedError as the app would refuse."""
        await asyncio.sleep(0)
        person = self._cast.named(customer) if customer else self._person_for(uuid)
        answer = self._open(uuid, person)
        self._holding[uuid] = person
        return answer

    async def sign(
        self, uuid: str, behaviour: str = "pays", customer: str | None = None
    ) -> PhoneAction:
        """Accept and sign (scanning first if need be); returns once submitted.

        Waiting for the ledger and the second report go on by themselves.
        KeyError for an unknown behaviour or customer, PhoneRefusedError when the app would refuse.
        """
        name = self._switches.force_behaviour or behaviour
        if self._switches.second_payer and name == "pays":
            name = "second_payer"
        way = BEHAVIOURS[name]
        person = self._payer(uuid, way, customer)
        if self._holding.get(uuid) is not person:
            self._open(uuid, person, late=way.after_expiry)
        answer = self._open(uuid, person, late=way.after_expiry)
        action = PhoneAction(uuid, name, person.name)
        persons = [person]
        if way.payers > 1:
            second = next(p for p in self._cast.customers if p is not person)
            self._open(uuid, second)
            self._open(uuid, second)
            persons.append(second)
        self._check_refusals(answer, person, way)
        self._holding.pop(uuid, None)
        self.actions.append(action)
        for payer in persons:
            self._sign_and_send(action, way, payer, answer, first=payer is person)
        await asyncio.sleep(0)
        return action

    async def decline(self, uuid: str, customer: str | None = None) -> None:
        """Reject the request (scanning first if need be); PhoneRefusedError when too late."""
        if uuid not in self._holding:
            await self.scan(uuid, customer)
        person = self._holding.pop(uuid)
        body = {
            "reject": True,
            "reject_initiator": "USER",
            "reject_reason": "practice",
            "origintype": "QR",
        }
        try:
            self._api.patch(uuid, person.user, body)
        except RefusedError as refusal:
            raise PhoneRefusedError("already resolved") from refusal

    async def walk_off(self, uuid: str) -> None:
        """Close the sheet without deciding: the platform gets no report."""
        await asyncio.sleep(0)
        self._holding.pop(uuid, None)

    def is_for_shop(self, uuid: str) -> bool:
        """Whether only the shop may sign it."""
        return self._cast.signer_of(self._api.signers(uuid)) is self._cast.shopkeeper

    def holding(self) -> dict[str, str]:
        """Who has which payload open: uuid → name."""
        return {uuid: person.name for uuid, person in self._holding.items()}

    async def settle(self) -> None:
        """Wait until every phone has made its last report (the clock must be moving)."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Switch all phones off."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- steps ----------------------------------------------------------------

    def _open(self, uuid: str, person: Person, *, late: bool = False) -> dict[str, Any]:
        try:
            answer = self._api.open(uuid, person.user)
        except RefusedError as refusal:
            words = {404: "unknown payload", 403: "handled by somebody else"}
            raise PhoneRefusedError(words.get(refusal.code, "refused")) from refusal
        if answer["response"]["resolved_at"] and not late:
            raise PhoneRefusedError("already resolved")
        if answer["meta"]["expired"] and not late:
            raise PhoneRefusedError("expired")
        return answer

    def _check_refusals(self, answer: dict[str, Any], person: Person, way: Behaviour) -> None:
        meta = answer["meta"]
        if meta["signers"] and person.account.address not in meta["signers"]:
            raise PhoneRefusedError("another signer is asked for")
        network = meta["force_network"]
        known = network in ("MAINNET", "TESTNET", "DEVNET", "XAHAU", "XAHAUTESTNET")
        if known and network != self._ledger.network and not way.other_network:
            raise PhoneRefusedError("wrong network")
        honest = way.alter is None and way.override is None and not way.other_network
        if honest and meta["submit"] and self._cannot_afford(answer, person):
            raise PhoneRefusedError("balance too low")

    def _cannot_afford(self, answer: dict[str, Any], person: Person) -> bool:
        request = answer["payload"]["request_json"]
        amount = request.get("Amount")
        if request.get("TransactionType") != "Payment" or amount is None:
            return False
        state, address = self._ledger.open_state(), person.account.address
        if isinstance(amount, str):
            return int(amount) > state.spendable(address)
        line = state.line(address, *asset_of(amount))
        return line is None or Decimal(amount["value"]) > line.balance

    def _sign_and_send(
        self,
        action: PhoneAction,
        way: Behaviour,
        person: Person,
        answer: dict[str, Any],
        *,
        first: bool,
    ) -> None:
        fields = self._autofill(answer, person, way)
        signed = sign_fields(fields, person.key)
        report = Report(signed.blob, signed.txid, person.key.public_key)
        if way.tamper is not None and first:
            report = way.tamper(signed, person.key, self._cast)
        reported = way.reports_signature and self._report_signature(action, way, person, report)
        action.txids.append(signed.txid)
        self._note_intended(signed.txid, action.uuid)
        if not answer["meta"]["submit"]:
            return
        code = self._submit(signed, way)
        action.first_result = action.first_result or code
        if way.times > 1:
            again = dict(fields, Sequence=fields["Sequence"] + 1)
            second = sign_fields(again, person.key)
            action.txids.append(second.txid)
            self._note_intended(second.txid, action.uuid)
            self._ledger.submit(second.blob)
        if reported and way.reports_dispatch and not self._switches.never_dispatch:
            rest = self._report_dispatch(action, way, person, signed.txid, code)
            task = asyncio.get_running_loop().create_task(rest)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            action.follow_up = action.follow_up or task

    def _autofill(self, answer: dict[str, Any], person: Person, way: Behaviour) -> Transaction:
        request = answer["payload"]["request_json"]
        fields: Transaction = {**request, "Account": person.account.address}
        if "SignIn" in request or answer["payload"]["tx_type"] == "SignIn":
            return {"Account": person.account.address}
        if fields["TransactionType"] == "Payment":
            fields.setdefault("Amount", "1000000")
            if way.alter is not None:
                fields = way.alter(fields, self._cast)
        account = self._ledger.open_state().accounts[person.account.address]
        fields.setdefault("Sequence", account.sequence)
        fields.setdefault("Fee", "12")
        floor = self._ledger.last + LEDGERS_AHEAD
        asked = fields.get("LastLedgerSequence")
        if asked is not None and asked < RELATIVE_LIMIT:
            fields["LastLedgerSequence"] = self._ledger.last + asked
        else:
            fields["LastLedgerSequence"] = max(floor, asked or 0)
        if self._ledger.network_id > 1024:
            fields["NetworkID"] = self._ledger.network_id
        return fields

    def _report_signature(
        self, action: PhoneAction, way: Behaviour, person: Person, report: Report
    ) -> bool:
        nodetype, number, uri = self._where(way)
        body = {
            "signed_blob": report.blob,
            "tx_id": report.txid,
            "signmethod": "PIN",
            "signpubkey": report.public_key,
            "multisigned": "",
            "environment": {"nodeuri": uri, "nodetype": nodetype, "networkid": number},
            "permission": {"push": True, "days": 365},
            "origintype": "QR",
        }
        try:
            self._api.patch(action.uuid, person.user, body, unchecked=way.unchecked)
        except RefusedError as refusal:
            # The app does not look at this answer and submits all the same (P§9.7).
            action.refused.append(refusal.code)
            return False
        return True

    def _where(self, way: Behaviour) -> tuple[str, int, str]:
        if way.other_network:
            return OTHER_NETWORK
        return self._ledger.network, self._ledger.network_id, self.node

    def _submit(self, signed: Signed, way: Behaviour) -> str:
        if way.other_network or not way.submits:
            return way.claimed_result or "tesSUCCESS"
        fate = way.override
        if fate is None:
            return self._ledger.submit(signed.blob).code
        return self._ledger.submit(
            signed.blob, Override(fate.first, fate.after, fate.result, fate.never)
        ).code

    async def _report_dispatch(
        self, action: PhoneAction, way: Behaviour, person: Person, txid: str, first: str
    ) -> None:
        result = first
        if not way.other_network and way.submits and not first.startswith(("tem", "tef", "tel")):
            result = await self._final(txid, first)
        await self._clock.sleep(self._switches.late_dispatch_seconds or way.dispatch_delay)
        nodetype, _, uri = self._where(way)
        report = {"to": uri, "nodetype": nodetype, "result": way.claimed_result or result}
        body = {"dispatched": report, "permission": {"push": True, "days": 365}}
        try:
            self._api.patch(action.uuid, person.user, body | {"origintype": "QR"})
        except RefusedError as refusal:
            action.refused.append(refusal.code)

    async def _final(self, txid: str, first: str) -> str:
        waiting = asyncio.ensure_future(self._ledger.validated(txid))
        patience = asyncio.ensure_future(self._clock.sleep(VALIDATION_WAIT))
        try:
            await asyncio.wait({waiting, patience}, return_when=asyncio.FIRST_COMPLETED)
            return waiting.result().result if waiting.done() else first
        finally:
            waiting.cancel()
            patience.cancel()

    def _note_intended(self, txid: str, uuid: str) -> None:
        self.intended_payload[txid] = uuid
        self._store.put("meant", txid, {"uuid": uuid})

    def _payer(self, uuid: str, way: Behaviour, customer: str | None) -> Person:
        if way.regular_key:
            return self._cast.with_regular_key
        if customer:
            return self._cast.named(customer)
        return self._holding.get(uuid) or self._person_for(uuid)

    def _person_for(self, uuid: str) -> Person:
        """Who takes the request up: whoever it asks for, as the shop for a refund; else the next
        customer."""
        return self._cast.signer_of(self._api.signers(uuid)) or self._next_person()

    def _next_person(self) -> Person:
        busy = {p.fields["Account"] for p in self._ledger.pending.values()}
        cast = self._cast.customers
        for _ in cast:
            self._turn += 1
            person = cast[self._turn % len(cast)]
            if person.account.address not in busy:
                break
        return person


class PhoneRefusedError(Exception):
    """The phone refuses, for the sentence in ``reason``; nothing was reported."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class PhoneAction:
    """The outcome of one signature: payer, transactions, and the work that still goes on."""

    uuid: str
    behaviour: str
    customer: str
    txids: list[str] = field(default_factory=list)
    first_result: str = ""
    refused: list[int] = field(default_factory=list)
    follow_up: asyncio.Task[None] | None = None

    @property
    def txid(self) -> str:
        """The first transaction's id, empty when nothing was signed."""
        return self.txids[0] if self.txids else ""

    def as_dict(self) -> dict[str, Any]:
        """For the control API."""
        return {
            "uuid": self.uuid,
            "behaviour": self.behaviour,
            "customer": self.customer,
            "txids": self.txids,
            "first_result": self.first_result,
            "refused": self.refused,
        }
