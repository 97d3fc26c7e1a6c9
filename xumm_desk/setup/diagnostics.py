"""The text that a shop sends to support: versions, configuration, health, log; no secrets."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from xumm_desk.core.money import address
from xumm_desk.core.settings import Settings
from xumm_desk.engine.health import Health
from xumm_desk.store import journal_check
from xumm_desk.store.keyring import keyring_calls
from xumm_desk.store.keyring.secrets import ENV_KEY, ENV_SECRET, KeyringStore
from xumm_desk.version import __version__

from . import shop_login
from .config import Config
from .redaction import node_host, redact_all

LOG_LINES: Final = 500
_PACKAGES: Final = (
    "PySide6-Essentials",
    "qasync",
    "httpx",
    "websockets",
    "xrpl-py",
    "keyring",
    "psycopg",
)
_KEYRING_TIMEOUT: Final = 5.0
"""Seconds to wait for the keyring's name."""
_ADDRESSES: Final = frozenset({"destination", "issuer", "currency"})
"""Settings that are shown by their two ends; a token's id, kept as currency, holds its issuer."""
_LEFT_OUT: Final = frozenset({"layout", "pin_hash", "operators"})


def diagnostics_text(configuration: Config, settings: Settings, health: Health | None) -> str:
    """The whole text. Reads journal and log files, so call it in a thread; never raises for what
    cannot be read."""
    parts = (
        ("Xumm Desk diagnostics", _versions()),
        ("Configuration", _configuration(configuration)),
        ("Shop", _shop(configuration.data_dir)),
        ("Settings", _pairs(_settings(settings))),
        ("Health", _pairs(asdict(health)) if health is not None else ["no desk is open"]),
        ("Journal", journal_check.journal_summary(configuration.journal_path)),
        (f"Log, the last {LOG_LINES} lines", _log(configuration.data_dir / "logs")),
    )
    text = "\n\n".join("\n".join([title, "-" * len(title), *lines]) for title, lines in parts)
    return redact_all(text, configuration) + "\n"


def _versions() -> list[str]:
    found = [
        f"made {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        f"xumm-desk {__version__}",
        f"Python {platform.python_version()}",
        f"{platform.system()} {platform.release()} {platform.machine()}",
    ]
    for name in _PACKAGES:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            found.append(f"{name} not installed")
    return found


def _configuration(configuration: Config) -> list[str]:
    keys = "from the environment" if all(map(os.environ.get, (ENV_KEY, ENV_SECRET))) else ""
    if not keys:
        keys = "given" if configuration.credentials is not None else "none"
    return _pairs(
        {
            "platform": configuration.host,
            "network": configuration.network.key,
            # Of a node only the host: its address may carry a key of the provider's.
            "ledger nodes": ", ".join(map(node_host, configuration.ledger_urls)) or "none",
            "practice": configuration.practice,
            "webhooks": configuration.webhook_address or "off",
            "keys": keys,
            "keyring": _keyring(configuration),
            "data folder": configuration.data_dir,
            # Of an option only the name, for the same reason.
            "started with": " ".join(a.split("=")[0] for a in sys.argv[1:] if a[:2] == "--"),
        }
    )


def _keyring(configuration: Config) -> str:
    try:
        place = keyring_calls.wait(
            KeyringStore(configuration.host).backend_name,
            notice_after=_KEYRING_TIMEOUT,
            limit=_KEYRING_TIMEOUT,
            on_notice=lambda: None,
        )
    except keyring_calls.KeyringSilentError:
        return f"has not answered for {_KEYRING_TIMEOUT:.0f} seconds"
    return place or "none that works"


def _shop(folder: Path) -> list[str]:
    """Where the database of the shop is; its password is not in this file."""
    try:
        address = shop_login.load_address(folder)
    except shop_login.ShopLoginError as error:
        return [str(error)]
    if address is None:
        return ["a till of no shop"]
    hosts = (f"{host}:{port}" for host, port in zip(address.hosts, address.ports, strict=True))
    return _pairs(
        {
            "shop": address.shop,
            "hosts": ", ".join(hosts),
            "database": address.database,
            "login": address.login,
            "till": address.till,
            "root certificate": "of its own" if address.root_certificate else "the system's",
        }
    )


def _settings(settings: Settings) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(settings).items() if name not in _LEFT_OUT}
    return {
        name: address.shorten(value) if name in _ADDRESSES else value
        for name, value in shown.items()
    }


def _pairs(values: Mapping[str, Any]) -> list[str]:
    return [f"{name}: {value}" for name, value in values.items()]


def _log(folder: Path) -> Iterable[str]:
    """The end of the log, older files first."""
    kept: list[str] = []
    for name in ("xumm-desk.log.1", "xumm-desk.log"):
        try:
            kept += (folder / name).read_text("utf-8", errors="replace").splitlines()
        except OSError:
            continue
    return kept[-LOG_LINES:] or ["there is no log"]
