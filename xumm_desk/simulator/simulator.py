"""One simulated world: build its parts, start and stop them in order."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from xumm_desk.simulator.ledger.ledger import NETWORK_IDS, Ledger
from xumm_desk.simulator.ledger.ledger_server import LedgerServer
from xumm_desk.simulator.ledger.transaction_lookup import TransactionLookup
from xumm_desk.simulator.platform.developer_api import DeveloperApi, RateLimit
from xumm_desk.simulator.platform.frame_hub import FrameHub
from xumm_desk.simulator.platform.payload import Application
from xumm_desk.simulator.platform.phone_api import PhoneApi
from xumm_desk.simulator.platform.platform import Platform
from xumm_desk.simulator.platform.status_socket import StatusSocket
from xumm_desk.simulator.platform.web_pages import Pages
from xumm_desk.simulator.platform.webhook_sender import Webhooks
from xumm_desk.simulator.runtime.clock import Alarm, Clock
from xumm_desk.simulator.runtime.document_store import DocumentStore
from xumm_desk.simulator.runtime.fault_switches import FaultSwitches
from xumm_desk.simulator.runtime.keys import sign_fields
from xumm_desk.simulator.runtime.market_prices import MarketPrices
from xumm_desk.simulator.runtime.wire_faults import CallLog
from xumm_desk.simulator.services.account_profiles import AccountProfiles
from xumm_desk.simulator.services.app_storage import AppStorage, UserData
from xumm_desk.simulator.services.jwt_api import JwtApi
from xumm_desk.simulator.services.oauth2 import SignInService
from xumm_desk.simulator.services.service_calls import ServiceCalls
from xumm_desk.simulator.services.xapps import XApps

from . import http_server
from .cast import CURRENCY, Cast, token_of
from .phone import LEDGERS_AHEAD, Phone
from .report import world_report
from .scripted_customers import NO_DELAYS, Delays, Script, ScriptedCustomers

HOST = "127.0.0.1"
_REMEMBER_SECONDS = 5.0


@dataclass(slots=True)
class SimulatorOptions:
    """How a practice world is set up.

    ``speed`` 0 makes time stand still until ``clock.advance``. ``start`` is the unix second at
    which it begins (default: now). ``customers`` is ``manual``, ``auto`` or a behaviour's name
    (None: as the state file says, else manual). ``rate_limit`` and ``create_limit`` are calls
    per minute and application.
    """

    port: int = 0
    state: Path | None = None
    network: str = "TESTNET"
    ledger_interval: float = 3.5
    customers: str | None = None
    delays: Delays = field(default_factory=lambda: NO_DELAYS)
    rate_limit: int = 600
    create_limit: int = 300
    speed: float = 1.0
    start: float | None = None
    seed: int | None = None
    key: str | None = None
    secret: str | None = None
    webhook_url: str = ""
    switches: FaultSwitches = field(default_factory=FaultSwitches)


class Simulator:
    """A platform, a ledger and phones on one loopback port (P§10a).

    ``async with Simulator(options) as sim`` runs it on the running loop. OSError when the port
    is taken.
    """

    def __init__(self, options: SimulatorOptions | None = None) -> None:
        self.options = options or SimulatorOptions()
        if self.options.network not in NETWORK_IDS:
            raise ValueError(f"network is one of {sorted(NETWORK_IDS)}")
        self.switches = self.options.switches
        self.calls = CallLog()
        self.market = MarketPrices()
        self.port = 0
        self.key = self.secret = self.other_key = self.other_secret = ""
        self._runner: web.AppRunner | None = None
        self._remembering: Alarm | None = None

    # -- life -----------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Load the state, open the port, start the clock."""
        self._build()
        app = http_server.build(self)
        self._runner = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=0.5
        )
        await self._runner.setup()
        try:
            site = web.TCPSite(self._runner, HOST, self.options.port)
            await site.start()
        except OSError:
            await self._runner.cleanup()
            self.store.close()
            raise
        self.port = self._runner.addresses[0][1]
        self.platform.base = f"http://{HOST}:{self.port}"
        self.platform.socket_base = f"ws://{HOST}:{self.port}"
        for part in (self.phone, self.transactions, self.xapps, self.sign_in):
            part.node = self.ledger_ws
        self.clock.start()
        self.node_ledger.start()
        self._remember_regularly()
        self.customers.resume(list(self.platform.payloads.values()))

    async def stop(self) -> None:
        """Stop everything and close the state file."""
        if self._runner is None:
            return
        self.remember_time()
        await self.customers.stop()
        self.node_ledger.stop()
        await self.phone.stop()
        await self.webhooks.stop()
        self.clock.stop()
        await self.status_socket.close_all()
        await self.ledger_server.close_all()
        await self.whole_ledger_server.close_all()
        await self._runner.cleanup()
        self._runner = None
        self.store.close()

    def _build(self) -> None:
        options = self.options
        self.store = DocumentStore(options.state)
        self.clock = Clock(self._begin(), options.speed)
        self.hub = FrameHub()
        self.platform = Platform(self.clock, self.store, self.switches, self.hub)
        self.platform.load()
        self.node_ledger = Ledger(
            options.network, options.ledger_interval, self.clock, self.store, self.switches
        )
        self.cast = Cast()
        self.node_ledger.market.address = self.cast.market.address
        if not self.node_ledger.load():
            self.cast.fund_accounts(self.node_ledger)
            self.node_ledger.begin()
        self._create_applications()
        self.phone_api = PhoneApi(self.platform)
        self.phone = Phone(
            self.phone_api,
            self.node_ledger,
            self.cast,
            clock=self.clock,
            store=self.store,
            switches=self.switches,
        )
        self.customers = ScriptedCustomers(self.phone, self.clock, self.store, options.seed)
        wanted = options.customers
        self.customers.load(None if wanted is None else Script.named(wanted, options.delays))
        self.platform.on_created.append(self.customers.on_created)
        self.webhooks = Webhooks(self.platform)
        self.phone_api.listeners.resolved.append(self.webhooks.on_resolved)
        self.developer_api = DeveloperApi(
            self.platform,
            RateLimit(options.rate_limit, self.clock),
            RateLimit(options.create_limit, self.clock),
            self._service_calls(),
            self.market,
        )
        self.jwt_api = JwtApi(self.platform, self.developer_api, self.xapps, UserData(self.store))
        self.sign_in = SignInService(self.platform, self.cast, self.xapps, options.network)
        self.status_socket = StatusSocket(self.platform)
        self.ledger_server = LedgerServer(self.node_ledger, self.calls, self.switches, self.market)
        self.whole_ledger_server = LedgerServer(self.node_ledger, self.calls, prices=self.market)
        self.pages = Pages(self.platform)

    def _service_calls(self) -> ServiceCalls:
        ledger = self.node_ledger
        self.transactions = TransactionLookup(ledger, self.clock)
        self.xapps = XApps(self.platform, self.cast, ledger.network, ledger.network_id)
        storage, profiles = AppStorage(self.store), AccountProfiles(self.cast)
        return ServiceCalls(self.platform, self.transactions, storage, profiles, self.xapps)

    def _begin(self) -> float:
        begin = time.time() if self.options.start is None else self.options.start
        kept = self.store.get("clock", "now")
        # Expired requests of a world whose time was moved must not come alive again.
        return begin if kept is None else max(begin, float(kept["now"]))

    def _create_applications(self) -> None:
        names = self.store.get("simulator", "keys")
        if names is None:
            made = [str(uuid.uuid4()) for _ in range(4)]
            names = dict(zip(("key", "secret", "other_key", "other_secret"), made, strict=True))
        names["key"] = self.options.key or names["key"]
        names["secret"] = self.options.secret or names["secret"]
        self.store.put("simulator", "keys", names)
        self.key, self.secret = names["key"].lower(), names["secret"].lower()
        self.other_key, self.other_secret = names["other_key"], names["other_secret"]
        known = self.platform.applications
        if self.key not in known or known[self.key].secret != self.secret:
            application = Application(self.key, self.secret, "Practice shop")
            self.platform.add_application(application)
        if self.options.webhook_url:
            known[self.key].webhook_url = self.options.webhook_url
            self.platform.add_application(known[self.key])
        if self.other_key not in known:
            other = Application(self.other_key, self.other_secret, "Another shop")
            self.platform.add_application(other)

    def _remember_regularly(self) -> None:
        self.remember_time()
        self._remembering = self.clock.call_later(_REMEMBER_SECONDS, self._remember_regularly)

    def remember_time(self) -> None:
        """Save the present simulated time in the state file."""
        self.store.put("clock", "now", {"now": self.clock.now()})

    # -- addresses and facts ----------------------------------------------------

    @property
    def api(self) -> str:
        """Base address of the developer API, without a trailing slash."""
        return f"http://{HOST}:{self.port}/api/v1/platform"

    @property
    def ledger(self) -> str:
        """Address for JSON-RPC."""
        return f"http://{HOST}:{self.port}/ledger"

    @property
    def ledger_ws(self) -> str:
        """Address for the ledger's websocket."""
        return f"ws://{HOST}:{self.port}/ledger"

    @property
    def control(self) -> str:
        """Base address of the control API."""
        return f"http://{HOST}:{self.port}/practice"

    @property
    def shop(self) -> str:
        """The practice shop's address: funded, with trust lines to both issuers."""
        return self.cast.shop.address

    @property
    def issuer(self) -> str:
        """The address whose USD the shop takes."""
        return self.cast.issuer.address

    def info(self) -> dict[str, Any]:
        """The facts of the ready line."""
        return {
            "ready": True,
            "api": self.api,
            "ledger": self.ledger,
            "ledger_ws": self.ledger_ws,
            "control": self.control,
            "key": self.key,
            "secret": self.secret,
            "network": self.options.network,
            "network_id": self.node_ledger.network_id,
            "application": self.platform.applications[self.key].name,
            "shop": {"address": self.shop},
            "issuer": {"address": self.issuer, "currency": CURRENCY},
            "token": {"mpt_issuance_id": token_of(self.cast.issuer)},
        }

    def report(self) -> dict[str, Any]:
        """The whole state: payloads, transactions, what each was meant to pay."""
        return world_report(self.platform, self.node_ledger, self.phone)

    # -- phone actions ----------------------------------------------------------

    def drop_sockets(self) -> int:
        """Cut every websocket, status and ledger; returns how many."""
        nodes = (self.ledger_server, self.whole_ledger_server)
        return self.status_socket.drop_all() + sum(node.drop_all() for node in nodes)

    def fund(self, address: str, drops: int) -> str:
        """Let the bank pay an address; returns the transaction's id."""
        bank = self.cast.bank
        account = self.node_ledger.open_state().accounts[bank.address]
        fields = {
            "TransactionType": "Payment",
            "Account": bank.address,
            "Destination": address,
            "Amount": str(drops),
            "Fee": "12",
            "Sequence": account.sequence,
            "LastLedgerSequence": self.node_ledger.last + LEDGERS_AHEAD,
        }
        if self.node_ledger.network_id > 1024:
            fields["NetworkID"] = self.node_ledger.network_id
        sent = self.node_ledger.submit(sign_fields(fields, bank).blob)
        if not sent.code.startswith("tes"):
            raise ValueError(f"the bank's payment got {sent.code}")
        return sent.txid

    async def settle(self) -> None:
        """Wait until all customers and phones are done (the clock must be moving)."""
        await self.customers.settle()
        await self.phone.settle()
