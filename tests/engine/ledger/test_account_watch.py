"""Payments that only the ledger reports: found, matched, judged, or listed as unmatched."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from xrpl.core import addresscodec

from engine.engine_fixture import FAST_TIMING, PATIENCE, EngineUnderTest, running_engine
from engine.fault_report import FaultReport
from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.request.destination_tags import TagRange
from xumm_desk.core.state.evidence import AccountHistory, NoNodeAnswer, UnmatchedPayment
from xumm_desk.core.state.facts import FactKind, Source
from xumm_desk.core.state.timing import Timing
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.check import CheckState
from xumm_desk.core.verdict.wording import reasons, status_sentence
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.ledger import ledger_gaps
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.net.ledger.account_history import AccountReader
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes, _Node
from xumm_desk.setup.config import Config
from xumm_desk.simulator import Simulator, SimulatorOptions
from xumm_desk.simulator.runtime.keys import sign_fields

pytestmark = pytest.mark.anyio

PATIENT = replace(FAST_TIMING, socket_silence=60.0)
"""Here the status sockets are well: no redial for silence, which would bring looks of its own."""

SHOP = "rPEPPER7kfTD9w2To4CQk6UCfuHM9c6GDY"
OVER_HTTP = ("http",)
BOTH = ("http", "ws")


class Shop(EngineUnderTest):
    """A shop whose node is reached over one scheme, with waits on what the net does."""

    scheme = "ws"

    def configuration(self) -> Config:
        """The same with the scheme's node."""
        node = self.sim.ledger_ws if self.scheme == "ws" else self.sim.ledger
        return replace(super().configuration(), ledger_urls=(node,))

    async def reached(self) -> None:
        """Wait until the net has read the shop's account up to what is validated now."""
        net, goal = self.desk._account_watch, self.sim.node_ledger.last
        assert net is not None
        async with asyncio.timeout(PATIENCE):
            while net._read_to.get(self.sim.shop, 0) < goal:
                net._wake.set()
                await asyncio.sleep(0.02)

    def prune(self, begins: dict[str, int], ahead: int = 0) -> None:
        """Let the nodes of the open desk forget what was before these ledgers, which closed `ahead`
        seconds later than they did."""
        assert self._assembly is not None
        nodes = self._assembly.nodes
        assert nodes is not None
        nodes.__class__ = Pruned
        assert isinstance(nodes, Pruned)
        nodes.begins, nodes.ahead = begins, ahead

    async def payments(self, count: int) -> Sequence[UnmatchedPayment]:
        """Wait until so many payments are listed as nobody's."""
        changed = asyncio.Event()
        self.desk.on_unmatched(lambda _: changed.set())
        async with asyncio.timeout(PATIENCE):
            while len(self.desk.unmatched()) != count:
                changed.clear()
                await changed.wait()
        return self.desk.unmatched()

    def pay(self, drops: int, tag: int | None, **more: object) -> str:
        """A customer sends money by hand, without any request; the txid."""
        person = self.sim.cast.customers[0]
        account = self.sim.node_ledger.open_state().accounts[person.account.address]
        fields = {
            "TransactionType": "Payment",
            "Account": person.account.address,
            "Destination": self.sim.shop,
            "Amount": str(drops),
            "Fee": "12",
            "Sequence": account.sequence,
            **({} if tag is None else {"DestinationTag": tag}),
            **more,
        }
        return self.sim.node_ledger.submit(sign_fields(fields, person.key).blob).txid


@asynccontextmanager
async def open_shop(
    folder: Path, scheme: str = "ws", timing: Timing = PATIENT
) -> AsyncIterator[Shop]:
    async with Simulator(SimulatorOptions(ledger_interval=0.15, seed=1)) as sim:
        shop = Shop(sim, folder, ledger=True, timing=timing, clock=None)
        shop.scheme = scheme
        await shop.open()
        try:
            yield shop
        finally:
            await shop.close()


