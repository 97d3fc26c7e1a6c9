"""A command ends with what the ledger says where the platform says nothing."""

from __future__ import annotations

import pytest

from .conftest import Shell

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("scheme", ["http", "ws"])
async def test_a_payment_that_the_platform_never_reports_ends_paid(
    shell: Shell, scheme: str
) -> None:
    shell.sim.switches.force_behaviour = "unreported"
    node = shell.sim.ledger_ws if scheme == "ws" else shell.sim.ledger
    ended = await shell.run("request", "--ledger", node, "--json", shell.file(shell.body()))
    assert ended.code == 0, ended.err
    [last] = ended.last().values()
    assert last["status"] == "paid"
    assert last["txid"] in shell.sim.node_ledger.entries
