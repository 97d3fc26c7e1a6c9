"""A person's decision: durable, in the chain, in force after a restart, undone by late money."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from engine.engine_fixture import EngineUnderTest
from engine.ledger.test_account_watch import Shop, open_shop
from engine.scenarios.test_refunds import PAID, balance, made, order, shows, sold
from xumm_desk.core.audit import AuditKind
from xumm_desk.core.decision import wording
from xumm_desk.core.decision.evidence import evidence_of
from xumm_desk.core.decision.needs import needs_person
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.state.decisions import Decision, DecisionKind
from xumm_desk.core.status import Status
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.store.journal_check import verify_chain

pytestmark = pytest.mark.anyio


def accepted(reason: str = "regular guest", about: str = "") -> Decision:
    return Decision(DecisionKind.ACCEPTED_AS_PAID, "Anna", reason, about=about)


def mark(engine: EngineUnderTest, identifier: str) -> tuple[str, int]:
    with closing(sqlite3.connect(engine.configuration().journal_path)) as db:
        found: tuple[str, int] = db.execute(
            "SELECT status, finished FROM requests WHERE identifier = ?", (identifier,)
        ).fetchone()
    return found


def needed(row: RequestRow) -> bool:
    return needs_person(row.request, row.verdict)


async def cancelled_and_paid(shop: Shop) -> str:
    """A cancelled sale for which money came."""
    identifier = await shop.create()
    await shop.desk.cancel(identifier)
    await shop.status(identifier, Status.CANCELLED)
    shop.pay(1_500_000, 7)
    await shop.status(identifier, Status.CHECK)
    return identifier


async def test_an_accepted_check_stays_a_check_and_needs_nobody_after_a_restart(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(tmp_path_factory.mktemp("shop")) as shop:
        identifier = await cancelled_and_paid(shop)
        row = await shop.until(identifier, needed)
        assert await shop.desk.decide(identifier, accepted()) == ""
        assert mark(shop, identifier) == ("check", 1)
        row = await shop.until(identifier, lambda row: not needed(row))
        assert row.verdict.status is Status.CHECK
        assert wording.outcome_label(row.request, row.verdict) == "accepted as paid"
        [entry] = [one for one in await shop.desk.audit() if one.kind == AuditKind.DECIDED.value]
        assert (entry.who, entry.detail) == ("Anna", f"{identifier}: accepted_as_paid")
        await shop.reached()
        await shop.close()
        for read in ("_RECENT", "_PAGE"):
            monkeypatch.setattr(f"xumm_desk.engine.recovery.{read}", 0)
        assert await shop.open() == []
        assert shop.desk.row(identifier) is None
        # Late money finds it in the journal, and the decision no longer covers what is known.
        shop.pay(1_500_000, 7)
        row = await shop.until(identifier, lambda row: len(row.request.payments) == 2)
        assert needed(row)
        assert wording.outcome_sentence(row.request, row.verdict).endswith(wording.OUTDATED)
        await shop.desk.engine.journal.durable()
        assert mark(shop, identifier) == ("check", 0)
        path = shop.configuration().journal_path
        await shop.close()
        assert verify_chain(path).whole


async def test_a_decision_about_an_old_request_loads_it_from_the_journal(
    engine: EngineUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    identifier = await engine.create()
    await engine.sim.phone.decline(engine.uuid(identifier))
    await engine.status(identifier, Status.DECLINED)
    await engine.close()
    for read in ("_RECENT", "_PAGE"):
        monkeypatch.setattr(f"xumm_desk.engine.recovery.{read}", 0)
    await engine.open()
    assert engine.desk.row(identifier) is None
    note = Decision(DecisionKind.NOTE, "Ben", "came back and paid cash")
    assert await engine.desk.decide(identifier, note) == ""
    row = await engine.until(identifier, lambda row: bool(row.request.decisions))
    assert wording.note_of(row.request) == "came back and paid cash"
    assert mark(engine, identifier) == ("declined", 1)
    assert "no request nobody" in await engine.desk.decide("nobody", note)
    assert not [one for one in await engine.desk.audit() if one.kind == AuditKind.DECIDED.value]


async def test_what_a_person_did_not_see_is_not_decided(engine: EngineUnderTest) -> None:
    identifier = await engine.create()
    row = await engine.until(identifier, lambda _: True)
    seen = evidence_of(row.request, row.verdict)
    await engine.sim.phone.decline(engine.uuid(identifier))
    await engine.status(identifier, Status.DECLINED)
    reviewed = Decision(DecisionKind.REVIEWED, "Anna", about=seen)
    assert "Something new is known" in await engine.desk.decide(identifier, reviewed)
    assert "in doubt" in await engine.desk.decide(identifier, accepted())
    assert len([f for f in await engine.desk.facts(identifier) if f.kind.value == "decision"]) == 0


@pytest.mark.parametrize("paid_back", [True, False])
async def test_the_review_of_a_refund_in_check_confirms_or_releases_its_amount(
    engine: EngineUnderTest, paid_back: bool
) -> None:
    sale = await sold(engine)
    refund = await made(engine, order(engine, sale, PAID))
    uuid = engine.uuid(refund)
    engine.sim.platform.payloads[uuid].options["signers"] = None
    await engine.sim.phone.sign(uuid, customer="Ben")
    await engine.until(refund, lambda row: row.verdict.final)
    await shows(engine, sale, 0, PAID)
    kind = DecisionKind.ACCEPTED_AS_PAID if paid_back else DecisionKind.NOT_PAID
    assert await engine.desk.decide(refund, Decision(kind, "Anna", "looked at the ledger")) == ""
    await shows(engine, sale, PAID if paid_back else 0, 0)
    assert engine.desk.row(refund) is not None
    if paid_back:
        assert await engine.desk.refund_balances(sale) == "All of it was paid back."
    else:
        assert (await balance(engine, sale)).left == XrpAmount(PAID)