@pytest.fixture(params=BOTH)
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop over each scheme."""
    async with open_shop(tmp_path, request.param) as one:
        yield one


@pytest.fixture
async def wired(tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop on a websocket node."""
    async with open_shop(tmp_path) as one:
        yield one


def said(row: RequestRow) -> str:
    return " ".join([*reasons(row.request, row.verdict), status_sentence(row.request, row.verdict)])


def marks(row: RequestRow) -> dict[str, CheckState]:
    return {check.name: check.state for check in row.verdict.checks}


async def test_a_payment_that_the_platform_never_reports_is_paid(
    shop: Shop, report: FaultReport
) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier), behaviour="unreported")
    row = await shop.status(identifier, Status.PAID)
    assert row.verdict.final
    assert marks(row)["Signed, says the platform"] is CheckState.PENDING
    assert set(marks(row).values()) == {CheckState.PASSED, CheckState.PENDING}
    assert "the platform has not reported it" in said(row)
    assert not shop.desk.unmatched()
    report(
        shop,
        "on the ledger, never resolved by the platform",
        "customer: `unreported`",
        row.verdict.status,
        gets=20,
    )


async def test_an_ordinary_payment_is_reported_by_the_platform_and_counted_once(shop: Shop) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier))
    row = await shop.status(identifier, Status.PAID)
    assert row.request.signed
    await shop.reached()
    row = await shop.status(identifier, Status.PAID)
    assert Status.CHECK not in shop.history[identifier]
    assert not shop.desk.unmatched()


@pytest.mark.parametrize("behaviour", ["second_payer", "pays_twice"])
async def test_a_second_payment_is_to_be_refunded(
    shop: Shop, behaviour: str, report: FaultReport
) -> None:
    identifier = await shop.create()
    uuid = shop.uuid(identifier)
    deed = await shop.sim.phone.sign(uuid, behaviour=behaviour)
    row = await shop.until(
        identifier, lambda row: bool(row.request.payments) and row.request.signed
    )
    row = await shop.status(identifier, Status.CHECK)
    second = next(t for t in deed.txids if t != row.request.txid)
    payer = shop.sim.node_ledger.entries[second].fields["Account"]
    row = await shop.until(identifier, lambda row: f"Refund 1.50 XRP to {payer}" in said(row))
    assert second[:12] in said(row)
    await shop.until(identifier, lambda row: row.verdict.final)
    report(
        shop,
        f"a second payment after the first ({behaviour})",
        f"customer: `{behaviour}`",
        Status.CHECK,
    )


async def test_a_wrong_tag_that_is_reported_is_no_payment_without_request(shop: Shop) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier), behaviour="wrong_tag")
    await shop.until(identifier, lambda row: row.request.ledger is not None)
    await shop.reached()
    assert not shop.desk.unmatched()


@pytest.mark.parametrize(
    ("tag", "why"), [(8, "No request has destination tag 8"), (None, "carries no destination tag")]
)
async def test_money_under_a_wrong_or_no_tag_is_listed_and_assigned(
    shop: Shop, tag: int | None, why: str, report: FaultReport
) -> None:
    identifier = await shop.create()
    await shop.reached()
    txid = shop.pay(1_500_000, tag)
    [payment_without_request] = await shop.payments(1)
    assert payment_without_request.txid == txid
    assert why in payment_without_request.reason
    assert payment_without_request.amount == "1.50 XRP"
    assert (await shop.until(identifier, lambda _: True)).verdict.status is Status.WAITING
    assert await shop.desk.assign(txid, "nothing") == "There is no request nothing here."
    assert await shop.desk.assign(txid, identifier) == ""
    row = await shop.status(identifier, Status.PAID)
    place = next(check for check in row.verdict.checks if check.name == "Destination and tag")
    assert place.state is CheckState.PASSED
    assert "assigned by hand by a person at 20" in place.actual
    assert not shop.desk.unmatched()
    [told] = [f for f in await shop.desk.facts(identifier) if f.kind is FactKind.PAYMENT]
    assert told.source is Source.OPERATOR
    assert "no longer" in await shop.desk.assign(txid, identifier)
    await shop.close()
    await shop.open()
    row = await shop.status(identifier, Status.PAID)
    assert [p.matched_by for p in row.request.payments] == ["hand"]
    await shop.reached()
    assert not shop.desk.unmatched()
    report(
        shop,
        f"money by hand with {'no tag' if tag is None else 'another tag'}, assigned by a person",
        "a payment beside every request",
        row.verdict.status,
    )


