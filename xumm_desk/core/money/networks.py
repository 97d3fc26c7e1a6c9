"""The networks that the wallet can be asked to use (P§10), and their public nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Network:
    """A network: the platform's key, the ledger's id, the native asset, public nodes, and whether
    there are multi-purpose tokens."""

    key: str
    network_id: int
    asset: str
    is_live: bool
    public_nodes: tuple[str, ...]
    tokens: bool = True


NETWORKS: Final[dict[str, Network]] = {
    network.key: network
    for network in (
        Network("MAINNET", 0, "XRP", True, ("wss://xrplcluster.com", "wss://s2.ripple.com")),
        Network(
            "TESTNET",
            1,
            "XRP",
            False,
            ("wss://s.altnet.rippletest.net:51233", "wss://testnet.xrpl-labs.com"),
        ),
        Network("DEVNET", 2, "XRP", False, ("wss://s.devnet.rippletest.net:51233",)),
        Network("XAHAU", 21337, "XAH", True, ("wss://xahau.network",), tokens=False),
        Network("XAHAUTESTNET", 21338, "XAH", False, ("wss://xahau-test.net",), tokens=False),
    )
}
DEFAULT: Final = "MAINNET"


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
