"""Keys, addresses and signatures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from xrpl.constants import CryptoAlgorithm
from xrpl.core.binarycodec import decode, encode, encode_for_multisigning, encode_for_signing
from xrpl.core.keypairs import (
    derive_classic_address,
    derive_keypair,
    generate_seed,
    is_valid_message,
    sign,
)

Transaction = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wallet:
    """A key pair and its address; ``name`` is what people call it."""

    name: str
    seed: str
    public_key: str
    private_key: str
    address: str


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed transaction: its fields, its blob (upper-case hex) and its id (64 upper hex)."""

    fields: Transaction
    blob: str
    txid: str


@lru_cache(maxsize=256)
def wallet_for(name: str) -> Wallet:
    """The wallet of that name: always the same keys, so an address survives a lost state file.

    Practice keys guard nothing, and a till that was set up for practice must still know the
    practice shop's address next week.
    """
    digest = hashlib.sha512(f"practice wallet {name}".encode()).digest()
    algorithm = CryptoAlgorithm.ED25519 if digest[63] % 2 else CryptoAlgorithm.SECP256K1
    seed = generate_seed(entropy=digest[:16].hex(), algorithm=algorithm)
    public, private = derive_keypair(seed)
    return Wallet(name, seed, public, private, derive_classic_address(public))


def txid_of(blob: str) -> str:
    """SHA-512Half of the prefixed blob: the id under which a ledger knows it (P§9.2)."""
    return hashlib.sha512(bytes.fromhex("54584E00" + blob)).digest()[:32].hex().upper()


def sign_fields(fields: Transaction, wallet: Wallet) -> Signed:
    """Sign a complete transaction; xrpl-py's errors pass through for fields it cannot encode."""
    ready = {k: v for k, v in fields.items() if k not in ("TxnSignature", "Signers", "SignIn")}
    ready["SigningPubKey"] = wallet.public_key
    ready["TxnSignature"] = sign(bytes.fromhex(encode_for_signing(ready)), wallet.private_key)
    blob = encode(ready)
    return Signed(ready, blob, txid_of(blob))


def decode_blob(blob: str) -> Transaction | None:
    """The fields of a blob, or None when it cannot be decoded."""
    try:
        fields = decode(blob)
    except Exception:  # noqa: BLE001 - the codec raises many unrelated kinds for bad bytes
        return None
    return dict(fields) if isinstance(fields, dict) else None


def is_signature_valid(fields: Transaction) -> bool:
    """Whether the single signature in the fields was made with its ``SigningPubKey``."""
    try:
        message = bytes.fromhex(encode_for_signing(fields))
        return is_valid_message(
            message, bytes.fromhex(fields["TxnSignature"]), fields["SigningPubKey"]
        )
    except Exception:  # noqa: BLE001 - an impossible key's error cannot even be printed
        return False


def is_signer_valid(fields: Transaction, signer: Transaction) -> bool:
    """Whether one member of ``Signers`` really signed these fields."""
    try:
        message = bytes.fromhex(encode_for_multisigning(fields, signer["Account"]))
        return is_valid_message(
            message, bytes.fromhex(signer["TxnSignature"]), signer["SigningPubKey"]
        )
    except Exception:  # noqa: BLE001 - as above
        return False


def address_of(public_key: str) -> str | None:
    """The address that belongs to a public key, or None for an impossible key."""
    try:
        return derive_classic_address(public_key)
    except Exception:  # noqa: BLE001 - as above
        return None
