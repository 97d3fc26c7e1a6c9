"""`request`: what it prints, when it ends, and with which code."""

from __future__ import annotations

import asyncio
import json
import os
import socket

import pytest

from xumm_desk.simulator.scripted_customers import Script

from .conftest import PATIENCE, Shell

pytestmark = pytest.mark.anyio

KEYS = {"identifier", "uuid", "status", "final", "txid", "network", "reasons"}


async def test_a_paid_request_ends_with_0_and_names_its_txid(shell: Shell) -> None:
    line = shell.body(custom_meta={"identifier": "order 7/ä", "blob": {"a": [1, None]}})
    ended = await shell.run("request", shell.file(line), "--json", "--ledger", shell.sim.ledger)
    assert ended.code == 0, ended.err
    assert all(set(one) == KEYS for one in ended.objects)
    last = ended.last()["order 7/ä"]
    assert (last["status"], last["final"]) == ("paid", True)
    payload = shell.sim.platform.payloads[last["uuid"]]
    assert last["txid"] == payload.txid
    assert payload.custom_meta["blob"] == {"a": [1, None]}
    assert payload.options["force_network"] == "TESTNET"


async def test_without_a_node_it_ends_unverified_with_1(shell: Shell) -> None:
    ended = await shell.run("request", shell.file(shell.body()), "--json")
    assert ended.code == 1
    (last,) = ended.last().values()
    assert (last["status"], last["final"]) == ("unverified", True)


async def test_standard_input_and_a_sign_in(shell: Shell) -> None:
    line = json.dumps({"txjson": {"TransactionType": "SignIn"}})
    ended = await shell.run("request", "-", "--json", stdin=line)
    assert ended.code == 0, ended.err
    assert [one["status"] for one in ended.last().values()] == ["signed"]


async def test_input_is_utf_8_however_it_comes(shell: Shell) -> None:
    shell.environment["PYTHONIOENCODING"] = "ascii"
    marked = shell.body(custom_meta={"identifier": "ä☕", "instruction": "one\u2028two\u0085three"})
    line = json.dumps(json.loads(marked), ensure_ascii=False)
    ended = await shell.run(
        "request", "-", "--json", "--ledger", shell.sim.ledger, stdin=f"\ufeff{line}\r\n\r\n"
    )
    assert ended.code == 0, ended.err
    assert ended.last()["ä☕"]["status"] == "paid"
    assert "Traceback" not in ended.err


async def test_a_reader_that_goes_away_ends_it(shell: Shell) -> None:
    ours, theirs = os.pipe()
    child = await shell.start("request", shell.file(shell.body()), "--json", stdout=theirs)
    os.close(theirs)
    with os.fdopen(ours, encoding="utf-8") as out:
        assert json.loads(await asyncio.to_thread(out.readline))["status"] == "creating"
    assert child.stderr is not None
    async with asyncio.timeout(PATIENCE):
        assert b"Traceback" not in await child.stderr.read()
        assert await child.wait() == 1


async def test_resume_counts_only_what_was_unfinished(shell: Shell) -> None:
    shell.sim.customers.set_script(Script.named("declines"))
    declined = await shell.run("request", shell.file(shell.body()), "--json")
    assert [one["status"] for one in declined.last().values()] == ["declined"]
    node = ("--ledger", shell.sim.ledger)
    shell.sim.customers.set_script(Script.named("never"))
    waiting = shell.body(custom_meta={"identifier": "left"})
    while len(shell.sim.platform.payloads) < 2:  # a slow start may leave no time to create it
        await shell.run("request", shell.file(waiting), "--json", "--timeout", "2", *node)
    await shell.sim.phone.sign(next(reversed(shell.sim.platform.payloads)))
    ended = await shell.run("request", "--resume", "--json", *node)
    assert ended.code == 0, ended.out
    assert {name: one["status"] for name, one in ended.last().items()} == {"left": "paid"}
    nothing = await shell.run("request", "--resume", "--json", *node)
    assert (nothing.code, nothing.out) == (0, "")