async def test_a_payment_is_in_the_list_until_the_disk_knows_whose_it_is(shop: Shop) -> None:
    identifier, other = await shop.create(), await shop.create()
    await shop.reached()
    txid = shop.pay(1_500_000, None)
    await shop.payments(1)
    with closing(sqlite3.connect(shop.configuration().journal_path)) as foreign:
        foreign.execute("BEGIN IMMEDIATE")  # the disk takes nothing of ours now
        said = await shop.desk.assign(txid, identifier)
        assert "stays in this list" in said
        assert [
            payment_without_request.txid for payment_without_request in shop.desk.unmatched()
        ] == [txid]
        again = await shop.desk.assign(txid, other)
        assert f"being assigned to {identifier}" in again
        row = shop.desk.row(identifier)
        assert row is not None
        assert row.verdict.status is Status.WAITING
        # A power cut now takes the assignment: the next start lists the payment.
        assert foreign.execute("SELECT count(*) FROM unmatched").fetchone() == (1,)
        foreign.rollback()
    await shop.status(identifier, Status.PAID)
    await shop.payments(0)
    row = shop.desk.row(other)
    assert row is not None
    assert row.verdict.status is Status.WAITING


async def test_a_shortfall_under_the_right_tag(shop: Shop, report: FaultReport) -> None:
    identifier = await shop.create()
    await shop.reached()
    shop.pay(1_400_000, 7)
    row = await shop.status(identifier, Status.CHECK)
    assert "0.1 XRP are missing" in said(row)
    shop.pay(100_000, 7)
    row = await shop.until(identifier, lambda row: len(row.request.payments) == 2)
    assert "All payments together are what was asked" in said(row)
    report(
        shop,
        "0.1 XRP short under the right tag, sent later",
        "two payments by hand",
        row.verdict.status,
    )


async def test_an_invoice_id_names_its_request(wired: Shop) -> None:
    invoice = "AB" * 32
    text = '{"TransactionType":"Payment","Destination":"%s","Amount":"2000000","InvoiceID":"%s"}'
    identifier = await wired.create(kind="Other", txjson=text % (wired.sim.shop, invoice), tag="")
    await wired.sim.phone.sign(wired.uuid(identifier), behaviour="unreported")
    row = await wired.status(identifier, Status.PAID)
    assert [p.matched_by for p in row.request.payments] == ["invoice"]


async def test_money_for_a_cancelled_sale_is_accepted_or_refunded(
    shop: Shop, report: FaultReport
) -> None:
    identifier = await shop.create()
    await shop.desk.cancel(identifier)
    await shop.status(identifier, Status.CANCELLED)
    shop.pay(1_500_000, 7)
    row = await shop.status(identifier, Status.CHECK)
    assert "Money arrived for a cancelled sale. Accept it as paid, or refund it." in said(row)
    report(shop, "money by hand for a cancelled sale", "DELETE, then a payment", row.verdict.status)


async def test_money_for_a_declined_sale(shop: Shop, report: FaultReport) -> None:
    identifier = await shop.create()
    await shop.sim.phone.decline(shop.uuid(identifier))
    await shop.status(identifier, Status.DECLINED)
    shop.pay(1_500_000, 7)
    row = await shop.status(identifier, Status.CHECK)
    assert "declined the request. Accept it as paid, or refund it" in said(row)
    report(
        shop, "money by hand for a declined sale", "declined, then a payment", row.verdict.status
    )


