"""The public interface for other programs: create and follow sign requests without a window.

    async with xumm_desk.open_desk() as desk:
        row = await xumm_desk.charge(desk, {"txjson": {...}}, identifier="order 17")
        print(row.request.qr_link)
        row = await xumm_desk.wait_final(desk, row)
        print(row.verdict.status.value)

Nothing here blocks the event loop of the calling program.
"""

from __future__ import annotations

import argparse
import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from xumm_desk.core import api_keys
from xumm_desk.core.request import request_spec
from xumm_desk.core.request.field_rules import FieldError
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.settings import Credentials
from xumm_desk.core.wire import json_fields
from xumm_desk.core.wire.json_fields import JsonObject
from xumm_desk.engine.desk import Desk
from xumm_desk.engine.runtime.registry import RequestRow
from xumm_desk.engine.subscription import Callback, Subscription, reference
from xumm_desk.net.platform.status_socket import StatusSockets
from xumm_desk.net.platform.xumm_api import ApiKeys, XummApi
from xumm_desk.setup import shop_login
from xumm_desk.setup.composition import Composition
from xumm_desk.setup.config import ConfigError, GivenOptions, read_options
from xumm_desk.setup.simulator_process import SimulatorProcess, config_for_simulator
from xumm_desk.store.keyring import keyring_calls
from xumm_desk.store.keyring.secrets import KeyringError, KeyringStore

__all__ = ["RequestError", "charge", "open_desk", "subscribe", "wait_final"]

_KEYRING_LIMIT: Final = 20.0
"""Seconds that a program waits for the system's keyring."""