async def test_a_blob_instead_of_txjson(shell: Shell) -> None:
    from xrpl.core.binarycodec import encode

    tx = {
        "TransactionType": "Payment",
        "Destination": shell.sim.shop,
        "Amount": "2500000",
        "Account": "rrrrrrrrrrrrrrrrrrrrrhoLvTp",
    }
    del tx["Account"]
    line = json.dumps({"txblob": encode(tx)})
    ended = await shell.run("request", "-", "--json", "--ledger", shell.sim.ledger, stdin=line)
    assert ended.code == 0, ended.out + ended.err


async def test_for_people_it_draws_the_code_and_reports_each_change(shell: Shell) -> None:
    ended = await shell.run("request", shell.file(shell.body()), "--ledger", shell.sim.ledger)
    assert ended.code == 0
    assert "█" in ended.out
    assert "https://" in ended.out or "http://127.0.0.1" in ended.out
    assert "Paid" in ended.out


async def test_the_timeout_ends_it_with_1(shell: Shell) -> None:
    shell.sim.customers.set_script(Script.named("never"))
    ended = await shell.run("request", shell.file(shell.body()), "--json", "--timeout", "2")
    assert ended.code == 1
    assert [one["status"] for one in ended.last().values()] == ["waiting"]


async def test_bad_lines_are_reported_before_anything_is_sent(shell: Shell) -> None:
    good = shell.body()
    bad = json.dumps({"txjson": {"TransactionType": "Payment", "Destination": "rNope"}})
    numeric = json.dumps(
        {"txjson": {"TransactionType": "Payment", "Destination": shell.sim.shop, "Amount": 5}}
    )
    ended = await shell.run("request", shell.file(good, bad, "{oops", "[1]", numeric), "--json")
    assert ended.code == 2
    assert ended.out == ""
    for words in (
        "line 2: Destination",
        "line 3: the request cannot be read (not JSON)",
        "line 4",
        "line 5: Amount",
    ):
        assert words in ended.err
    assert not shell.sim.platform.payloads


async def test_an_unreachable_platform_is_3(shell: Shell) -> None:
    ended = await shell.run(
        "request", shell.file(shell.body()), "--json", "--api", "http://127.0.0.1:9"
    )
    assert ended.code == 3
    assert [one["status"] for one in ended.last().values()] == ["failed"]
    assert "Nothing answers" in ended.err


async def test_no_keys_is_a_sentence(shell: Shell) -> None:
    del shell.environment["XUMM_APIKEY"]
    ended = await shell.run("request", shell.file(shell.body()), "--json")
    assert ended.code == 2
    assert "XUMM_APIKEY" in ended.err
    assert "Traceback" not in ended.err


async def test_the_same_file_again_creates_nothing_new(shell: Shell) -> None:
    line = shell.body(custom_meta={"identifier": "once"})
    arguments = ("request", shell.file(line), "--json", "--ledger", shell.sim.ledger)
    assert (await shell.run(*arguments)).code == 0
    again = await shell.run(*arguments)
    assert again.code == 0
    assert [one["status"] for one in again.objects] == ["paid"]
    assert len(shell.sim.platform.payloads) == 1
    other = shell.body(custom_meta={"identifier": "once"}, options={"expire": 9})
    refused = await shell.run("request", shell.file(other), "--json")
    assert refused.code == 2
    assert "already used" in refused.err


async def test_killed_and_resumed(shell: Shell) -> None:
    shell.sim.customers.set_script(Script.named("manual"))
    child = await shell.start(
        "request", shell.file(shell.body(), shell.body()), "--json", "--ledger", shell.sim.ledger
    )
    assert child.stdout is not None
    waiting: set[str] = set()
    while len(waiting) < 2:
        line = json.loads(await child.stdout.readline())
        if line["status"] == "waiting":
            waiting.add(line["uuid"])
    child.kill()
    await child.communicate()
    for uuid in waiting:
        await shell.sim.phone.sign(uuid)
    ended = await shell.run("request", "--resume", "--json", "--ledger", shell.sim.ledger)
    assert ended.code == 0, ended.err
    assert {one["uuid"] for one in ended.last().values()} == waiting
    assert {one["status"] for one in ended.last().values()} == {"paid"}
    whole = await shell.run("verify-journal")
    assert (whole.code, json.loads(whole.out)) == (0, {"whole": True})


