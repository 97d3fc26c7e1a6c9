"""The public interface for other programs: create and follow sign requests without a window.

    async with xumm_desk.open_desk() as desk:
        row = await desk.create(spec)
        subscription = await desk.subscribe(row, callback)
        value = await subscription.resolved

Nothing here blocks the event loop of the calling program.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

from xumm_desk.core import api_keys
from xumm_desk.core.settings import Credentials
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

__all__ = ["open_desk", "subscribe"]

_KEYRING_LIMIT: Final = 20.0
"""Seconds that a program waits for the system's keyring."""


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
    resume: bool = True,
) -> AsyncIterator[Desk]:
    """A running desk; what is left out comes from the environment and the keyring as for the
    commands. `resume=False` leaves unfinished requests of the data folder alone.

    Raises:
        ConfigError: an option cannot be used, keys are missing, or the folder is a monitor's.
        JournalError: the journal cannot be used.
    """
    options = {"api": api, "ledger": ledger, "network": network, "data_dir": data_dir}
    given = read_options(argparse.Namespace(**options, practice=practice))
    if shop_login.is_monitor(given.for_reading().data_dir):
        raise ConfigError(shop_login.MAKES_NOTHING)
    simulator: SimulatorProcess | None = None
    assembly: Composition | None = None
    try:
        if practice:
            simulator = SimulatorProcess(given.to_config().data_dir)
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
        yield desk
    finally:
        if assembly is not None:
            await assembly.close()
        if simulator is not None:
            await asyncio.to_thread(simulator.stop)


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
    """Subscribe to one request without a desk or a journal: by its uuid, by the answer to a create
    or a GET as the official SDKs return it, or by a row of a desk.

    `callback` is called with an `Event` for every message of the status socket and may be a
    coroutine function. The subscription ends when it returns something other than None, or by
    `resolve(value)`; awaiting `resolved` gives that value. `websocket` is the open connection. An
    event that was missed on the socket is `recovered` from a GET answer.

    Raises:
        ValueError: `payload` names no request.
        ConfigError: the address cannot be used, or keys are missing.
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
