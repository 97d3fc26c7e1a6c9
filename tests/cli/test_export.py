"""The commands that read: exports for people and machines, memory, Ctrl-C, and a full disk."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
import os
import pty
import signal
import sqlite3
import stat
import sys
import termios
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import openpyxl
import pytest
from core.decision.test_needs import decide, second_payment, story

from xumm_desk.core.export import columns, text_formats
from xumm_desk.core.export.record import make_record
from xumm_desk.core.money.amount import XrpAmount
from xumm_desk.core.money.fiat import FiatAmount
from xumm_desk.core.pricing.quote import Quote, Rate, RateSource
from xumm_desk.core.sale.sale import Sale
from xumm_desk.core.state.decisions import DecisionKind
from xumm_desk.core.state.lifecycle import Request, apply_fact
from xumm_desk.store.journal_reader import JournalReader

from .conftest import PATIENCE, Shell

pytestmark = pytest.mark.anyio

FULL: Final = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


async def paid(shell: Shell, *bodies: str) -> None:
    """Sell once a body, or once at all."""
    lines = bodies or (shell.body(),)
    ended = await shell.run("request", shell.file(*lines), "--ledger", shell.sim.ledger)
    assert ended.code == 0, ended.err


def copies(journal: Path, count: int) -> None:
    """Repeat the first request of a journal under other names. The chain is not kept: an export
    does not look at it."""
    with closing(sqlite3.connect(journal)) as db:
        numbers = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        db.execute(
            f"{numbers} INSERT INTO requests (identifier, status, finished, created_at)"
            " SELECT 'copy-' || i, status, finished, created_at"
            " FROM n, (SELECT * FROM requests LIMIT 1)",
            (count,),
        )
        db.execute(
            f"{numbers} INSERT INTO facts (identifier, at, witness, kind, text, hash)"
            " SELECT 'copy-' || i, at, witness, kind,"
            " replace(text, f.identifier, 'copy-' || i), hash"
            " FROM n, facts AS f WHERE f.identifier NOT LIKE 'copy-%' ORDER BY i, seq",
            (count,),
        )
        db.commit()


def journal_of(shell: Shell) -> Path:
    return shell.folder / "data" / "journal.sqlite3"


async def test_amounts_asked_for_and_delivered_are_columns_alike(shell: Shell) -> None:
    await paid(shell)
    node = ("--ledger", shell.sim.ledger)
    [row] = csv.DictReader(io.StringIO((await shell.run("export", *node)).out))
    assert (row["amount"], row["currency"], row["issuer"]) == ("1.5", "XRP", "")
    asked = row["amount"], row["currency"], row["issuer"]
    assert (row["delivered"], row["delivered_currency"], row["delivered_issuer"]) == asked
    [line] = (await shell.run("export", "--format", "jsonl", *node)).objects
    assert (line["delivered"], line["delivered_currency"]) == ("1.5", "XRP")
    assert line["delivered_issuer"] is None


async def test_a_multi_purpose_token_is_exported_by_its_whole_id(shell: Shell) -> None:
    token = shell.sim.info()["token"]["mpt_issuance_id"]
    asked = {"mpt_issuance_id": token, "value": "10"}
    txjson = {**json.loads(shell.body())["txjson"], "Amount": asked}
    await paid(shell, shell.body(txjson=txjson))
    run = await shell.run("export", "--format", "jsonl", "--ledger", shell.sim.ledger)
    [line] = run.objects
    assert line["status"] == "paid"
    for column in ("amount", "delivered"):
        names = [column, *(f"{column}_{x}".replace("amount_", "") for x in ("currency", "issuer"))]
        assert [line[name] for name in names] == ["10", token, shell.sim.issuer]


BEFORE_SALES: Final = (
    "identifier,created_at,status,final,type,amount,currency,issuer,destination,tag,network,uuid,"
    "txid,payer,delivered,delivered_currency,delivered_issuer,ledger_index,resolved_at,instruction,"
    "reasons,outage"
)
"""The columns of a program that knew no sales; whoever reads them by place still can."""


async def test_a_sale_has_its_number_price_and_rate(shell: Shell) -> None:
    at = datetime(2026, 11, 30, 12, tzinfo=UTC)
    rate = Rate(Decimal("2.4"), "EUR", RateSource.PLATFORM, at)
    quote = Quote(FiatAmount("EUR", Decimal("3.60")), XrpAmount(1_500_000), rate)
    tip = FiatAmount("EUR", Decimal("0.60"))
    sale = Sale(1042, quote=quote, tip=tip, reference="=table 4")
    await paid(shell, shell.body(custom_meta={"blob": sale.to_blob()}), shell.body())
    out = (await shell.run("export", "--ledger", shell.sim.ledger)).out
    assert out.startswith(
        f"{BEFORE_SALES},sale,price,price_currency,tip,rate,rate_source,rate_at,reference,"
        "refund_of,refunded,refunded_currency,refunded_issuer,paid_at,"
    )
    made, plain = csv.DictReader(io.StringIO(out))
    found = list(made)[22:34]
    assert [made[name] for name in found] == [
        "1042",
        "3.60",
        "EUR",
        "0.60",
        "2.4",
        "xumm",
        "2026-11-30T12:00:00+00:00",
        "'=table 4",
        *[""] * 4,
    ]
    assert [plain[name] for name in found] == [""] * 12
    line, other = (await shell.run("export", "--format", "jsonl")).objects
    assert (line["sale"], line["price"], line["reference"]) == (1042, "3.60", "=table 4")
    assert {other[name] for name in found} == {None}


async def test_a_price_in_the_asset_itself_has_no_rate(shell: Shell) -> None:
    at = datetime(2026, 11, 30, 12, tzinfo=UTC)
    rate = Rate(Decimal(1), "XRP", RateSource.SAME, at)
    quote = Quote(FiatAmount("XRP", Decimal("1.5")), XrpAmount(1_500_000), rate)
    await paid(shell, shell.body(custom_meta={"blob": Sale(7, quote=quote).to_blob()}))
    [line] = (await shell.run("export", "--format", "jsonl")).objects
    assert (line["sale"], line["price"], line["price_currency"]) == (7, "1.500000", "XRP")
    assert (line["rate"], line["rate_source"], line["rate_at"]) == (None, None, None)


async def test_a_spreadsheet_reads_every_letter(shell: Shell) -> None:
    await paid(shell, shell.body(custom_meta={"instruction": "Café 会"}))
    plain = await shell.run("export")
    assert not plain.out.startswith("\ufeff")
    marked = await shell.run("export", "--excel")
    assert marked.out == "\ufeff" + plain.out
    assert "Café 会" in marked.out
    file = shell.folder / "out.csv"
    assert (await shell.run("export", "--excel", "--output", str(file))).code == 0
    assert file.read_bytes().startswith(b"\xef\xbb\xbfidentifier,")
    refused = await shell.run("export", "--excel", "--format", "jsonl")
    assert (refused.code, refused.out) == (2, "")


async def test_a_named_file_is_private_and_takes_its_place_at_the_end(shell: Shell) -> None:
    await paid(shell)
    file = shell.folder / "out.csv"
    file.write_text("what was there before")
    file.chmod(0o644)
    assert (await shell.run("export", "--output", str(file))).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().startswith("identifier,")
    link = shell.folder / "link.csv"
    link.symlink_to(file)
    assert (await shell.run("export", "--format", "jsonl", "--output", str(link))).code == 0
    assert link.is_symlink()
    assert json.loads(file.read_text())["status"] == "paid"
    told = shell.folder / "diagnostics.txt"
    assert (await shell.run("diagnostics", str(told))).code == 0
    assert stat.S_IMODE(told.stat().st_mode) == 0o600
    nowhere = await shell.run("export", "--output", str(shell.folder / "no" / "out.csv"))
    assert nowhere.code == 4
    assert "cannot be written (No such file or directory)" in nowhere.err
    assert not list(shell.folder.glob(".*.part"))


async def test_many_requests_take_no_memory_and_show_how_far_they_are(shell: Shell) -> None:
    await paid(shell)
    copies(journal_of(shell), 6_000)
    few = await peak(shell, "export", "--data-dir", str(await small(shell)))
    many = await peak(shell, "export")
    # The names alone of 6,000 requests are some 1 MB; all of their facts were 36.
    assert many < few + 8_000


async def small(shell: Shell) -> Path:
    """A folder with a journal of one request."""
    folder = shell.folder / "small"
    folder.mkdir()
    file = folder / "journal.sqlite3"
    with closing(sqlite3.connect(journal_of(shell))) as db, closing(sqlite3.connect(file)) as other:
        db.backup(other)
        other.execute("DELETE FROM facts WHERE identifier LIKE 'copy-%'")
        other.execute("DELETE FROM requests WHERE identifier LIKE 'copy-%'")
        other.commit()
    return folder


async def peak(shell: Shell, *arguments: str) -> int:
    """The most memory that a command used, in kB."""
    code = (
        "import resource, sys, xumm_desk.cli.parser as c; code = c.run(sys.argv[1:]);"
        "sys.stderr.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)); sys.exit(code)"
    )
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        code,
        *arguments,
        env=shell.environment,
        cwd=shell.folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        _, err = await child.communicate()
    assert child.returncode == 0, err
    return int(err.split()[-1])


async def export_at_a_terminal(
    shell: Shell, file: Path
) -> tuple[asyncio.subprocess.Process, int, int]:
    """A long export, and both ends of the terminal that its progress is written to."""
    await paid(shell)
    copies(journal_of(shell), 6_000)
    near, far = pty.openpty()
    # Output stopped as by Ctrl-S: the export halts at its first line of progress, however fast or
    # slow the machine is.
    termios.tcflow(far, termios.TCOOFF)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "xumm_desk", "export", "--output", str(file)),
        env=shell.environment,
        cwd=shell.folder,
        stderr=far,
    )
    return child, near, far


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_ctrl_c_leaves_what_was_there(shell: Shell, number: signal.Signals) -> None:
    file = shell.folder / "out.csv"
    file.write_text("what was there before")
    child, near, far = await export_at_a_terminal(shell, file)
    async with asyncio.timeout(PATIENCE):
        while not list(shell.folder.glob(".*.part")):  # noqa: ASYNC110 - a file tells nobody
            await asyncio.sleep(0.01)
        child.send_signal(number)
        termios.tcflow(far, termios.TCOON)
        assert await child.wait() == 130
    assert file.read_text() == "what was there before"
    assert not list(shell.folder.glob(".*.part"))
    os.close(near)
    os.close(far)


async def test_a_terminal_shows_how_far_it_has_come(shell: Shell) -> None:
    file = shell.folder / "out.csv"
    child, near, far = await export_at_a_terminal(shell, file)
    termios.tcflow(far, termios.TCOON)
    said = b""
    async with asyncio.timeout(PATIENCE):
        while "of 6\u202f001 requests".encode() not in said:
            said += await asyncio.to_thread(os.read, near, 4096)
        os.close(far)
        with contextlib.suppress(OSError):  # the terminal's end
            while await asyncio.to_thread(os.read, near, 4096):
                pass
        assert await child.wait() == 0
    assert b"Exported " in said
    assert len(file.read_text().splitlines()) == 6_002
    os.close(near)


async def test_a_reader_that_goes_away_ends_it_without_a_word(shell: Shell) -> None:
    await paid(shell)
    copies(journal_of(shell), 3000)
    child = await shell.start("export")
    assert child.stdout is not None
    assert (await child.stdout.readline()).startswith(b"identifier")
    child.stdout._transport.close()  # type: ignore[attr-defined]
    async with asyncio.timeout(PATIENCE):
        assert child.stderr is not None
        err = await child.stderr.read()
        assert await child.wait() == 1
    assert err == b""


@needs_full
@pytest.mark.parametrize(
    "arguments",
    [("export",), ("export", "--format", "jsonl"), ("verify-journal",), ("diagnostics", "-")],
)
async def test_standard_output_that_cannot_be_written(
    shell: Shell, arguments: tuple[str, ...]
) -> None:
    await paid(shell)
    code, err = await to_full(shell, *arguments)
    assert code == 4
    assert err == "xumm-desk: Standard output cannot be written (No space left on device).\n"


@needs_full
@pytest.mark.parametrize("json_lines", [True, False])
async def test_a_request_that_cannot_be_shown_is_in_the_journal(
    shell: Shell, json_lines: bool
) -> None:
    file = shell.file(shell.body(custom_meta={"identifier": "one"}))
    more = ("--json",) if json_lines else ()
    code, err = await to_full(shell, "request", file, *more, "--ledger", shell.sim.ledger)
    assert code == 4
    assert "Traceback" not in err
    assert err.count("Standard output cannot be written") == 1
    assert "Everything is in the journal: go on with --resume." in err
    again = await shell.run("request", "--resume", file, "--json", "--ledger", shell.sim.ledger)
    assert again.code == 0
    assert again.last()["one"]["status"] == "paid"
    assert len(shell.sim.platform.payloads) == 1


async def to_full(shell: Shell, *arguments: str) -> tuple[int, str]:
    """Run a command whose standard output is a device that takes nothing."""
    with FULL.open("wb") as full:  # noqa: ASYNC230 - a device
        child = await shell.start(*arguments, stdout=full.fileno())
    async with asyncio.timeout(PATIENCE):
        _, err = await child.communicate()
    assert child.returncode is not None
    return child.returncode, err.decode()


async def test_keys_that_nobody_could_send_stop_no_reading_command(shell: Shell) -> None:
    await paid(shell)
    shell.environment["XUMM_APIKEY"] = "1a2b3c4d-\n-x"
    shell.environment["XUMM_APISECRET"] = "ü" * 36
    for arguments in (("export",), ("verify-journal",), ("diagnostics", "-")):
        ended = await shell.run(*arguments)
        assert ended.code == 0, ended.err
        assert "ü" * 36 not in ended.out
    assert (await shell.run("request", shell.file(shell.body()))).code == 2


async def test_a_practice_journal_is_hinted_at(shell: Shell) -> None:
    await paid(shell)
    practice = shell.folder / "data" / "practice"
    practice.mkdir()
    journal_of(shell).rename(practice / "journal.sqlite3")
    for extra in shell.folder.glob("data/journal.sqlite3-*"):
        extra.unlink()
    said = await shell.run("export")
    assert said.code == 2
    assert "There is one of practice mode: add --practice." in said.err
    assert (await shell.run("export", "--practice")).code == 0


async def test_own_columns_stand_in_the_order_in_which_they_were_named(shell: Shell) -> None:
    await paid(shell)
    chosen = ("--columns", "status, amount,identifier")
    run = await shell.run("export", *chosen)
    assert run.out.splitlines()[0] == "status,amount,identifier"
    assert run.out.splitlines()[1].startswith("paid,1.5,desk-")
    [line] = (await shell.run("export", *chosen, "--format", "jsonl")).objects
    assert list(line) == ["status", "amount", "identifier"]
    for wrong, said in (
        ("status,colour", "There is no column colour."),
        ("status,status", "The column status is named twice."),
        (",", "Choose at least one column."),
    ):
        refused = await shell.run("export", "--columns", wrong)
        assert (refused.code, refused.out) == (2, "")
        assert said in refused.err


async def test_days_and_statuses_choose_the_requests(shell: Shell) -> None:
    await paid(shell, shell.body(), shell.body())
    node = ("--ledger", shell.sim.ledger, "--columns", "status")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    for chosen, count in (
        (("--status", "paid,expired"), 2),
        (("--status", "expired", "--status", "declined"), 0),
        (("--since", "2026-01-01", "--until", "2999-12-31"), 2),
        (("--since", "2999-12-31"), 0),
        (("--until", "2026-01-01T00:00:00+02:00"), 0),
        (("--since", "2026-01-01", "--until", today, "--status", "paid"), 2),
    ):
        run = await shell.run("export", *node, *chosen)
        assert (run.code, len(run.out.splitlines())) == (0, 1 + count), (chosen, run.err)
    for chosen, said in (
        (("--since", "yesterday"), "--since: write a day as 2026-11-30"),
        (("--since", "2026-02-02", "--until", "2026-02-01"), "--until: must be after --since."),
        (("--status", "paidd"), "--status: There is no status paidd."),
    ):
        refused = await shell.run("export", *chosen)
        assert (refused.code, refused.out) == (2, "")
        assert said in refused.err


async def test_a_workbook_needs_a_file_name_and_is_private(shell: Shell) -> None:
    await paid(shell)
    refused = await shell.run("export", "--format", "xlsx")
    assert (refused.code, refused.out) == (2, "")
    assert "--format xlsx: name the file with --output." in refused.err
    file = shell.folder / "out.xlsx"
    run = await shell.run("export", "--format", "xlsx", "--output", str(file))
    assert run.code == 0, run.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(file)
    [head, row] = book["Requests"].iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True))["amount"] == 1.5


def test_a_journal_is_read_while_it_is_written(tmp_path: Path) -> None:
    """In one transaction: what comes meanwhile is not in it, and nothing is held back."""
    from xumm_desk.store import database

    path = tmp_path / "journal.sqlite3"
    with closing(database.connect(path)) as db:
        add = (
            "INSERT INTO requests (identifier, status, finished, created_at)"
            " VALUES (?, 'paid', 1, '2026-01-01')"
        )
        db.execute(add, ("one",))
        with JournalReader(path) as reader:
            assert reader.count() == 1
            db.execute(add, ("two",))
            assert reader.count() == 1


def as_csv(request: Request) -> str:
    """A file with this request alone."""
    names = [column.name for column in columns.ALL]
    record = make_record(request, ledger=True)
    return text_formats.csv_header(names) + text_formats.csv_record(record, names)


def test_what_persons_decided_is_exported_beside_an_unchanged_status() -> None:
    request = story("too little")[0]
    for kind, text in (
        (DecisionKind.NOTE, "=1+1"),
        (DecisionKind.ACCEPTED_AS_PAID, "regular guest"),
    ):
        request = decide(request, kind, text)
    [row] = csv.DictReader(io.StringIO(as_csv(request)))
    names = ("status", "note", "reviewed_by", "decision", "decision_reason")
    told = ["check", "'=1+1", "Anna", "accepted_as_paid", "regular guest"]
    assert [row[name] for name in names] == told
    later = apply_fact(request, second_payment())
    [row] = csv.DictReader(io.StringIO(as_csv(later)))
    assert (row["decision"], row["decision_reason"]) == ("", ""), "it was about less"