async def test_export_as_csv_and_json_lines(shell: Shell) -> None:
    await shell.run("request", shell.file(shell.body()), "--json", "--ledger", shell.sim.ledger)
    node = ("--ledger", shell.sim.ledger)
    csv = await shell.run("export", *node)
    assert csv.out.splitlines()[0].startswith("identifier,created_at,status")
    assert ",paid,True,Payment,1.5,XRP," in csv.out
    lines = await shell.run("export", "--format", "jsonl", *node)
    (one,) = lines.objects
    assert (one["status"], one["amount"], one["tag"]) == ("paid", "1.5", 0)


async def test_no_secret_reaches_disk_or_output(shell: Shell) -> None:
    line = shell.body(user_token="12345678-1234-4234-8234-123456789012")
    ended = await shell.run(
        "request", shell.file(line), "--json", "--verbose", "--ledger", shell.sim.ledger
    )
    written = b"".join(p.read_bytes() for p in (shell.folder / "data").rglob("*") if p.is_file())
    everything = written + ended.out.encode() + ended.err.encode()
    tokens = [t for p in shell.sim.platform.payloads.values() if (t := p.issued_token)]
    for secret in (
        shell.sim.secret,
        shell.sim.key,
        "12345678-1234-4234-8234-123456789012",
        *tokens,
    ):
        assert secret.encode() not in everything


