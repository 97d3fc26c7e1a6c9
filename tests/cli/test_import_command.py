"""The command `import`: what it shows, what it creates, and that it does so once."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import signal

import pytest

from .conftest import PATIENCE, Shell

pytestmark = pytest.mark.anyio

COUNT = 5


def settings(shell: Shell, **values: str) -> None:
    """The settings of a shop that has an address."""
    folder = shell.folder / "data"
    folder.mkdir(exist_ok=True)
    text = json.dumps({"destination": shell.sim.shop, "shop_currency": "EUR", **values})
    (folder / "settings.json").write_text(text)


def invoices(shell: Shell, count: int = COUNT) -> str:
    lines = [f"{n}.5;{100 + n};Invoice {n}" for n in range(1, count + 1)]
    path = shell.folder / "invoices.csv"
    path.write_bytes(("\ufeffAmount;Tag;Reference\r\n" + "\r\n".join(lines)).encode())
    return str(path)


def results(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


async def test_a_file_is_created_once_however_often_it_is_imported(shell: Shell) -> None:
    settings(shell)
    file = invoices(shell)
    out = shell.folder / "results.csv"
    first = await shell.run("import", file, "--yes", "--result", str(out))
    assert first.code == 0, first.err
    assert "5 requests" in first.out
    assert "17.50 XRP" in first.out
    made = results(out.read_text())
    assert [row["outcome"] for row in made] == ["created"] * COUNT
    assert all(row["link"] and row["uuid"] for row in made)
    assert len(shell.sim.platform.payloads) == COUNT
    again = await shell.run("import", file, "--yes", "--result", str(out))
    assert again.code == 0, again.err
    assert "5 of them were created before and are not sent again" in again.out
    assert [row["outcome"] for row in results(out.read_text())] == ["existed"] * COUNT
    assert len(shell.sim.platform.payloads) == COUNT
    batch = await shell.run("import", file, "--yes", "--batch", "December")
    assert batch.code == 0, batch.err
    assert len(shell.sim.platform.payloads) == 2 * COUNT


async def test_wallets_read_the_shop_s_language_for_customers(shell: Shell) -> None:
    settings(shell, shop_name="Café Uno", customer_language="de")
    ended = await shell.run("import", invoices(shell, 1), "--yes")
    assert ended.code == 0, ended.err
    assert "Nothing" not in ended.err
    (payload,) = shell.sim.platform.payloads.values()
    assert payload.custom_meta["instruction"] == "Café Uno, Verkauf #1, Invoice 1"


async def test_nothing_is_sent_before_a_person_says_so(shell: Shell) -> None:
    settings(shell)
    looked = await shell.run("import", invoices(shell), "--dry-run")
    assert looked.code == 0, looked.err
    assert "5 requests" in looked.out
    asked = await shell.run("import", invoices(shell))
    assert asked.code == 2
    assert "Nothing was sent. Add --yes" in asked.err
    assert not shell.sim.platform.payloads
    del shell.environment["XUMM_APIKEY"], shell.environment["XUMM_APISECRET"]
    assert (await shell.run("import", invoices(shell), "--dry-run")).code == 0


async def test_every_error_is_shown_and_nothing_is_sent(shell: Shell) -> None:
    settings(shell)
    file = shell.folder / "bad.csv"
    file.write_text('amount,tag,reference\n1,2,a\n"1,234",x,b\n2,3,c,d\n')
    run = await shell.run("import", str(file), "--yes")
    assert (run.code, run.out) == (2, "")
    said = run.err.splitlines()
    assert said[0].startswith("xumm-desk: line 3, amount: Amount: This can be read as 1234 or as")
    assert said[1].startswith("xumm-desk: line 3, tag: Destination tag: must be a whole number")
    assert said[2].startswith("xumm-desk: line 4: This line has more cells")
    assert said[3] == "xumm-desk: Nothing was sent. Correct the file first."
    assert not shell.sim.platform.payloads


async def test_the_template_is_a_file_that_can_be_imported(shell: Shell) -> None:
    settings(shell)
    template = await shell.run("import", "--template")
    assert template.code == 0
    file = shell.folder / "template.csv"
    file.write_text(template.out)
    looked = await shell.run("import", str(file), "--dry-run")
    assert looked.code == 0, looked.err
    assert "2 requests" in looked.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "import: name a FILE"),
        (("none.csv",), "none.csv cannot be read (No such file or directory)."),
        (("empty.csv",), "This file is empty."),
    ],
)
async def test_what_cannot_be_read_is_said(
    shell: Shell, arguments: tuple[str, ...], said: str
) -> None:
    (shell.folder / "empty.csv").write_text("\n")
    run = await shell.run("import", *arguments)
    assert (run.code, run.out) == (2, "")
    assert said in run.err


async def test_a_kill_in_the_middle_is_gone_on_from(shell: Shell) -> None:
    settings(shell)
    shell.sim.switches.slow_response_seconds = 0.2
    file = invoices(shell, 12)
    child = await shell.start("import", file, "--yes")
    async with asyncio.timeout(PATIENCE):
        while len(shell.sim.platform.payloads) < 2:  # noqa: ASYNC110 - the simulator tells nobody
            await asyncio.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    await child.communicate()
    shell.sim.switches.slow_response_seconds = 0.0
    again = await shell.run("import", file, "--yes", "--result", str(shell.folder / "r.csv"))
    assert again.code == 0, again.err
    assert len(shell.sim.platform.payloads) == 12
    made = results((shell.folder / "r.csv").read_text())
    assert {row["outcome"] for row in made} == {"existed", "created"}
    assert all(row["uuid"] for row in made)


async def test_ctrl_c_ends_it_and_the_same_command_goes_on(shell: Shell) -> None:
    settings(shell)
    shell.sim.switches.slow_response_seconds = 0.2
    file = invoices(shell, 12)
    child = await shell.start("import", file, "--yes")
    async with asyncio.timeout(PATIENCE):
        while len(shell.sim.platform.payloads) < 2:  # noqa: ASYNC110 - the simulator tells nobody
            await asyncio.sleep(0.02)
        child.send_signal(signal.SIGINT)
        out, err = await child.communicate()
    assert child.returncode == 130, err
    assert "Import the same file again to go on." in err.decode()
    assert ",waiting," in out.decode()
    shell.sim.switches.slow_response_seconds = 0.0
    assert (await shell.run("import", file, "--yes")).code == 0
    assert len(shell.sim.platform.payloads) == 12
