"""Sign the statement of the newest version, which a desk reads once a day if its shop wishes.

.venv/bin/python packaging/sign_statement.py make-key FILE --id 2027a
.venv/bin/python packaging/sign_statement.py sign --version 1.2.0 --notes https://… \\
    --minimum-safe 1.1.0 --key 2027a=FILE --output latest.json
.venv/bin/python packaging/sign_statement.py check latest.json

A private key is given by a file, or by the variable XUMM_DESK_RELEASE_KEY with its text; it is
never committed. XUMM_DESK_RELEASE_KEY_PASSWORD is the password of either, if they have one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from cryptography.hazmat.primitives import serialization  # noqa: E402 - after the path
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402

from xumm_desk.core.updates.envelope import (  # noqa: E402
    Signature,
    envelope_bytes,
    signed_bytes,
)
from xumm_desk.core.updates.release_keys import RELEASES, ReleaseKey  # noqa: E402
from xumm_desk.core.updates.statement import (  # noqa: E402
    ReleaseStatement,
    read_statement,
    statement_bytes,
)
from xumm_desk.net.updates.statement_signature import verify  # noqa: E402

KEY: Final = "XUMM_DESK_RELEASE_KEY"
PASSWORD: Final = "XUMM_DESK_RELEASE_KEY_PASSWORD"  # noqa: S105 - the name of a variable
DAYS: Final = 120
"""For how long a statement is believed; sign a new one before that, also without a new version."""


class SigningError(Exception):
    """Nothing was written; the text says why."""


def make_key(path: Path, key_id: str, password: str = "") -> str:
    """Make a private key that only this account can read; returns the line for
    `core/updates/release_keys.py`."""
    private = Ed25519PrivateKey.generate()
    lock: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(password.encode())
        if password
        else serialization.NoEncryption()
    )
    text = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock
    )
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        raise SigningError(f"{path} cannot be made: {error.strerror}.") from None
    with open(descriptor, "wb") as out:
        out.write(text)
    public = private.public_key().public_bytes_raw().hex()
    return f'ReleaseKey("{key_id}", bytes.fromhex("{public}")),'


def read_key(text: bytes, password: str = "") -> Ed25519PrivateKey:
    """The private key of a file's text."""
    try:
        found = serialization.load_pem_private_key(text, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise SigningError(f"The private key cannot be read: {error}") from None
    if not isinstance(found, Ed25519PrivateKey):
        raise SigningError("The private key is none of Ed25519.")
    return found


def sign(statement: ReleaseStatement, keys: Mapping[str, Ed25519PrivateKey]) -> bytes:
    """The signed file, with a signature of each key. Refuses what no desk would read."""
    if not keys:
        raise SigningError(f"There is no key: give --key ID=FILE, or --key ID with {KEY}.")
    payload = statement_bytes(statement)
    read = read_statement(payload)
    if isinstance(read, str):
        raise SigningError(f"No desk would believe this: {read}.")
    message = signed_bytes(payload)
    return envelope_bytes(
        payload, [Signature(name, key.sign(message)) for name, key in keys.items()]
    )


def check(body: bytes, keys: Sequence[ReleaseKey] = RELEASES.keys) -> ReleaseStatement:
    """What a desk of this checkout reads in a signed file."""
    found = verify(body, keys)
    if isinstance(found, str):
        raise SigningError(f"A desk of this checkout ignores it: {found}.")
    return found


def main(argv: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Do what the arguments say; returns the exit code."""
    options = _parser().parse_args(argv)
    password = environment.get(PASSWORD, "")
    try:
        if options.command == "make-key":
            print(make_key(options.file, options.id, password))
            print("Name it in core/updates/release_keys.py and in SECURITY.md.", file=sys.stderr)
        elif options.command == "check":
            print(check(options.file.read_bytes()))
        else:
            keys = dict(_key(one, environment, password) for one in options.key)
            body = sign(_statement(options), keys)
            if options.output is None:
                sys.stdout.write(body.decode())
            else:
                options.output.write_bytes(body)
    except (SigningError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _statement(options: argparse.Namespace) -> ReleaseStatement:
    now = datetime.now(UTC).replace(microsecond=0)
    try:
        released = date.fromisoformat(options.released) if options.released else now.date()
    except ValueError:
        raise SigningError(f"{options.released} is no date: write it as 2027-01-31.") from None
    return ReleaseStatement(
        options.version,
        released,
        options.notes,
        options.minimum_safe,
        now,
        now + timedelta(days=options.days),
    )


def _key(
    given: str, environment: Mapping[str, str], password: str
) -> tuple[str, Ed25519PrivateKey]:
    name, _, path = given.partition("=")
    if path:
        return name, read_key(Path(path).read_bytes(), password)
    if KEY not in environment:
        raise SigningError(f"Key {name} has no file, and {KEY} is not set.")
    return name, read_key(environment[KEY].encode(), password)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("make-key", help="make a private key, print the public one")
    made.add_argument("file", type=Path)
    made.add_argument("--id", required=True, help="how signatures name it, such as 2027a")
    signed = commands.add_parser("sign", help="sign a statement")
    signed.add_argument("--version", required=True, help="the newest version")
    signed.add_argument("--notes", required=True, help="https address of what is new")
    signed.add_argument("--minimum-safe", required=True, help="the oldest version still safe")
    signed.add_argument("--released", default="", help="its date; today where it is left out")
    signed.add_argument("--days", type=int, default=DAYS, help="believed for so many days")
    signed.add_argument(
        "--key", action="append", default=[], metavar="ID[=FILE]", help="once for each key"
    )
    signed.add_argument("--output", type=Path, help="standard output where it is left out")
    checked = commands.add_parser("check", help="read a signed file as a desk would")
    checked.add_argument("file", type=Path)
    return parser


if __name__ == "__main__":
    sys.exit(main())
