"""The simulator that `xumm_simulator` hands to a test: another one for each, and calls that say why
they are refused."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from xumm_desk.testing.running_simulator import RunningSimulator, SimulatorError, SimulatorHost


def create(simulator: RunningSimulator, **options: Any) -> str:
    """Create a request of 2 XRP; its uuid."""
    payment = {"TransactionType": "Payment", "Destination": simulator.shop, "Amount": "2000000"}
    uuid: str = developer_call(simulator, "payload", {"txjson": payment, "options": options})[
        "uuid"
    ]
    return uuid


def developer_call(simulator: RunningSimulator, path: str, body: object = None) -> dict[str, Any]:
    """A call as a program's, not a phone's."""
    request = urllib.request.Request(
        f"{simulator.api}/{path}",
        None if body is None else json.dumps(body).encode(),
        {
            "X-API-Key": simulator.key,
            "X-API-Secret": simulator.secret,
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def test_a_payment_is_in_the_ledger_when_all_have_settled(xumm_simulator: RunningSimulator) -> None:
    uuid = create(xumm_simulator)
    done = xumm_simulator.sign(uuid)
    xumm_simulator.settle()
    [transaction] = [
        line for line in xumm_simulator.report["transactions"] if line["meant_for"] == uuid
    ]
    assert transaction["hash"] == done["txids"][0]
    assert transaction["delivered"] == "2000000"
    assert xumm_simulator.payloads[0]["dispatched_result"] == "tesSUCCESS"


def test_two_simulators_of_one_process_know_nothing_of_each_other(
    xumm_simulator: RunningSimulator, xumm_simulator_host: SimulatorHost
) -> None:
    create(xumm_simulator)
    xumm_simulator.set_faults(html_502=True)
    other = xumm_simulator_host.start()
    try:
        assert other.payloads == []
        assert other.faults["html_502"] is False
        assert other.key != xumm_simulator.key
    finally:
        xumm_simulator_host.stop(other)
    with pytest.raises(OSError, match="refused"):
        _ = other.payloads


def test_customers_do_at_once_what_they_were_told(xumm_simulator: RunningSimulator) -> None:
    xumm_simulator.set_customers("declines")
    uuid = create(xumm_simulator)
    xumm_simulator.settle()
    assert developer_call(xumm_simulator, f"payload/{uuid}")["meta"]["signed"] is False
    xumm_simulator.set_customers(None)
    create(xumm_simulator)
    xumm_simulator.settle()
    assert [one["opened"] for one in xumm_simulator.payloads] == [0, 1]


def test_a_phone_scans_walks_off_and_declines(xumm_simulator: RunningSimulator) -> None:
    uuid = create(xumm_simulator)
    xumm_simulator.scan(uuid)
    xumm_simulator.walk_off(uuid)
    assert xumm_simulator.payloads[0]["opened"] == 1
    xumm_simulator.decline(uuid)
    with pytest.raises(SimulatorError, match="handled by somebody else"):
        xumm_simulator.sign(uuid)


def test_a_request_expires_when_time_passes(xumm_simulator: RunningSimulator) -> None:
    create(xumm_simulator, expire=1)
    xumm_simulator.advance(61)
    assert xumm_simulator.payloads[0]["expired"] is True


@pytest.mark.xumm_simulator(network="XAHAU", ledger_interval=0.1)
def test_the_marker_sets_it_up(xumm_simulator: RunningSimulator) -> None:
    assert xumm_simulator.network == "XAHAU"
    assert xumm_simulator.environment["XUMM_DESK_NETWORK"] == "XAHAU"


def test_what_cannot_be_is_said(
    xumm_simulator: RunningSimulator, xumm_simulator_host: SimulatorHost
) -> None:
    with pytest.raises(SimulatorError, match="fantasy: the options are network"):
        xumm_simulator_host.start(fantasy=1)
    with pytest.raises(SimulatorError, match="no_such"):
        xumm_simulator_host.start(customers="no_such")
    with pytest.raises(SimulatorError, match="there is no switch 'fantasy'"):
        xumm_simulator.set_faults(fantasy=1)
    assert "pays" in xumm_simulator.behaviours


def test_a_process_that_has_ended_is_said() -> None:
    host = SimulatorHost()
    host.close()
    with pytest.raises((SimulatorError, ValueError), match=r"ended|closed"):
        host.start()


def test_a_module_of_the_tested_project_replaces_none_of_the_standard_library(
    tmp_path: Path,
) -> None:
    for name in ("json", "asyncio", "select"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')\n", "utf-8")
    code = (
        "import sys; sys.path[:] = [entry for entry in sys.path if entry];"
        " from xumm_desk.testing.running_simulator import SimulatorHost;"
        " host = SimulatorHost(); print(host.start().network); host.close()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert run.stdout.strip() == "TESTNET", run.stderr


def test_the_official_sdk_is_led_to_it(
    xumm_simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sdk = importlib.import_module("xumm")
    monkeypatch.setattr(sdk, "api_key", None)
    monkeypatch.setattr(sdk, "api_secret", None)
    xumm_simulator.redirect_official_sdk(monkeypatch)
    pong = sdk.XummSdk(xumm_simulator.key, xumm_simulator.secret).ping()
    assert pong.application.uuidv4 == xumm_simulator.key
