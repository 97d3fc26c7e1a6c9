"""Time one signature check by `cryptography` and by xrpl-py's pure Python, and their ratio.

    .venv/bin/python -m tests.benchmarks.signatures

A blob's reading (decode, encode again, signing form, check, address) is listed beside it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from xrpl import CryptoAlgorithm
from xrpl.core import binarycodec, keypairs

from xumm_desk.net.ledger import signatures
from xumm_desk.net.ledger.xrpl_codec import XrplCodec

from . import fill

_ROUNDS: Final = 5
_CALLS: Final = 60
_ENTROPY: Final = "00112233445566778899aabbccddeeff"


def best(work: Callable[[], object]) -> float:
    """Milliseconds of one call: the best of several rounds, so that other programs count less."""
    work()
    found = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        for _ in range(_CALLS):
            work()
        found.append((time.perf_counter() - begun) / _CALLS * 1000)
    return min(found)


def line(curve: CryptoAlgorithm) -> str:
    """The measured line of one curve."""
    public, private = keypairs.derive_keypair(keypairs.generate_seed(_ENTROPY, curve))
    tx: dict[str, Any] = {
        **fill.spec(1).txjson,
        "Account": keypairs.derive_classic_address(public),
        "Fee": "12",
        "Sequence": 1,
        "LastLedgerSequence": 98_412_900,
        "SigningPubKey": public,
    }
    message = bytes.fromhex(binarycodec.encode_for_signing(tx))
    tx["TxnSignature"] = keypairs.sign(message, private)
    signature = bytes.fromhex(tx["TxnSignature"])
    ours = best(partial(signatures.is_valid, message, signature, public))
    theirs = best(partial(keypairs.is_valid_message, message, signature, public))
    whole = best(partial(XrplCodec().read_blob, binarycodec.encode(tx), "TESTNET"))
    return (
        f"{curve.value:12}   {ours:12.3f}   {theirs:7.3f}   {theirs / ours:5.0f}   {whole:10.3f}\n"
    )


def main() -> None:
    """Print a line for each curve."""
    sys.stdout.write("milliseconds   cryptography   xrpl-py   ratio   whole blob\n")
    for curve in (CryptoAlgorithm.SECP256K1, CryptoAlgorithm.ED25519):
        sys.stdout.write(line(curve))


if __name__ == "__main__":
    main()