class RequestError(ValueError):
    """A request that cannot be sent as it is. Its text has all that is wrong with it; `errors` has
    the same one by one, each with the field's key and a sentence."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(error.message for error in errors))


@asynccontextmanager
async def open_desk(
    *,
    api: str | None = None,
    ledger: str | None = None,
    network: str | None = None,
    data_dir: str | None = None,
    key: str | None = None,
    secret: str | None = None,
    practice: bool = False,
    customers: str = "manual",
    webhook_port: int | None = None,
    webhook_host: str | None = None,
    resume: bool = True,
) -> AsyncIterator[Desk]:
    """Open a running `Desk` as an asynchronous context manager, and close it at the end.

    What is left out comes from the environment and the keyring, as for the commands. The desk keeps
    its journal in `data_dir`, where a window or another program may be open at the same time.

    With `practice` it runs against a platform, a ledger and phones on this computer, without keys
    and real money. `customers` says what their owners do by themselves: "manual" for nothing,
    "mix", or the name of a behaviour such as "pays" or "declines". Where a window or another
    program has started the platform of this folder already, that one decides.

    With `webhook_port` the platform's webhooks are received there; 0 takes a free port.
    `webhook_host` is the address to listen at, this computer alone unless given.

    `resume=False` leaves all earlier requests of the data folder alone.

    Raises:
        ConfigError: an option cannot be used, keys are missing, the folder is a monitor's, or the
            port for webhooks is taken.
        JournalError: the journal cannot be used.
        SimulatorError: the practice platform does not start.
    """
    options = {
        "api": api,
        "ledger": ledger,
        "network": network,
        "data_dir": data_dir,
        "webhook_port": None if webhook_port is None else str(webhook_port),
        "webhook_host": webhook_host,
    }
    given = read_options(argparse.Namespace(**options, practice=practice))
    if shop_login.is_monitor(given.for_reading().data_dir):
        raise ConfigError(shop_login.MAKES_NOTHING)
    simulator: SimulatorProcess | None = None
    assembly: Composition | None = None
    try:
        if practice:
            simulator = SimulatorProcess(given.to_config().data_dir, customers=customers)
            place = await asyncio.to_thread(simulator.start)
            credentials = Credentials(place.key, place.secret)
            configuration = config_for_simulator(given, place)
        else:
            credentials = await _credentials(given, key, secret)
            configuration = given.to_config(credentials)
        assembly = Composition(configuration, credentials)
        await assembly.open_journal()
        desk = assembly.build_desk()
        await desk.start(None if resume else ())
        await assembly.journal.check_integrity()
        if why := await assembly.start_webhooks():
            raise ConfigError(why)
        yield desk
    finally:
        if assembly is not None:
            await assembly.close()
        if simulator is not None:
            await asyncio.to_thread(simulator.stop)


async def charge(
    desk: Desk, body: Mapping[str, Any], *, identifier: str | None = None
) -> RequestRow:
    """Create a sign request from a platform body, and follow it.

    `body` is what the platform's documentation describes for `POST payload`: `txjson` with the
    transaction, and where wanted `options`, `custom_meta` and `user_token`. It is checked before
    anything is sent, and completed by what must not be left open, such as the network.

    `identifier` is your own name for the sale, such as the number of an order (at most 40
    characters, unique for your application for ever). It makes the call safe to repeat: the same
    name and body again creates nothing, and returns the request that there is. Without one each
    call makes a new request.

    Returns when the platform has answered, or when it is unsure whether it has the request. The
    status is then Creating, and the desk goes on asking. The row has the code that the customer
    scans, as `row.request.qr_link`.

    Raises:
        RequestError: the body is wrong, or the identifier stands for another request.
        JournalError: it cannot be written down, so nothing was sent.
    """
    spec = await _checked(desk, body, identifier)
    # It may be too old to be in memory, or be of an earlier run that `resume=False` leaves alone.
    if not await desk.load(spec.identifier) and await desk.find([spec.identifier]):
        why = f"identifier: {spec.identifier!r} is of an earlier run; open the desk with resume"
        raise RequestError((FieldError("identifier", why),))
    known = desk.request(spec.identifier)
    if known is not None and known.spec.body != spec.body:
        used = f"identifier: {spec.identifier!r} already stands for another request"
        raise RequestError((FieldError("identifier", used),))
    failure = known.create_failure if known is not None else None
    if failure is not None and failure.platform_down:
        await desk.resend(spec.identifier)  # an earlier run found the platform down
    return await desk.create(spec)


async def _checked(desk: Desk, body: Mapping[str, Any], identifier: str | None) -> RequestSpec:
    given: JsonObject = dict(body)
    if identifier is not None:
        given["custom_meta"] = {
            **json_fields.object_at(given, "custom_meta"),
            "identifier": identifier,
        }
    network = desk.engine.registry.network
    decoded = None
    blob = json_fields.string_at(given, "txblob")
    if blob and given.get("txjson") is None:
        asked = request_spec.network_of(json_fields.object_at(given, "options"), network)
        read = await asyncio.to_thread(desk.engine.codec.decode, blob, asked)
        if isinstance(read, str):
            raise RequestError((FieldError("txblob", read),))
        decoded = read
    name = request_spec.make_identifier(desk.clock.now(), secrets.token_hex(6))
    spec = request_spec.parse_body(given, identifier=name, network=network, decoded=decoded)
    errors = spec if isinstance(spec, tuple) else await desk.check(spec)
    if errors or isinstance(spec, tuple):
        raise RequestError(errors)
    return spec


async def wait_final(desk: Desk, request: str | RequestRow) -> RequestRow:
    """Wait until nothing more will happen to a request by itself, and return its row.

    `request` is a row or an identifier. Its `verdict.status` is then Paid, Paid late, Signed,
    Declined, Cancelled, Expired, Failed or Check; Unverified too, where no ledger node is set up.
    Only Paid and Paid late mean that the money is there. There is no time limit of its own: use
    `asyncio.timeout`. A request that is final can still change, for instance when a second payment
    comes; `Desk.on_rows` tells of that.

    Raises:
        LookupError: there is no request of this name.
    """
    identifier = request if isinstance(request, str) else request.identifier
    if desk.request(identifier) is None and not await desk.load(identifier):
        raise LookupError(f"There is no request {identifier!r} here.")
    changed = asyncio.Event()
    stop_listening = desk.on_rows(lambda _: changed.set())
    try:
        while True:
            changed.clear()
            row = desk.row(identifier)
            if row is not None and row.verdict.final:
                return row
            await changed.wait()
    finally:
        stop_listening()


async def _credentials(given: GivenOptions, key: str | None, secret: str | None) -> Credentials:
    """The keys that were handed over, of the environment or of the keyring.

    Raises:
        ConfigurationError: there are none, the keyring does not give them, or they cannot be sent.
    """
    if key and secret:
        credentials = Credentials(api_keys.clean_key(key), api_keys.clean_key(secret))
        for name, value in (("key", credentials.key), ("secret", credentials.secret)):
            if error := api_keys.key_error(name, value):
                raise ConfigError(error)
        return credentials
    if given.credentials is not None:
        return given.credentials
    try:
        found = await keyring_calls.ask(KeyringStore(given.host).load, _KEYRING_LIMIT)
    except KeyringError as error:
        raise ConfigError(str(error)) from None
    except keyring_calls.KeyringSilentError:
        raise ConfigError(
            f"The system's keyring has not answered for {_KEYRING_LIMIT:.0f} seconds. Set"
            " XUMM_APIKEY and XUMM_APISECRET, or hand over key and secret."
        ) from None
    if found is None:
        raise ConfigError("keys are missing: set XUMM_APIKEY and XUMM_APISECRET")
    return found


async def subscribe(
    payload: str | Mapping[str, Any] | RequestRow,
    callback: Callback | None = None,
    *,
    api: str | None = None,
    key: str | None = None,
    secret: str | None = None,
) -> Subscription:
    """Subscribe to one request without a desk or a journal, whoever created it: by its uuid, by the
    answer to a create or a GET as the official SDKs return it, or by a row of a desk.

    `callback` is called with an `Event` for every message of the status socket and may be a
    coroutine function. The subscription ends when it returns something other than None, or by
    `resolve(value)`; awaiting `resolved` gives that value. `websocket` is the open connection. An
    event that was missed on the socket is `recovered` from a GET answer.

    Events are the platform's word, and no proof of a payment. A request of a desk is proven on the
    ledger.

    Raises:
        ValueError: `payload` names no request.
        ConfigError: the address cannot be used, or keys are missing.
        UnknownRequestError: by `resolved`, if the platform does not know the request under these
            keys.
    """
    uuid, socket = reference(payload)
    given = read_options(argparse.Namespace(api=api))
    credentials = await _credentials(given, key, secret)
    platform = XummApi(given.api, ApiKeys(credentials.key, credentials.secret))
    subscription = Subscription(
        uuid, callback, platform=platform, sockets=StatusSockets(), socket=socket
    )
    subscription.on_end(platform.close)
    return subscription
