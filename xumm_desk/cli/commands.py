"""Run a command: its configuration, what it was given to read, and its exit code."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import sys
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.request import request_spec
from xumm_desk.core.request.request_spec import RequestSpec
from xumm_desk.core.settings import Credentials
from xumm_desk.core.wire import json_fields
from xumm_desk.net.ledger.xrpl_codec import XrplCodec
from xumm_desk.setup import logging_setup, shop_login
from xumm_desk.setup.config import Config, ConfigError, GivenOptions, read_options
from xumm_desk.setup.simulator_process import SimulatorError, SimulatorProcess, config_for_simulator
from xumm_desk.store.keyring import keyring_calls
from xumm_desk.store.keyring.secrets import KeyringError, KeyringStore

from . import import_command, reading_commands, request_command
from .exit_codes import BAD_INPUT, NOT_ALL_PAID, NOT_WRITTEN, UNREACHABLE, warn
from .streams import OutputError, detach_stdout, make_stdout_tolerant

_KEYRING_NOTICE: Final = 2.0
_KEYRING_LIMIT: Final = 20.0
"""Seconds that a command waits for the keyring, before it says so and before it gives up."""

_RESUME: Final = Message("Everything is in the journal: go on with --resume.")

_JOINED: Final = Message(
    "joined the practice platform that is running on this folder. Its"
    " customers do what is chosen in its window."
)

_NO_KEYS: Final = Message(
    "no keys of an application. Set XUMM_APIKEY and XUMM_APISECRET, store"
    " them in the window, or add --practice."
)


def run(options: argparse.Namespace) -> int:
    """Run the command that `options` names; returns the exit code."""
    make_stdout_tolerant()
    try:
        creates = options.command == "request" or import_command.creates(options)
        given = read_options(options, keys=creates)
        if creates and shop_login.is_monitor(given.for_reading().data_dir):
            warn(shop_login.MAKES_NOTHING)
            return BAD_INPUT
        configuration = _with_keys(given) if creates else given.for_reading()
    except (ConfigError, KeyringError) as error:
        warn(error_text(error))
        return BAD_INPUT
    logging_setup.configure_logging(
        configuration.data_dir / "logs", verbose=getattr(options, "verbose", False)
    )
    try:
        if options.command == "import":
            return _import(given, configuration, options)
        if creates:
            return _request(given, configuration, options)
        return reading_commands.run(configuration, options)
    except JournalError as error:
        warn(error_text(error))
        return BAD_INPUT
    except OutputError as error:
        detach_stdout()
        resume = _RESUME if options.command == "request" else ""
        warn(Sentences([error_text(error), resume]))
        return NOT_WRITTEN
    except BrokenPipeError:
        detach_stdout()  # the reader of our output is gone; nothing is left to say
        return NOT_ALL_PAID


def _with_keys(
    given: GivenOptions, *, notice_after: float = _KEYRING_NOTICE, limit: float = _KEYRING_LIMIT
) -> Config:
    """The configuration with the keys of the environment, else of the keyring; for practice if
    there are none. Raises `KeyringError`."""
    if not given.needs_keyring:
        return given.to_config()
    try:
        keys = keyring_calls.wait(
            KeyringStore(given.host).load,
            notice_after=notice_after,
            limit=limit,
            on_notice=lambda: warn(
                Message(
                    "waiting for the system's keyring, which may hold the keys. It may be"
                    " asking for a password; or set XUMM_APIKEY and XUMM_APISECRET."
                )
            ),
        )
    except keyring_calls.KeyringSilentError:
        raise KeyringError(
            Message(
                "The system's keyring has not answered for {limit} seconds. Nothing"
                " was sent. Set XUMM_APIKEY and XUMM_APISECRET, or add --practice.",
                limit=f"{limit:.0f}",
            )
        ) from None
    return given.to_config(keys)


def parse_request_file(lines: Sequence[str], network: str) -> list[RequestSpec] | list[str]:
    """Check every line before anything is sent; returns the specs, or all sentences about what is
    wrong."""
    specs: list[RequestSpec] = []
    wrong: list[str] = []
    codec = XrplCodec()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        checked = _parse_request_line(line, network, codec)
        if isinstance(checked, RequestSpec):
            specs.append(checked)
        else:
            wrong += [
                Message("line {number}: {sentence}", number=number, sentence=sentence)
                for sentence in checked
            ]
    seen: dict[str, int] = {}
    for one in specs:
        seen[one.identifier] = seen.get(one.identifier, 0) + 1
    wrong += [
        Message(
            "Identifier: {name} stands on {count} lines; each request needs its own",
            name=f"{name!r}",
            count=count,
        )
        for name, count in seen.items()
        if count > 1
    ]
    return wrong or specs


def _parse_request_line(line: str, network: str, codec: XrplCodec) -> RequestSpec | list[str]:
    body = json_fields.parse_object(line)
    if isinstance(body, str):
        return [
            Message(
                "the request cannot be read ({problem}); one JSON object a line is needed",
                problem=body,
            )
        ]
    decoded = None
    blob = body.get("txblob")
    if isinstance(blob, str) and body.get("txjson") is None:
        asked = request_spec.network_of(json_fields.object_at(body, "options"), network)
        read = codec.decode(blob, asked)
        if isinstance(read, str):
            return [read]
        decoded = read
    now = datetime.now(UTC)
    identifier = request_spec.make_identifier(now, secrets.token_hex(6))
    made = request_spec.parse_body(body, identifier=identifier, network=network, decoded=decoded)
    if not isinstance(made, RequestSpec):
        return [problem.message for problem in made]
    problems = () if decoded is not None else codec.transaction_errors(made.txjson, made.network)
    return [problem.message for problem in problems] or made


def _request(given: GivenOptions, configuration: Config, options: argparse.Namespace) -> int:
    if options.file is None and not options.resume and not options.give_up:
        warn(
            Message("request: name a FILE (or - for standard input), or add --resume or --give-up.")
        )
        return BAD_INPUT
    if options.timeout is not None and not 0 < options.timeout < 10_000_000:
        warn(Message("--timeout: must be a number of seconds above 0."))
        return BAD_INPUT
    specs: list[RequestSpec] = []
    if options.file is not None:
        try:
            lines = _lines(options.file)
        except (OSError, UnicodeDecodeError) as error:
            warn(Message("{file} cannot be read ({error}).", file=options.file, error=error))
            return BAD_INPUT
        read = parse_request_file(lines, configuration.network.key)
        if not read:
            warn(Message("{file} holds no request.", file=options.file))
            return BAD_INPUT
        for item in read:
            if isinstance(item, RequestSpec):
                specs.append(item)
            else:
                warn(item)
        if len(specs) != len(read):
            return BAD_INPUT
    return _with_platform(
        given,
        configuration,
        options,
        lambda used, keys: request_command.RequestRun(used, keys, specs, options).run(),
    )


def _import(given: GivenOptions, configuration: Config, options: argparse.Namespace) -> int:
    """Read a file of requests, show what it says, and create them if that is wanted."""
    read = import_command.read_file(configuration, options)
    if isinstance(read, int):
        return read
    return _with_platform(
        given,
        configuration,
        options,
        lambda used, keys: import_command.ImportRun(used, keys, read, options).run(),
    )


def _with_platform(
    given: GivenOptions,
    configuration: Config,
    options: argparse.Namespace,
    run_on: Callable[[Config, Credentials], Coroutine[Any, Any, int]],
) -> int:
    """Run something on the platform, or on the simulator in practice mode."""
    credentials = configuration.credentials
    if credentials is None and not getattr(options, "practice", False):
        warn(_NO_KEYS)
        return BAD_INPUT
    simulator: SimulatorProcess | None = None
    try:
        if credentials is None:
            simulator = SimulatorProcess(configuration.data_dir, customers="pays")
            place = simulator.start()
            if simulator.joined:
                warn(_JOINED)
            configuration = config_for_simulator(given, place)
            credentials = Credentials(place.key, place.secret)
        return asyncio.run(run_on(configuration, credentials))
    except SimulatorError as error:
        warn(error_text(error))
        return UNREACHABLE
    finally:
        if simulator is not None:
            simulator.stop()


def _lines(name: str) -> list[str]:
    # UTF-8 whatever the locale, with or without a byte-order mark; JSON text may hold characters at
    # which `splitlines` would cut it.
    raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    return raw.decode("utf-8-sig").split("\n")
