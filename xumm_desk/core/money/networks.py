"""The networks that the wallet can be asked to use (P§10), their public nodes and explorers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Network:
    """A network: the platform's key, the ledger's id, the native asset, public nodes, and whether
    there are multi-purpose tokens. `explorer` is where a public explorer shows transactions."""

    key: str
    network_id: int
    asset: str
    is_live: bool
    public_nodes: tuple[str, ...]
    tokens: bool = True
    explorer: str = ""


NETWORKS: Final[dict[str, Network]] = {
    network.key: network
    for network in (
        Network(
            "MAINNET",
            0,
            "XRP",
            True,
            ("wss://xrplcluster.com", "wss://s2.ripple.com"),
            explorer="https://livenet.xrpl.org/transactions/",
        ),
        Network(
            "TESTNET",
            1,
            "XRP",
            False,
            ("wss://s.altnet.rippletest.net:51233", "wss://testnet.xrpl-labs.com"),
            explorer="https://testnet.xrpl.org/transactions/",
        ),
        Network(
            "DEVNET",
            2,
            "XRP",
            False,
            ("wss://s.devnet.rippletest.net:51233",),
            explorer="https://devnet.xrpl.org/transactions/",
        ),
        Network(
            "XAHAU",
            21337,
            "XAH",
            True,
            ("wss://xahau.network",),
            tokens=False,
            explorer="https://xahauexplorer.com/tx/",
        ),
        Network(
            "XAHAUTESTNET",
            21338,
            "XAH",
            False,
            ("wss://xahau-test.net",),
            tokens=False,
            explorer="https://test.xahauexplorer.com/tx/",
        ),
    )
}
DEFAULT: Final = "MAINNET"
_TXID: Final = re.compile(r"[0-9A-Fa-f]{64}")


def network_by_key(key: str | None) -> Network | None:
    """The network with exactly this upper-case key, else None: the phone silently ignores a key
    that it does not know (P§2.1 `force_network`)."""
    return NETWORKS.get(key) if key else None


def asset_of(key: str | None) -> str:
    """What the own asset of the network `key` is called; "XRP" where the key is not known."""
    known = network_by_key(key)
    return known.asset if known else "XRP"


def asset_of_id(network_id: int | None) -> str:
    """The same by network id, which every transaction holds but those of the XRP Ledger's own
    networks."""
    found = (n.asset for n in NETWORKS.values() if n.network_id == network_id)
    return next(found, "XRP")


def is_network(key: str, reported: str) -> bool:
    """Whether a node type reported by the platform names the network `key`."""
    return key.upper() == reported.strip().upper()


def explorer_link(key: str | None, txid: str) -> str:
    """Where a public explorer shows the transaction; "" where none is known for the network, or
    `txid` is none."""
    known = network_by_key(key)
    if known is None or not known.explorer or not _TXID.fullmatch(txid):
        return ""
    return known.explorer + txid.upper()
