"""Take out of a text for support what nobody else may read."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from xumm_desk.store.keyring.secrets import ENV_KEY, ENV_SECRET

from .config import Config
from .logging_setup import redact
from .shop_login import ENV_PASSWORD


def redact_all(text: str, configuration: Config | None) -> str:
    """Every UUID is cut, since keys, secrets and tokens are UUIDs; so are the keys in use, whatever
    they look like, and the person's name in paths."""
    credentials = configuration.credentials if configuration is not None else None
    secrets = [credentials.secret, credentials.key] if credentials is not None else []
    # As they are in the environment, also if they could not be sent.
    secrets += [os.environ.get(name, "").strip() for name in (ENV_SECRET, ENV_KEY, ENV_PASSWORD)]
    for secret in secrets:
        if secret:
            text = text.replace(secret, "[removed]")
    for node in configuration.ledger_urls if configuration is not None else ():
        text = text.replace(node, node_host(node))
    return redact(text).replace(str(Path.home()), "~")


def node_host(url: str) -> str:
    """Of a node only its host: its address may carry a key of the provider's."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}"