async def test_money_for_an_expired_sale(wired: Shop, report: FaultReport) -> None:
    identifier = await wired.create(expire="1")
    await wired.live(identifier)
    await wired.sim.clock.advance(61)
    await wired.status(identifier, Status.EXPIRED)
    wired.pay(1_500_000, 7)
    row = await wired.status(identifier, Status.CHECK)
    assert "Money arrived for an expired sale" in said(row)
    report(wired, "money by hand for an expired sale", "expiry, then a payment", row.verdict.status)


async def test_opened_in_time_and_paid_unreported_after_the_expiry_is_paid_late(
    wired: Shop, report: FaultReport
) -> None:
    identifier = await wired.create(expire="1")
    await wired.live(identifier)
    await wired.sim.phone.scan(wired.uuid(identifier))
    await wired.status(identifier, Status.OPENED)
    await wired.sim.clock.advance(61)
    await wired.status(identifier, Status.EXPIRED_OPENED)
    wired.pay(1_500_000, 7)
    row = await wired.status(identifier, Status.PAID_LATE)
    assert row.verdict.final
    report(
        wired,
        "opened in time, paid after the expiry, unreported",
        "scan, expiry, a payment",
        row.verdict.status,
    )


async def test_a_payment_while_the_desk_was_closed(shop: Shop, report: FaultReport) -> None:
    identifier = await shop.create()
    await shop.reached()
    uuid = shop.uuid(identifier)
    await shop.close()
    deed = await shop.sim.phone.sign(uuid, behaviour="unreported")
    payment_without_request = shop.pay(2_000_000, 99)
    await shop.sim.node_ledger.validated(deed.txids[0])
    await shop.sim.node_ledger.validated(payment_without_request)
    await shop.open()
    await shop.status(identifier, Status.PAID)
    [listed] = await shop.payments(1)
    assert listed.txid == payment_without_request
    report(
        shop,
        "unreported payment while the desk was closed",
        "close, `unreported`, start",
        Status.PAID,
        gets=20,
    )


async def test_a_request_that_ended_long_ago_is_found_in_the_journal(
    wired: Shop, monkeypatch: pytest.MonkeyPatch, report: FaultReport
) -> None:
    identifier = await wired.create()
    await wired.desk.cancel(identifier)
    await wired.status(identifier, Status.CANCELLED)
    await wired.reached()
    await wired.close()
    for read in ("_RECENT", "_PAGE"):
        monkeypatch.setattr(f"xumm_desk.engine.recovery.{read}", 0)
    await wired.open()
    assert wired.desk.row(identifier) is None
    wired.pay(1_500_000, 7)
    await wired.status(identifier, Status.CHECK)
    report(
        wired,
        "money for a request that is only in the journal",
        "restart without it in memory, a payment",
        Status.CHECK,
        gets=20,
    )


async def test_a_validated_transaction_is_believed_at_once(tmp_path: Path) -> None:
    """The stream names it; nobody waits for the next look, which here never comes."""
    rarely = replace(PATIENT, ledger_retries=(0.0, 3600.0))
    async with open_shop(tmp_path, timing=rarely) as shop:
        shop.sim.switches.resolve_at = "patch1"
        identifier = await shop.create()
        await shop.reached()
        await shop.sim.phone.sign(shop.uuid(identifier))
        await shop.status(identifier, Status.CONFIRMING)
        await shop.status(identifier, Status.PAID)


