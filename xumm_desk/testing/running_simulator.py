"""A simulator in another process, as the fixture `xumm_simulator` hands it to a test.

Only the standard library is used. Calls block, like those of most tests, and never leave this
computer: no proxy of the environment is asked.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pytest

_PATIENCE: Final = 60.0
_STOP_TIMEOUT: Final = 5.0
_LEDGER_INTERVAL: Final = 0.2
"""Seconds from one ledger to the next. A real one takes some 3.5, for which no test need wait."""

_CHILD: Final = (
    "import sys; sys.path.append(sys.argv[1]);"
    " from xumm_desk.simulator import worlds; worlds.main()"
)
"""Not by `-m`, which would take a module of the tested project for one of the standard library."""

_AT_ONCE: Final = {"scan_min": 0, "scan_max": 0, "decide_min": 0, "decide_max": 0}


class SimulatorError(Exception):
    """The simulator does not run, or refused a call; the text is its reason."""


class RunningSimulator:
    """One simulator: where it listens, its keys, and what its customers and faults do.

    `api` is the base address of the platform, in the place of `https://xumm.app/api/v1/platform`,
    `key` and `secret` are an application's. `ledger` (JSON-RPC) and `ledger_ws` (websocket) are a
    node of its ledger, `network` that ledger's name. `shop` and `issuer` are funded accounts, the
    second one issues `currency`. `control` is the base address of the control calls.
    """

    def __init__(self, info: dict[str, Any]) -> None:
        self.api: str = info["api"]
        self.key: str = info["key"]
        self.secret: str = info["secret"]
        self.ledger: str = info["ledger"]
        self.ledger_ws: str = info["ledger_ws"]
        self.network: str = info["network"]
        self.shop: str = info["shop"]["address"]
        self.issuer: str = info["issuer"]["address"]
        self.currency: str = info["issuer"]["currency"]
        self.control: str = info["control"]

    def __repr__(self) -> str:
        return f"RunningSimulator({self.api!r})"

    @property
    def port(self) -> int:
        """The port of all its addresses."""
        return int(self.api.split(":")[2].split("/")[0])

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables that lead the official SDKs' keys, and this package, to it."""
        return {
            "XUMM_APIKEY": self.key,
            "XUMM_APISECRET": self.secret,
            "XUMM_DESK_API": self.api,
            "XUMM_DESK_LEDGER": self.ledger_ws,
            "XUMM_DESK_NETWORK": self.network,
        }

    def scan(self, uuid: str) -> None:
        """Let a customer scan the code of a request."""
        self.call("POST", f"phone/{uuid}/scan")

    def sign(self, uuid: str, behaviour: str = "pays") -> dict[str, Any]:
        """Let a customer sign a request, scanning it first if need be; returns what was done.

        `behaviour` is one of `behaviours`: "wrong_amount", "tec" or "second_payer" are mistakes
        that your program should notice. The payment is in the ledger a moment later; `settle` waits
        for that.
        """
        answer: dict[str, Any] = self.call("POST", f"phone/{uuid}/sign", {"behaviour": behaviour})
        return answer

    def decline(self, uuid: str) -> None:
        """Let a customer decline a request."""
        self.call("POST", f"phone/{uuid}/decline")

    def walk_off(self, uuid: str) -> None:
        """Let a customer who has scanned a request put the phone away."""
        self.call("POST", f"phone/{uuid}/walk_off")

    def settle(self) -> None:
        """Wait until all customers and phones are done and what they sent is in the ledger."""
        self.call("POST", "settle")

    def set_customers(self, behaviour: str | None) -> None:
        """Let every customer from now on do this without being told; None for nothing."""
        wanted: dict[str, Any] = {"mode": "manual"}
        if behaviour is not None:
            wanted = {"mode": "auto", "behaviour": behaviour, "delays": _AT_ONCE}
        self.call("PUT", "customers", wanted)

    @property
    def behaviours(self) -> dict[str, str]:
        """What customers can do: names and descriptions."""
        found: dict[str, str] = self.call("GET", "behaviours")
        return found

    def set_faults(self, **switches: Any) -> None:
        """Switch faults on and off, such as `refuse="503"`, `drop_frames=["resolved"]` or
        `http_429_every=3`; `faults` lists them with their present values."""
        self.call("PUT", "switches", switches)

    @property
    def faults(self) -> dict[str, Any]:
        """All faults that can be switched on."""
        found: dict[str, Any] = self.call("GET", "switches")
        return found

    def set_webhook(self, url: str) -> None:
        """Send the application's webhooks there; "" for nowhere."""
        self.call("PUT", "application", {"webhookurl": url})

    def advance(self, seconds: float) -> None:
        """Let time pass, for instance until a request has expired."""
        self.call("POST", "clock", {"advance": seconds})

    @property
    def payloads(self) -> list[dict[str, Any]]:
        """The requests, newest first, each with its state in short."""
        found: list[dict[str, Any]] = self.call("GET", "payloads")["payloads"]
        return found

    @property
    def report(self) -> dict[str, Any]:
        """Everything there is: requests, transactions, and what each was meant to pay."""
        found: dict[str, Any] = self.call("GET", "books")
        return found

    def call(self, method: str, path: str, body: object = None) -> Any:
        """Make a control call; the user guide's page on the simulator lists them.

        Raises:
            SimulatorError: it was refused.
        """
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - an address of our own
            f"{self.control}/{path}", data, {"Content-Type": "application/json"}, method=method
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=_PATIENCE) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                reason = error.read().decode("utf-8", "replace")
            raise SimulatorError(f"{method} {path}: {reason}") from None

    def redirect_official_sdk(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Lead the official Python SDK (`xumm-sdk-py`) here for one test: it has the platform's
        addresses built in, and offers no other way."""
        import importlib  # noqa: PLC0415 - only where the SDK is

        base = self.api.removesuffix("platform")
        sockets = self.ledger_ws.removesuffix("/ledger")
        payload = importlib.import_module("xumm.resource.payload")
        real_client = payload.WSClient

        def connect_here(**named: Any) -> Any:
            named["server"] = named["server"].replace("wss://xumm.app", sockets)
            return real_client(**named)

        sign_in = base.removesuffix("/api/v1/") + "/oauth2"
        monkeypatch.setattr(importlib.import_module("xumm.client"), "api_base", base)
        monkeypatch.setattr(importlib.import_module("xumm.resource"), "oauth2_base", sign_in)
        monkeypatch.setattr(payload, "WSClient", connect_here)


class SimulatorHost:
    """The process in which simulators run; it ends with this one, however that ends."""

    def __init__(self) -> None:
        place = str(Path(__file__).parents[2])
        self._child = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-P", "-c", _CHILD, place],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def start(self, **options: Any) -> RunningSimulator:
        """Start a simulator; the options are those of the marker `xumm_simulator`."""
        return RunningSimulator(
            self._ask({"start": {"ledger_interval": _LEDGER_INTERVAL, **options}})
        )

    def stop(self, simulator: RunningSimulator) -> None:
        """Stop a simulator; its port is free again."""
        self._ask({"stop": simulator.port})

    def close(self) -> None:
        """Stop all of them and end the process."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        try:
            self._child.wait(_STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        try:
            self._child.stdin.write(json.dumps(order) + "\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except OSError:
            line = ""
        if not line:
            raise SimulatorError("The process of the simulators has ended.")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise SimulatorError(answer["error"])
        return answer
