"""Build the configuration from arguments, environment, keys and defaults, in that order.

Opens nothing: whoever has read the keyring passes the keys to `GivenOptions.to_config`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import platformdirs

from xumm_desk.core.message import Message
from xumm_desk.core.money import networks
from xumm_desk.core.money.networks import Network
from xumm_desk.core.request.field_rules import unknown_network
from xumm_desk.core.settings import Credentials
from xumm_desk.core.wire.api_answers import SettingError
from xumm_desk.locale.translation import _
from xumm_desk.net.platform import url_policy
from xumm_desk.store.keyring.secrets import from_environment

ENVIRONMENT: Final = {
    "api": "XUMM_DESK_API",
    "ledger": "XUMM_DESK_LEDGER",
    "network": "XUMM_DESK_NETWORK",
    "data_dir": "XUMM_DESK_DATA_DIR",
    "webhook_port": "XUMM_DESK_WEBHOOK_PORT",
    "webhook_host": "XUMM_DESK_WEBHOOK_HOST",
}

_MAX_PORT: Final = 65535

PRACTICE_FOLDER: Final = "practice"


class ConfigError(Exception):
    """An option that cannot be used; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that one run needs to know. `credentials` None means practice mode."""

    api: str
    ledger_urls: tuple[str, ...]
    network: Network
    data_dir: Path
    credentials: Credentials | None = field(repr=False)
    practice: bool
    webhook_address: tuple[str, int] | None = None
    """Host and port of the webhook receiver, None for no receiver."""
    monitor: bool = False
    """Whether the folder is a monitor's: it uses no keys, and asks neither platform nor ledger."""

    @property
    def journal_path(self) -> Path:
        """Where the journal lies."""
        return self.data_dir / "journal.sqlite3"

    @property
    def host(self) -> str:
        """The platform's host, for sentences and the keyring."""
        return urlsplit(self.api).netloc


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that the window and every command share."""
    group = parser.add_argument_group(_("where to"))
    group.add_argument(
        "--api",
        default=argparse.SUPPRESS,
        metavar="URL",
        help=_("base URL of the platform (XUMM_DESK_API)"),
    )
    group.add_argument(
        "--ledger",
        default=argparse.SUPPRESS,
        metavar="URL[,URL]",
        help=_("ledger nodes, http(s) or ws(s); 'none' for no node (XUMM_DESK_LEDGER)"),
    )
    group.add_argument(
        "--network",
        default=argparse.SUPPRESS,
        metavar="KEY",
        help=_("MAINNET, TESTNET, … (XUMM_DESK_NETWORK)"),
    )
    group.add_argument(
        "--data-dir",
        default=argparse.SUPPRESS,
        metavar="FOLDER",
        help=_("where the journal lies (XUMM_DESK_DATA_DIR)"),
    )
    group.add_argument(
        "--practice",
        action="store_true",
        default=argparse.SUPPRESS,
        help=_("practice mode: a platform of its own on this computer, no real money"),
    )
    group.add_argument(
        "--verbose",
        action="store_true",
        default=argparse.SUPPRESS,
        help=_("more lines on standard error"),
    )


def add_webhook_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of those that can receive webhooks: the window and `request`."""
    group = parser.add_argument_group(_("webhooks"))
    group.add_argument(
        "--webhook-port",
        default=argparse.SUPPRESS,
        metavar="PORT",
        help=_("receive the platform's webhooks at this port (XUMM_DESK_WEBHOOK_PORT)"),
    )
    group.add_argument(
        "--webhook-host",
        default=argparse.SUPPRESS,
        metavar="ADDRESS",
        help=_("and at this address; 127.0.0.1 where it is left out (XUMM_DESK_WEBHOOK_HOST)"),
    )