async def test_a_dropped_socket_of_the_node_is_dialled_again(
    wired: Shop, report: FaultReport
) -> None:
    first = await wired.create()
    await wired.reached()
    before = wired.sim.calls.count("LEDGER", "subscribe")
    assert wired.sim.ledger_server.drop_all() > 0
    await wired.sim.phone.sign(wired.uuid(first), behaviour="unreported")
    await wired.status(first, Status.PAID)
    async with asyncio.timeout(PATIENCE):
        while wired.sim.calls.count("LEDGER", "subscribe") <= before:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        report(
            wired, "the node's socket dropped", "`drop_all()`, `unreported`", Status.PAID, gets=20
        )


async def test_a_node_that_is_off_is_no_failure_and_is_caught_up_with(
    shop: Shop, report: FaultReport
) -> None:
    identifier = await shop.create()
    await shop.reached()
    shop.sim.switches.ledger_refuse = "close"
    shop.sim.ledger_server.drop_all()
    deed = await shop.sim.phone.sign(shop.uuid(identifier), behaviour="unreported")
    await shop.sim.node_ledger.validated(deed.txids[0])
    assert not (await shop.until(identifier, lambda _: True)).verdict.final
    shop.sim.switches.ledger_refuse = "off"
    await shop.status(identifier, Status.PAID)
    assert Status.FAILED not in shop.history[identifier]
    report(
        shop,
        "the node off while an unreported payment comes",
        "`ledger_refuse=close`, then off",
        Status.PAID,
        gets=20,
    )


async def test_a_kill_after_the_payment_was_seen(shop: Shop, report: FaultReport) -> None:
    identifier = await shop.create()
    await shop.sim.phone.sign(shop.uuid(identifier), behaviour="unreported")
    await shop.crash()
    await shop.open()
    row = await shop.status(identifier, Status.PAID)
    assert len(row.request.payments) == 1
    report(
        shop,
        "killed right after an unreported payment",
        "crash, start",
        row.verdict.status,
        gets=20,
    )


async def test_the_platform_is_down_and_the_ledger_says_paid_until_it_reports(
    shop: Shop, report: FaultReport
) -> None:
    identifier = await shop.create()
    await shop.live(identifier)
    uuid = shop.uuid(identifier)
    shop.sim.switches.refuse = "503"
    shop.sim.switches.refuse_sockets = True
    await shop.sim.status_socket.close_all()
    await shop.sim.phone.sign(uuid)
    row = await shop.status(identifier, Status.PAID)
    assert not row.request.signed
    shop.sim.switches.refuse = "off"
    shop.sim.switches.refuse_sockets = False
    row = await shop.until(identifier, lambda row: row.request.signed)
    row = await shop.until(
        identifier, lambda row: set(marks(row).values()) == {CheckState.PASSED}, "all checks"
    )
    shown = shop.history[identifier]
    assert set(shown[shown.index(Status.PAID) :]) == {Status.PAID}
    report(
        shop,
        "signed while the platform is down, reported later",
        "`refuse=503`, `refuse_sockets=True`, then off",
        Status.PAID,
        gets=40,
    )


async def test_a_payment_listed_as_unmatched_is_claimed_once_the_platform_names_it(
    shop: Shop, report: FaultReport
) -> None:
    identifier = await shop.create(tag="")
    await shop.live(identifier)
    uuid = shop.uuid(identifier)
    shop.sim.switches.refuse = "503"
    shop.sim.switches.refuse_sockets = True
    await shop.sim.status_socket.close_all()
    await shop.sim.phone.sign(uuid)
    await shop.payments(1)
    shop.sim.switches.refuse = "off"
    shop.sim.switches.refuse_sockets = False
    await shop.status(identifier, Status.PAID)
    await shop.payments(0)
    report(
        shop,
        "no tag, the platform down, reported later",
        "`refuse=503`, then off",
        "unmatched",
        "then",
        Status.PAID,
        gets=40,
    )


