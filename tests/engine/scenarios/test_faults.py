"""What goes wrong between phone, platform and ledger, and what the row ends as."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from engine.engine_fixture import FAST_TIMING, EngineUnderTest, running_engine
from engine.fault_report import GETS, FaultReport
from xumm_desk.core.money.networks import NETWORKS
from xumm_desk.core.state.evidence import NoNodeAnswer
from xumm_desk.core.status import Status
from xumm_desk.core.verdict.wording import reasons, status_sentence
from xumm_desk.net.ledger.ledger_nodes import LedgerNodes
from xumm_desk.simulator import PhoneRefusedError, SimulatorOptions
from xumm_desk.simulator.runtime.keys import sign_fields

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Fault:
    """One fault: what is injected, how the customer acts, and how the row must end.

    `kind` of the draft's fields may be overridden by `draft`; `reason` must be among the reasons.
    """

    name: str
    ends: Status
    behaviour: str = "pays"
    switches: dict[str, Any] = field(default_factory=dict)
    draft: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    gets: int = GETS


SIGNED = [
    Fault("half the amount was signed", Status.CHECK, "wrong_amount", reason="Amount"),
    Fault("a partial payment delivers less", Status.CHECK, "partial", reason="missing"),
    Fault("another issuer's money", Status.CHECK, "wrong_issuer", reason="Amount"),
    Fault("another destination tag", Status.CHECK, "wrong_tag", reason="DestinationTag"),
    Fault("no destination tag", Status.CHECK, "missing_tag", reason="DestinationTag"),
    Fault("another network", Status.CHECK, "wrong_network", reason="network"),
    Fault("tec: the ledger refuses it", Status.FAILED, "tec", reason="refused"),
    Fault("tef: its sequence was used up", Status.FAILED, "tef", reason="has passed"),
    Fault("tef, but the ledger has it already", Status.PAID, "tef_but_validates"),
    Fault("a truncated blob", Status.CHECK, "truncated_blob", reason="damaged"),
    Fault("the blob of another transaction", Status.CHECK, "foreign_blob"),
    Fault("a public key off the curve", Status.CHECK, "bad_pubkey"),
    Fault("signed by a regular key", Status.PAID, "regular_key"),
    Fault("ter first, validated later", Status.PAID, "ter_then_validates"),
    Fault("dispatched result never told", Status.PAID, "no_dispatch"),
    Fault("dispatched result told late", Status.PAID, "late_dispatch"),
    Fault(
        "resolve before the row is written", Status.PAID, switches={"publish_before_store_ms": 400}
    ),
    Fault("resolve at the first report", Status.PAID, switches={"resolve_at": "patch1"}),
    Fault("opened repeated five times", Status.PAID, switches={"repeat_frames": 5}),
    Fault(
        "opened and pre-signed lost",
        Status.PAID,
        switches={"drop_frames": ["opened", "pre_signed"]},
    ),
    Fault(
        "every frame but the welcome lost",
        Status.PAID,
        switches={
            "drop_frames": ["opened", "pre_signed", "dispatched", "expires_in_seconds", "expired"]
        },
    ),
    Fault("no welcome ever", Status.PAID, switches={"no_welcome": True}),
    Fault("frames replayed on connecting", Status.PAID, switches={"replay_on_connect": True}),
    Fault(
        "socket dropped after every third frame",
        Status.PAID,
        switches={"drop_socket_after": 3},
        gets=60,
    ),
    Fault("a silent, half-open socket", Status.PAID, switches={"silent_sockets": True}, gets=60),
    Fault("sockets refused", Status.PAID, switches={"refuse_sockets": True}, gets=60),
    Fault("malformed frames", Status.PAID, switches={"odd_frames": "malformed"}),
    Fault("a JSON list as frame", Status.PAID, switches={"odd_frames": "array"}),
    Fault("binary frames", Status.PAID, switches={"odd_frames": "binary"}),
    Fault("frames of a megabyte", Status.PAID, switches={"odd_frames": "huge"}),
    Fault("frames of garbage", Status.PAID, switches={"odd_frames": "garbage"}),
    Fault("empty fields as null", Status.PAID, switches={"empty_as": None}),
    Fault(
        "every third call answered 429",
        Status.PAID,
        switches={"http_429_every": 3, "retry_after_seconds": 1},
    ),
    Fault(
        "429 as a web page",
        Status.PAID,
        switches={"http_429_every": 3, "http_429_body": "html", "retry_after_seconds": 1},
    ),
    Fault(
        "429 with nothing in it",
        Status.PAID,
        switches={"http_429_every": 4, "http_429_body": "empty", "retry_after_seconds": 1},
    ),
    Fault("404 for a while after the create", Status.PAID, switches={"visibility_delay_ms": 300}),
    Fault(
        "the socket closed after the resolve", Status.PAID, switches={"close_after_resolve": True}
    ),
    Fault("no rate headers", Status.PAID, switches={"rate_headers": False}),
    Fault("the create's answer lost", Status.PAID, switches={"lose_post_answer": 1}),
]


@pytest.mark.parametrize("fault", SIGNED, ids=lambda fault: fault.name)
async def test_a_customer_signs(engine: EngineUnderTest, fault: Fault, report: FaultReport) -> None:
    engine.sim.switches.update(fault.switches)
    identifier = await engine.create(**fault.draft)
    uuid = engine.uuid(identifier)
    await engine.sim.phone.sign(uuid, behaviour=fault.behaviour)
    row = await engine.status(identifier, fault.ends)
    row = await engine.until(identifier, lambda row: row.verdict.final)
    assert row.verdict.status is fault.ends
    if fault.ends is not Status.PAID:
        assert Status.PAID not in engine.history[identifier]
    if fault.reason:
        said = " ".join(
            [*reasons(row.request, row.verdict), status_sentence(row.request, row.verdict)]
        )
        assert fault.reason in said
    assert len(engine.sim.platform.payloads) == 1
    how = ", ".join(f"`{k}={v}`" for k, v in fault.switches.items())
    injected = how or f"customer: `{fault.behaviour}`"
    report(engine, fault.name, injected, row.verdict.status, gets=fault.gets)


async def test_a_payment_that_never_validates_fails_when_its_last_ledger_has_passed(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await engine.create()
    await engine.sim.phone.sign(engine.uuid(identifier), behaviour="never_validates")
    await engine.status(identifier, Status.CONFIRMING)
    row = await engine.status(identifier, Status.FAILED)
    assert row.request.ledger_never
    assert Status.PAID not in engine.history[identifier]
    report(
        engine,
        "tesSUCCESS reported, never validated: its last ledger passes",
        "customer: `never_validates`",
        row.verdict.status,
    )


async def test_a_resolve_whose_answer_stays_unresolved_is_asked_for_again(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    engine.sim.switches.publish_before_store_ms = 3000
    identifier = await engine.create()
    await engine.live(identifier)
    await engine.sim.phone.sign(engine.uuid(identifier))
    await engine.status(identifier, Status.PAID)
    assert engine.sim.calls.count("GET", "payload") <= 20
    report(
        engine,
        "resolve with signed true, and a GET that stays unresolved for 3 s",
        "`publish_before_store_ms=3000`",
        Status.PAID,
        gets=20,
    )


async def test_a_lost_resolve_message_is_made_up_for_by_what_came_after_it(
    tmp_path: Path, report: FaultReport
) -> None:
    # With no redial for silence: that would bring a look of its own.
    async with running_engine(tmp_path, timing=replace(FAST_TIMING, socket_silence=60.0)) as engine:
        engine.sim.switches.update({"drop_frames": ["resolved"], "resolve_at": "patch1"})
        identifier = await engine.create()
        await engine.live(identifier)
        uuid = engine.uuid(identifier)
        await engine.sim.phone.scan(uuid)
        await engine.status(identifier, Status.OPENED)
        await engine.sim.phone.sign(uuid)
        await engine.status(identifier, Status.PAID)
        assert engine.sim.calls.count("GET", "payload") <= 4
        report(
            engine,
            "the resolve message lost",
            "`drop_frames=['resolved']`, `resolve_at=patch1`",
            Status.PAID,
            gets=4,
        )


async def test_an_unreachable_node_is_not_verified_yet_and_never_a_failure(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    engine.sim.switches.ledger_refuse = "503"
    identifier = await engine.create()
    await engine.sim.phone.sign(engine.uuid(identifier))
    row = await engine.status(identifier, Status.UNVERIFIED)
    assert not row.verdict.final
    engine.sim.switches.ledger_refuse = "off"
    await engine.status(identifier, Status.PAID)
    report(
        engine,
        "no ledger node answers for a while",
        "`ledger_refuse=503`, then off",
        Status.UNVERIFIED,
        "then",
        Status.PAID,
    )


async def test_a_node_of_another_network_is_refused(
    engine: EngineUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    nodes = LedgerNodes([engine.sim.ledger], NETWORKS["DEVNET"])
    answer = await nodes.transaction("0" * 64, None)
    await nodes.close()
    assert answer == NoNodeAnswer("the node is not on DEVNET")
    assert "is on network 1, not on DEVNET" in caplog.text


async def test_the_platform_down_while_requests_are_open(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifiers = [await engine.create() for _ in range(20)]
    for identifier in identifiers:
        await engine.live(identifier)
    engine.sim.switches.refuse = "503"
    engine.sim.switches.refuse_sockets = True
    await engine.sim.status_socket.close_all()
    before = engine.sim.calls.count("GET", "payload")
    await asyncio.sleep(0.5)
    engine.sim.switches.refuse = "off"
    engine.sim.switches.refuse_sockets = False
    for identifier in identifiers[:10]:
        await engine.sim.phone.sign(engine.uuid(identifier))
    for identifier in identifiers[:10]:
        await engine.status(identifier, Status.PAID)
    for identifier in identifiers[10:]:
        await engine.status(identifier, Status.WAITING)
    assert engine.sim.calls.count("GET", "payload") - before < 400
    report(
        engine,
        "platform and sockets down with 20 requests open",
        "`refuse=503`, `refuse_sockets=True` for half a second",
        "10 paid, 10 waiting",
        gets=400,
        since=before,
    )


async def test_keys_that_are_wrong_end_the_creation_with_a_sentence(
    tmp_path: Path, report: FaultReport
) -> None:
    options = SimulatorOptions(ledger_interval=0.15, seed=1)
    async with running_engine(tmp_path, options=options) as engine:
        engine.sim.platform.applications[engine.sim.key].secret = "another"
        row = await engine.desk.create(engine.spec())
        assert row.verdict.status is Status.FAILED
        assert row.request.create_failure is not None
        assert "secret" in row.request.create_failure.reason
        report(engine, "a wrong secret", "401 to everything", row.verdict.status, gets=0)


async def test_a_web_page_instead_of_an_answer_leaves_creating_until_the_platform_is_back(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    engine.sim.switches.html_502 = True
    spec = engine.spec()
    creating = asyncio.ensure_future(engine.desk.create(spec))
    row = await engine.until(spec.identifier, lambda row: row.request.unsure)
    assert row.verdict.status is Status.CREATING
    engine.sim.switches.html_502 = False
    await creating
    await engine.status(spec.identifier, Status.WAITING)
    assert len(engine.sim.platform.payloads) == 1
    report(
        engine,
        "HTML 502 instead of the create's answer",
        "`html_502=True`, then off",
        Status.CREATING,
        "then",
        Status.WAITING,
    )


async def test_a_crash_between_the_post_and_its_answer_makes_one_request(
    tmp_path: Path, report: FaultReport
) -> None:
    async with running_engine(tmp_path) as engine:
        engine.sim.switches.slow_response_seconds = 0.5
        spec = engine.spec()
        creating = asyncio.ensure_future(engine.desk.create(spec))
        arrived = asyncio.Event()
        engine.sim.platform.on_created.append(lambda _: arrived.set())
        await arrived.wait()
        await engine.crash()
        creating.cancel()
        engine.sim.switches.slow_response_seconds = 0.0
        await engine.open()
        await engine.status(spec.identifier, Status.WAITING)
        assert len(engine.sim.platform.payloads) == 1
        await engine.sim.phone.sign(engine.uuid(spec.identifier))
        await engine.status(spec.identifier, Status.PAID)
        report(
            engine,
            "killed between the POST and its answer",
            "`slow_response_seconds=0.5`, crash, start",
            Status.PAID,
        )


async def test_two_phones_open_it_and_one_signs(
    engine: EngineUnderTest, report: FaultReport
) -> None:
    identifier = await engine.create()
    uuid = engine.uuid(identifier)
    first, second = (person.name for person in engine.sim.cast.customers[:2])
    await engine.sim.phone.scan(uuid, first)
    await engine.sim.phone.scan(uuid, second)
    await engine.sim.phone.sign(uuid, customer=first)
    with pytest.raises(PhoneRefusedError):
        await engine.sim.phone.sign(uuid, customer=second)
    row = await engine.status(identifier, Status.PAID)
    report(engine, "two phones open it, one signs", "two scans, one signature", row.verdict.status)


async def test_a_signer_that_was_not_allowed(engine: EngineUnderTest, report: FaultReport) -> None:
    first, second = (person for person in engine.sim.cast.customers[:2])
    identifier = await engine.create(signers=first.account.address)
    uuid = engine.uuid(identifier)
    # A wallet would refuse; this one does not know of the limit.
    engine.sim.platform.payloads[uuid].options["signers"] = None
    await engine.sim.phone.sign(uuid, customer=second.name)
    row = await engine.status(identifier, Status.CHECK)
    row = await engine.until(identifier, lambda row: row.verdict.final)
    said = " ".join(reasons(row.request, row.verdict))
    assert "An account that was not allowed has signed." in said
    assert Status.PAID not in engine.history[identifier]
    report(engine, "signed by another account than was asked", "`signers` ignored", Status.CHECK)


async def test_a_second_payment_after_paid(engine: EngineUnderTest, report: FaultReport) -> None:
    identifier = await engine.create()
    await engine.sim.phone.sign(engine.uuid(identifier))
    await engine.status(identifier, Status.PAID)
    person = engine.sim.cast.customers[1]
    account = engine.sim.node_ledger.open_state().accounts[person.account.address]
    fields = {
        "TransactionType": "Payment",
        "Account": person.account.address,
        "Destination": engine.sim.shop,
        "DestinationTag": 7,
        "Amount": "1500000",
        "Fee": "12",
        "Sequence": account.sequence,
    }
    engine.sim.node_ledger.submit(sign_fields(fields, person.key).blob)
    row = await engine.status(identifier, Status.CHECK)
    assert f"Refund 1.50 XRP to {person.account.address}" in " ".join(
        reasons(row.request, row.verdict)
    )
    report(
        engine,
        "a second payment by hand after Paid",
        "the same tag and amount again",
        Status.PAID,
        "then",
        row.verdict.status,
    )


async def test_the_platform_s_name_does_not_resolve(
    engine: EngineUnderTest, report: FaultReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = socket.getaddrinfo

    def resolver(host: Any, *others: Any, **more: Any) -> Any:
        if str(host).endswith("xumm.invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return right(host, *others, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    total: Any = engine.desk.engine.platform
    platform: Any = total.wrapped
    platform.api = "https://xumm.invalid/api/v1/platform"
    row = await engine.desk.create(engine.spec())
    assert row.verdict.status is Status.FAILED
    assert row.request.create_failure is not None
    assert row.request.create_failure.platform_down
    platform.api = engine.sim.api
    await engine.desk.resend(row.identifier)
    row = await engine.status(row.identifier, Status.WAITING)
    report(
        engine,
        "the platform's name does not resolve, sent again when it does",
        "a resolver that fails",
        Status.FAILED,
        "then",
        row.verdict.status,
    )