async def test_a_webhook_port_that_cannot_be_used_is_2_and_nothing_is_sent(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for given, words in (
            (port, f"cannot be received at 127.0.0.1 port {port}"),
            ("65536", "--webhook-port: 65536 cannot be used"),
            ("x", "--webhook-port: x cannot be used"),
        ):
            ended = await shell.run(
                "request", shell.file(shell.body()), "--json", "--webhook-port", given
            )
            assert ended.code == 2
            assert words in ended.err
            assert "Traceback" not in ended.err
    assert not shell.sim.platform.payloads


async def test_a_webhook_ends_a_request_of_the_command_line(shell: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    shell.sim.switches.refuse_sockets = True
    shell.sim.switches.webhook_loopback = True
    shell.sim.platform.applications[shell.sim.key].webhook_url = f"http://127.0.0.1:{port}/hook"
    shell.environment["XUMM_DESK_WEBHOOK_PORT"] = str(port)
    node = ("--ledger", shell.sim.ledger)
    ended = await shell.run("request", shell.file(shell.body()), "--json", "--timeout", "30", *node)
    assert ended.code == 0, ended.err
    assert [one["status"] for one in ended.last().values()] == ["paid"]
    assert [attempt.outcome for attempt in shell.sim.webhooks.attempts] == [200]


async def test_the_same_file_again_sends_what_a_platform_that_was_down_never_took(
    shell: Shell,
) -> None:
    line = shell.body(custom_meta={"identifier": "again"})
    arguments = ("request", shell.file(line), "--json", "--ledger", shell.sim.ledger)
    for _ in range(2):
        down = await shell.run(*arguments, "--api", "http://127.0.0.1:9")
        assert down.code == 3, down.err
        assert down.last()["again"]["status"] == "failed"
        assert "it can be sent again" in down.last()["again"]["reasons"][0]
    # Killed while it is being sent: the next run finds what arrived.
    shell.sim.switches.slow_response_seconds = 0.5
    arrived = asyncio.Event()
    shell.sim.platform.on_created.append(lambda _: arrived.set())
    child = await shell.start(*arguments)
    async with asyncio.timeout(PATIENCE):
        await arrived.wait()
    child.kill()
    await child.communicate()
    shell.sim.switches.slow_response_seconds = 0.0
    ended = await shell.run(*arguments)
    assert ended.code == 0, ended.err
    assert ended.last()["again"]["status"] == "paid"
    assert len(shell.sim.platform.payloads) == 1
    whole = await shell.run("verify-journal")
    assert whole.code == 0


async def test_an_answer_that_is_lost_for_ever_is_reported_and_can_be_given_up(
    shell: Shell,
) -> None:
    shell.sim.switches.html_502 = True
    line = shell.body(custom_meta={"identifier": "stuck"})
    ended = await shell.run("request", shell.file(line), "--json", "--timeout", "3")
    assert ended.code == 3
    assert ended.last()["stuck"]["status"] == "creating"
    assert "stuck: The platform's answer was lost" in ended.err
    assert "close it with --give-up" in ended.err
    closed = await shell.run("request", "--give-up", "stuck", "--json")
    assert closed.code == 0, closed.err
    assert (closed.last()["stuck"]["status"], closed.last()["stuck"]["final"]) == (
        "cancelled",
        True,
    )
    resumed = await shell.run("request", "--resume", "--json")
    assert (resumed.code, resumed.out) == (0, "")
    unknown = await shell.run("request", "--give-up", "nobody")
    assert unknown.code == 2
    assert "There is no request nobody here." in unknown.err


async def test_without_a_timeout_a_platform_that_stays_broken_ends_it(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    from argparse import Namespace
    from dataclasses import replace

    from xumm_desk.cli.commands import parse_request_file
    from xumm_desk.cli.request_command import RequestRun
    from xumm_desk.core.money.networks import NETWORKS
    from xumm_desk.core.request.request_spec import RequestSpec
    from xumm_desk.core.settings import Credentials
    from xumm_desk.core.state.timing import Timing
    from xumm_desk.setup.config import Config

    shell.sim.switches.html_502 = True
    configuration = Config(
        api=shell.sim.api,
        ledger_urls=(),
        network=NETWORKS["TESTNET"],
        data_dir=shell.folder,
        credentials=None,
        practice=False,
    )
    specs = [o for o in parse_request_file([shell.body()], "TESTNET") if isinstance(o, RequestSpec)]
    options = Namespace(resume=False, timeout=None, json=True, give_up=[])
    timing = replace(Timing(), create_retries=(0.05,), create_give_up=0.5)
    keys = Credentials(shell.sim.key, shell.sim.secret)
    async with asyncio.timeout(PATIENCE):
        assert await RequestRun(configuration, keys, specs, options, timing=timing).run() == 3
    assert "Go on looking with --resume" in capsys.readouterr().err


async def test_an_outage_code_is_not_waited_for_for_ever(shell: Shell) -> None:
    from datetime import UTC, datetime

    from xumm_desk.core.request import outage_code
    from xumm_desk.core.request.request_spec import RequestSpec, parse_body
    from xumm_desk.core.state import facts
    from xumm_desk.core.state.facts import FactKind, Source
    from xumm_desk.store.journal import SqliteJournal

    body = json.loads(shell.body())
    asked = parse_body(body, identifier="asked", network="TESTNET")
    assert isinstance(asked, RequestSpec)
    code = outage_code.outage_spec(asked, identifier="code", entropy="ab" * 32)
    now = datetime.now(UTC)
    folder = shell.folder / "data"
    folder.mkdir(exist_ok=True)
    node = ("--ledger", shell.sim.ledger)
    assert (await shell.run("request", "--resume", *node)).code == 0  # makes the folder
    (path,) = folder.rglob("*.sqlite3")
    journal = SqliteJournal(path)
    journal.open(asyncio.get_running_loop())
    intent = facts.make_fact(now, Source.OPERATOR, FactKind.INTENT, code.to_json())
    journal.append("code", intent, urgent=True)
    await journal.durable()
    await journal.close()
    left = await shell.run("request", "--resume", "--json", *node)
    assert left.code == 1
    assert left.last()["code"]["status"] == "waiting"
    assert "close it with --give-up" in left.err
    closed = await shell.run("request", "--give-up", "code", *node)
    assert closed.code == 0
    assert (await shell.run("request", "--resume", "--json", *node)).out == ""