async def test_two_sales_under_one_tag_and_amount_are_never_guessed(
    shop: Shop, report: FaultReport
) -> None:
    one, two = await shop.create(), await shop.create()
    await shop.reached()
    shop.pay(1_500_000, 7)
    [payment_without_request] = await shop.payments(1)
    assert "more than one of them could be meant" in payment_without_request.reason
    for identifier in (one, two):
        assert shop.history[identifier][-1] is Status.WAITING
    await shop.desk.assign(payment_without_request.txid, two)
    row = await shop.status(two, Status.PAID)
    assert marks(row)["Belongs to this request"] is CheckState.PASSED
    report(
        shop,
        "one payment, two sales under its tag and amount, assigned by a person",
        "a payment by hand",
        row.verdict.status,
    )


async def test_money_that_leaves_or_fails_is_no_income(wired: Shop, report: FaultReport) -> None:
    identifier = await wired.create()
    await wired.sim.phone.sign(wired.uuid(identifier), behaviour="tec")
    await wired.status(identifier, Status.FAILED)
    await wired.reached()
    assert not wired.desk.unmatched()
    report(
        wired, "a payment that the ledger refused is no income", "customer: `tec`", Status.FAILED
    )


async def test_history_in_pages(wired: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xumm_desk.net.ledger.account_history._PAGE", 2)
    network = NETWORKS[wired.sim.options.network]
    for url in (wired.sim.ledger, wired.sim.ledger_ws):
        nodes = LedgerNodes([url], network)
        accounts = AccountReader(nodes, [url], network)
        start = wired.sim.node_ledger.last
        sent = [wired.pay(1_000_000 + number, 50) for number in range(5)]
        for txid in sent:
            await wired.sim.node_ledger.validated(txid)
        history = await accounts.history(wired.sim.shop, start, datetime.now(UTC))
        assert isinstance(history, AccountHistory)
        assert [raw["hash"] for raw in history.transactions] == sent
        assert history.complete_to >= wired.sim.node_ledger.entries[sent[-1]].ledger_index
        since = datetime(2000, 1, 1, tzinfo=UTC)
        back = await accounts.history(wired.sim.shop, None, since)
        assert isinstance(back, AccountHistory)
        assert [raw["hash"] for raw in back.transactions][-5:] == sent
        # A node that is far behind is no witness that nothing came.
        assert isinstance(await accounts.history(wired.sim.shop, 10**9, since), NoNodeAnswer)
        nobody = wired.sim.cast.customers[0].account.address[:-1] + "x"
        assert isinstance(await accounts.history(nobody, 5, since), NoNodeAnswer)
        await nodes.close()


async def test_a_subscription_refuses_another_network(wired: Shop) -> None:
    accounts = AccountReader(
        LedgerNodes([wired.sim.ledger_ws], NETWORKS["DEVNET"]),
        [wired.sim.ledger_ws],
        NETWORKS["DEVNET"],
    )
    why = await accounts.subscribe([wired.sim.shop], lambda *_: None)
    assert why == "the node is on network 1, not on DEVNET"
    gone = AccountReader(
        LedgerNodes([], NETWORKS["DEVNET"]), ["ws://127.0.0.1:9"], NETWORKS["DEVNET"]
    )
    assert await gone.subscribe([wired.sim.shop], lambda *_: None) != ""


async def test_a_tag_is_handed_out_once_and_refused_when_all_rest(wired: Shop) -> None:
    within = TagRange(100, 102)
    tags = [await wired.desk.allocate_tag(within) for _ in range(3)]
    assert sorted(t for t in tags if isinstance(t, int)) == [100, 101, 102]
    refusal = await wired.desk.allocate_tag(within)
    assert isinstance(refusal, str)
    assert "All 3 destination tags" in refusal
    await wired.close()
    await wired.open()
    assert await wired.desk.allocate_tag(within) == refusal


async def test_listeners_get_every_change(wired: Shop) -> None:
    await wired.create()
    await wired.reached()
    counts: list[int] = []
    wired.desk.on_unmatched(lambda payments: counts.append(len(payments)))
    wired.pay(5, 1)
    await wired.payments(1)
    assert counts[-1] == 1


class Pruned(LedgerNodes):
    """Nodes of which some have forgotten the ledgers before one."""

    begins: dict[str, int]
    ahead = 0

    async def _request(self, node: _Node, request: JsonObject) -> JsonObject:
        result = await super()._request(node, request)
        begins = self.begins.get(node.url, 0)
        listed = result.get("transactions")
        header = result.get("ledger")
        if request["method"] == "ledger" and isinstance(header, dict) and begins:
            header.pop("close_time_iso", None)  # as older servers answer
            header["close_time"] = int(str(header["close_time"])) + self.ahead
        if request["method"] == "account_tx" and isinstance(listed, list):
            result["ledger_index_min"] = max(begins, int(str(result["ledger_index_min"])))
            result["transactions"] = [
                one
                for one in listed
                if isinstance(one, dict) and int(str(one.get("ledger_index"))) >= begins
            ]
        return result


async def test_a_node_with_a_shorter_history_is_passed_over_for_one_with_all(wired: Shop) -> None:
    network = NETWORKS[wired.sim.options.network]
    start = wired.sim.node_ledger.last
    sent = [wired.pay(1_000_000 + number, 50) for number in range(3)]
    for txid in sent:
        await wired.sim.node_ledger.validated(txid)
    late = wired.sim.node_ledger.last + 5
    nodes = Pruned([wired.sim.ledger, wired.sim.ledger_ws], network)
    accounts = AccountReader(nodes, [], network)
    nodes.begins = {wired.sim.ledger: late}
    history = await accounts.history(wired.sim.shop, start, datetime.now(UTC))
    assert isinstance(history, AccountHistory)
    assert history.missing_ledgers is None
    assert [raw["hash"] for raw in history.transactions] == sent
    nodes.begins = {wired.sim.ledger: late, wired.sim.ledger_ws: late - 2}
    history = await accounts.history(wired.sim.shop, start, datetime.now(UTC))
    assert isinstance(history, AccountHistory)
    assert history.missing_ledgers == (start + 1, late - 3)
    await nodes.close()


async def test_ledgers_that_no_node_has_are_said_to_be_missing_until_one_has_them(
    tmp_path: Path, report: FaultReport
) -> None:
    async with open_shop(tmp_path, "http") as shop:
        identifier = await shop.create()
        await shop.reached()
        uuid = shop.uuid(identifier)
        await shop.close()
        deed = await shop.sim.phone.sign(uuid, behaviour="unreported")
        await shop.sim.node_ledger.validated(deed.txids[0])
        begins = {shop.sim.ledger: shop.sim.node_ledger.last + 1}
        for last in (False, True):  # a start does not forget it
            await shop.open()
            shop.prune(begins)
            async with asyncio.timeout(PATIENCE):
                while not shop.desk.health().ledger_gap:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            said_so = shop.desk.health().ledger_gap
            assert f"were not read for {shop.sim.shop}" in said_so
            assert "Set up a node with a longer history." in said_so
            row = await shop.until(identifier, lambda _: True)
            assert not row.verdict.final
            assert shop.desk._account_watch is not None
            assert (
                shop.desk._account_watch._stored_read_to[shop.sim.shop]
                < begins[shop.sim.ledger] - 1
            )
            if not last:
                await shop.close()
        begins.clear()
        row = await shop.status(identifier, Status.PAID)
        async with asyncio.timeout(PATIENCE):
            while shop.desk.health().ledger_gap:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        report(
            shop,
            "a node whose history begins after what was last read",
            "`account_tx` begins later; the whole history later on",
            "a bar, then",
            row.verdict.status,
            gets=20,
        )


async def test_an_account_never_read_before_and_a_node_with_a_short_history(
    tmp_path: Path,
) -> None:
    async with open_shop(tmp_path, "http") as shop:
        await shop.close()
        fresh = EngineUnderTest(
            shop.sim, tmp_path / "fresh", ledger=False, timing=FAST_TIMING, clock=None
        )
        await fresh.open()  # no node is set up: the account is not read
        identifier = await fresh.create()
        uuid = fresh.uuid(identifier)
        await fresh.close()
        deed = await shop.sim.phone.sign(uuid, behaviour="unreported")
        await shop.sim.node_ledger.validated(deed.txids[0])
        begins = {shop.sim.ledger: shop.sim.node_ledger.last + 1}
        shop.folder = fresh.folder
        for last in (False, True):  # a start does not forget it
            await shop.open()
            shop.prune(begins, ahead=3600)
            async with asyncio.timeout(PATIENCE):
                while not shop.desk.health().ledger_gap:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            said_so = shop.desk.health().ledger_gap
            assert f"Ledgers up to {begins[shop.sim.ledger] - 1} were not" in said_so
            row = await shop.until(identifier, lambda _: True)
            assert not row.verdict.final
            if not last:
                await shop.close()
        begins.clear()
        await shop.status(identifier, Status.PAID)
        async with asyncio.timeout(PATIENCE):
            while shop.desk.health().ledger_gap:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert not shop.desk.unmatched()


async def test_all_since_a_moment_is_read_by_the_node_that_reaches_back(wired: Shop) -> None:
    network = NETWORKS[wired.sim.options.network]
    sent = [wired.pay(1_000_000 + number, 50) for number in range(3)]
    for txid in sent:
        await wired.sim.node_ledger.validated(txid)
    core = wired.sim.node_ledger
    late = core.last
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    nodes = Pruned([wired.sim.ledger, wired.sim.ledger_ws], network)
    accounts = AccountReader(nodes, [], network)
    nodes.begins = {wired.sim.ledger: late, wired.sim.ledger_ws: core.first + 1}
    history = await accounts.history(wired.sim.shop, None, long_ago)
    assert isinstance(history, AccountHistory)
    assert history.first_ledger is not None
    assert history.first_ledger[0] == core.first + 1
    assert [raw["hash"] for raw in history.transactions][-3:] == sent
    await nodes.close()


def test_which_ledgers_are_missing_of_an_account_never_read() -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert ledger_gaps.missing_before((5000, noon), noon) is None
    assert ledger_gaps.missing_before((5000, noon), noon - timedelta(seconds=20)) is None
    assert ledger_gaps.missing_before((5000, noon), noon - timedelta(minutes=1)) == (
        ledger_gaps.UNKNOWN_START,
        4999,
    )
    assert ledger_gaps.missing_before((1, noon), noon - timedelta(hours=1)) is None


async def test_an_address_for_test_networks_is_not_watched_where_money_is_real(
    tmp_path: Path,
) -> None:
    t_form = addresscodec.classic_address_to_xaddress(SHOP, 7, True)
    for network, refused in (("MAINNET", True), ("TESTNET", False)):
        options = SimulatorOptions(ledger_interval=0.15, seed=1, network=network)
        async with running_engine(tmp_path / network, options=options) as engine:
            said = engine.desk.watch_account(t_form)
            net = engine.desk._account_watch
            assert net is not None
            assert (SHOP in net._watched) is not refused
            assert ("written for test networks" in said) is refused
            assert engine.desk.watch_account("r no address") == ""


async def test_dust_cannot_use_up_the_calls(tmp_path: Path, report: FaultReport) -> None:
    timing = replace(FAST_TIMING, socket_silence=600.0, report_wait=0.2)
    async with open_shop(tmp_path, timing=timing) as shop:
        for _ in range(6):
            name = await shop.create()
            await shop.live(name)
        await shop.reached()
        before = shop.gets()
        for number in range(40):
            shop.pay(1, None if number % 2 else 99)
        await shop.payments(40)
        report(
            shop,
            "forty payments of one drop that name nobody, six requests open",
            "payments by hand",
            Status.WAITING,
            gets=8,
            since=before,
        )