@dataclass(frozen=True, slots=True)
class GivenOptions:
    """What a run was started with, checked but not yet decided: options before environment.

    Every `Config` of the run is made from it anew, so that entering keys, choosing practice or
    removing keys leads to the same one as a fresh start.
    """

    api: str
    chose_api: bool
    """Whether the platform was named; then a run without keys is no practice run."""
    ledger: str | None
    network: str | None
    folder: Path
    """The data folder; practice has a folder of its own inside it."""
    practice: bool
    """Whether practice was asked for, whatever keys there are."""
    credentials: Credentials | None = field(repr=False)
    """The keys of the environment; they come before those of the keyring."""
    webhook: tuple[str, int] | None = None
    monitor: bool = False
    """Whether `folder` has joined a shop as a monitor; then keys are neither looked for nor used,
    and a run is no practice run unless that was asked for."""

    @property
    def host(self) -> str:
        """The real platform's host, under which the keyring holds its keys."""
        return urlsplit(self.api).netloc

    @property
    def needs_keyring(self) -> bool:
        """Whether only the keyring can say which keys to use."""
        return not self.practice and self.credentials is None and not self.monitor

    def to_config(self, keys: Credentials | None = None, *, practice: bool = False) -> Config:
        """The configuration with these keys, else those of the environment, or for practice.
        Without any keys it is a practice run, unless a platform was named."""
        credentials = None if practice or self.practice else keys or self.credentials
        at_practice = (
            practice
            or self.practice
            or (credentials is None and not self.chose_api and not self.monitor)
        )
        return self._make(credentials, practice=at_practice)

    def for_simulator(self, api: str, node: str, network: Network | None) -> Config:
        """The configuration of a practice run whose simulator listens there: from here on it is one
        like any other."""
        chosen = network or _network(self.network, practice=True)
        return self._make(None, practice=True, api=api, nodes=(node,), network=chosen)

    def for_reading(self) -> Config:
        """The configuration of a command that only reads its folder: it needs no keys, and only
        `--practice` means the practice folder."""
        return self._make(self.credentials, practice=self.practice)

    def _make(
        self,
        credentials: Credentials | None,
        *,
        practice: bool,
        api: str | None = None,
        nodes: tuple[str, ...] | None = None,
        network: Network | None = None,
    ) -> Config:
        chosen = network or _network(self.network, practice)
        monitor = self.monitor and not practice
        return Config(
            api=api or self.api,
            ledger_urls=_nodes(self.ledger, self.api, chosen) if nodes is None else nodes,
            network=chosen,
            data_dir=self.folder / PRACTICE_FOLDER if practice else self.folder,
            credentials=None if monitor else credentials,
            practice=practice,
            webhook_address=None if monitor else self.webhook,
            monitor=monitor,
        )


def read_options(
    options: argparse.Namespace,
    environment: Mapping[str, str] = os.environ,
    *,
    keys: bool = True,
) -> GivenOptions:
    """Check every option; raises `ConfigError` with a sentence naming the option. Without `keys`
    those of the environment are ignored, so that they cannot stop a command that only reads."""
    api_text = _option(options, environment, "api")
    api = url_policy.api_base(api_text or url_policy.DEFAULT_API)
    if api is None:
        raise ConfigError(
            Message(
                "--api: {url} cannot be used. It must be an https address; plain"
                " http only on this computer (127.0.0.1).",
                url=api_text,
            )
        )
    given = GivenOptions(
        api=api,
        chose_api=api_text is not None,
        ledger=_option(options, environment, "ledger"),
        network=_option(options, environment, "network"),
        folder=_folder(_option(options, environment, "data_dir"), api),
        practice=bool(getattr(options, "practice", False)),
        credentials=_environment_keys(environment) if keys else None,
        webhook=_webhook(
            _option(options, environment, "webhook_port"),
            _option(options, environment, "webhook_host"),
        ),
    )
    given.to_config()  # report what is wrong with network or nodes now
    return given


def _environment_keys(environment: Mapping[str, str]) -> Credentials | None:
    try:
        return from_environment(environment)
    except SettingError as error:
        raise ConfigError(str(error)) from None


def _option(options: argparse.Namespace, environment: Mapping[str, str], name: str) -> str | None:
    given = getattr(options, name, None)
    value = given if given is not None else environment.get(ENVIRONMENT[name])
    return value.strip() if value is not None and value.strip() else None


def _network(text: str | None, practice: bool) -> Network:
    key = text or ("TESTNET" if practice else networks.DEFAULT)
    network = networks.network_by_key(key)
    if network is None:
        raise ConfigError(Message("--network: {reason}.", reason=unknown_network(key)))
    return network


def _nodes(text: str | None, api: str, network: Network) -> tuple[str, ...]:
    if text is None:
        # A platform on this computer is a simulator: public nodes know nothing of its transactions.
        return () if url_policy.is_loopback(urlsplit(api).hostname) else network.public_nodes
    if text.lower() == "none":
        return ()
    nodes = []
    for part in text.replace(",", " ").split():
        node = url_policy.node_url(part)
        if node is None:
            raise ConfigError(
                Message(
                    "--ledger: {url} cannot be used. It must be an https or wss address;"
                    " plain http and ws only on this computer (127.0.0.1).",
                    url=part,
                )
            )
        nodes.append(node)
    return tuple(nodes)


def _webhook(port: str | None, host: str | None) -> tuple[str, int] | None:
    if port is None:
        return None
    number = int(port) if port.isascii() and port.isdigit() and len(port) < 6 else -1
    if not 0 <= number <= _MAX_PORT:
        raise ConfigError(
            Message(
                "--webhook-port: {port} cannot be used. It must be a whole number from"
                " 0 (any free one) to {max_port}.",
                port=port,
                max_port=_MAX_PORT,
            )
        )
    return host or "127.0.0.1", number


def _folder(text: str | None, api: str) -> Path:
    if text is not None:
        return Path(text).expanduser()
    base = Path(platformdirs.user_data_dir("xumm-desk", appauthor=False))
    host = urlsplit(api).hostname or ""
    own = urlsplit(url_policy.DEFAULT_API).hostname
    # Requests of one platform mean nothing to another: their journals are kept apart.
    return base if host == own else base / host.replace(":", "_")
