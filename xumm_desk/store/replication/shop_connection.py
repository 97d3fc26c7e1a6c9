"""Connect to a shop's PostgreSQL server: TLS, deadlines, and a sentence for each error.

Off the computer itself the server's certificate and name are always verified. No password is in any
error: what a person reads is made here, and the original error is left out of its chain.
"""

from __future__ import annotations

import logging
import math
import os
import ssl
import tempfile
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final, TypeVar, cast

import psycopg
from psycopg import pq

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_address import ShopAddress, is_local
from xumm_desk.core.replication.shop_error import (
    AccessRefused,
    ForkedTill,
    ShopDatabaseError,
    Unreachable,
)

_T = TypeVar("_T")

_LOG: Final = logging.getLogger(__name__)
_PROGRAM: Final = "xumm-desk"

# A cable that was pulled is noticed within about 20 s, by an idle connection and by one that sends.
_KEEPALIVES: Final = {
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_SHORTEST_TIMEOUT: Final = 2
"""libpq waits no shorter for a connection, in seconds."""

_SCRAM_ONLY_SINCE: Final = 160_000
"""The version of libpq that can refuse to send a password as it is."""

_REFUSED_STATES: Final = ("28", "42501", "XD006", "3D000")
_REFUSED_WORDS: Final = (
    "authentication failed",
    "not permitted to log in",
    "does not exist",
    "pg_hba.conf",
    "no password supplied",
)

_TLS_WORDS: Final = ("certificate", "SSL", "root cert")


class PatientConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection that waits at most `patience` seconds for each answer, also of a server that was
    stopped or cut off without a word."""

    patience: float = 30.0

    def wait(self, gen: Generator[Any, Any, _T], *args: Any, **kwargs: Any) -> _T:
        return super().wait(_within(gen, self.patience), *args, **kwargs)


def _within(gen: Generator[Any, Any, _T], seconds: float) -> Generator[Any, Any, _T]:
    """`gen`, which is given up after `seconds`; psycopg wakes it ten times a second."""
    end = time.monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > end:
                gen.close()
                raise psycopg.OperationalError(f"no answer within {seconds:g} s")
            wanted = gen.send(ready)
    except StopIteration as done:
        return cast("_T", done.value)


def connect(address: ShopAddress, password: str, patience: float) -> PatientConnection:
    """Log in as the till of `address`, at whichever of its hosts takes what is written.

    Raises:
        Unreachable, AccessRefused, ShopDatabaseError
    """
    parameters: dict[str, Any] = {
        "host": ",".join(address.hosts),
        "port": ",".join(map(str, address.ports)),
        "dbname": address.database,
        "user": address.login,
        "password": password,
        "hostaddr": "",
        "sslcert": "",
        "sslkey": "",
    }
    if pq.version() >= _SCRAM_ONLY_SINCE:
        parameters["require_auth"] = "scram-sha-256,none"
    with _verified(address.is_local, address.root_certificate) as tls:
        return open_connection({**parameters, **tls}, address.hosts, patience)


def connect_owner(
    parameters: Mapping[str, Any], patience: float
) -> tuple[PatientConnection, tuple[str, ...]]:
    """Connect with an owner's own parameters, as psycopg's `conninfo_to_dict` reads them; returns
    the hosts too.

    Raises:
        Unreachable, AccessRefused
        ShopDatabaseError: also if the parameters ask for less than a verified certificate.
    """
    hosts = _listed(parameters, "host", "PGHOST")
    reached = hosts + _listed(parameters, "hostaddr", "PGHOSTADDR")
    # What a service file names is not known here, so it counts as another computer.
    service = parameters.get("service") or os.environ.get("PGSERVICE")
    local = not service and all(map(is_local, reached))
    mode = parameters.get("sslmode") or os.environ.get("PGSSLMODE")
    if not local and mode not in (None, "verify-full"):
        raise ShopDatabaseError(
            Message(
                "The connection to {host} was not opened: sslmode={mode} does not verify the"
                " server, so another one could take its place. Leave sslmode out or write"
                " verify-full.",
                host=reached[0] if reached else str(service),
                mode=mode,
            )
        )
    given = {key: value for key, value in parameters.items() if value is not None}
    if given.get("sslrootcert"):
        return open_connection({**given, "sslmode": "verify-full"}, hosts, patience), hosts
    with _verified(local, "") as tls:
        return open_connection({**given, **tls}, hosts, patience), hosts


def _listed(parameters: Mapping[str, Any], name: str, variable: str) -> tuple[str, ...]:
    given = parameters.get(name) or os.environ.get(variable) or ""
    return tuple(part for part in str(given).split(",") if part)


def open_connection(
    parameters: Mapping[str, Any], hosts: tuple[str, ...], patience: float
) -> PatientConnection:
    """Connect, and set what holds for every connection."""
    limit = max(1, int(patience * 1000))
    try:
        made = PatientConnection.connect(
            autocommit=True,
            **{
                "application_name": _PROGRAM,
                **_KEEPALIVES,
                "gssencmode": "disable",
                "connect_timeout": max(_SHORTEST_TIMEOUT, math.ceil(patience)),
                "target_session_attrs": "read-write",
                **parameters,
            },
        )
    except psycopg.Error as error:
        raise translated(error, hosts) from None
    made.patience = patience
    try:
        # Not as start-up options, which a pooler before the server refuses.
        made.execute(
            "SELECT set_config('statement_timeout', %s, false),"
            " set_config('idle_in_transaction_session_timeout', %s, false),"
            " set_config('timezone', 'UTC', false), set_config('client_encoding', 'UTF8', false)",
            (str(limit), str(limit)),
        )
    except psycopg.Error as error:
        made.close()
        raise translated(error, hosts) from None
    return made


@contextmanager
def translating(connection: PatientConnection, hosts: tuple[str, ...]) -> Iterator[None]:
    """Raise the errors of psycopg as those of the shop; a connection that failed is closed."""
    try:
        yield
    except psycopg.Error as error:
        found = translated(error, hosts)
        if isinstance(found, Unreachable) or connection.broken:
            connection.close()
        raise found from None
    except UnicodeEncodeError:
        raise ShopDatabaseError(
            Message("A name holds a character that the shop's database cannot keep.")
        ) from None


def translated(error: psycopg.Error, hosts: tuple[str, ...]) -> ShopDatabaseError:
    """What an error of psycopg means, as a sentence for a person."""
    state, reason = error.sqlstate or "", reason_of(error)
    host = hosts[0] if hosts else "localhost"
    if state == "XD002":
        return ForkedTill(
            Message(
                "The shop's database has other facts under this till's number. Two data folders are"
                " used as the same till, one of them probably a copy. Every sale is kept on its"
                " till; let it join the shop again, under a number of its own."
            )
        )
    if state == "XD005":
        return AccessRefused(
            Message(
                "This code was used before. Ask the shop's owner for a new one; this till sells on"
                " without the shop until then."
            )
        )
    if state == "XD004":
        return ShopDatabaseError(
            Message(
                "All numbers of the range are reserved by the tills of this shop. Sales go on with"
                " the numbers that this till has. Widen the range in the settings."
            )
        )
    if state in ("XD001", "XD003"):
        return ShopDatabaseError(
            Message(
                "The shop's database refused facts of this till ({reason}). Every sale is kept on"
                " its till. Check its journal with verify-journal.",
                reason=reason,
            )
        )
    if _is_refusal(state, str(error)):
        return AccessRefused(
            Message(
                "The shop's database at {host} refuses this login ({reason}). Every sale is kept on"
                " its till. Ask the shop's owner for a new one-time code.",
                host=host,
                reason=reason,
            )
        )
    if not state and any(word in str(error) for word in _TLS_WORDS):
        return Unreachable(
            Message(
                "The server at {host} did not prove that it is the shop's database ({reason}), so"
                " nothing was sent there. Every sale is kept on its till. Ask the shop's owner for"
                " a code with the right certificate.",
                host=host,
                reason=reason,
            )
        )
    if isinstance(error, psycopg.OperationalError) or state.startswith(("08", "57", "53", "25006")):
        return Unreachable(
            Message(
                "The shop's database at {host} does not answer ({reason}). Every sale is kept on"
                " its till and is sent when the database is back. Check the network and the"
                " server.",
                host=host,
                reason=reason,
            )
        )
    return ShopDatabaseError(
        Message(
            "The shop's database at {host} reports an error ({reason}). Every sale is kept on its"
            " till and is sent later. Show this to whoever looks after the database.",
            host=host,
            reason=reason,
        )
    )


def _is_refusal(state: str, words: str) -> bool:
    if state:
        return state.startswith(_REFUSED_STATES)
    # libpq has no code for what went wrong at a log-in, only the server's words.
    return any(
        part in words for part in _REFUSED_WORDS if "socket" not in words or "FATAL" in words
    )


def reason_of(error: psycopg.Error) -> str:
    """The server's own words in one short line, without what it quotes of the query."""
    words = error.diag.message_primary or str(error)
    line = next((line.strip() for line in words.splitlines() if line.strip()), "")
    for mark in ("FATAL: ", "failed: "):
        line = line.rpartition(mark)[2].strip() or line
    return line[:160] or type(error).__name__


@contextmanager
def _verified(local: bool, root_certificate: str) -> Iterator[dict[str, Any]]:
    """The parameters of TLS; the file with the authorities is there while this block runs, as libpq
    reads it when it connects."""
    if local and not root_certificate:
        yield {"sslmode": "prefer"}
        return
    if not root_certificate and (known := _authorities_file()):
        yield {"sslmode": "verify-full", "sslrootcert": known}
        return
    pem = root_certificate or _authorities()
    handle, path = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(handle, "w", encoding="ascii", errors="replace") as file:
            file.write(pem)
        yield {"sslmode": "verify-full", "sslrootcert": path}
    finally:
        with suppress(OSError):
            os.unlink(path)


def _authorities_file() -> str:
    """The file of the authorities that this computer trusts, "" if it keeps them otherwise."""
    paths = ssl.get_default_verify_paths()
    candidates = (os.environ.get("SSL_CERT_FILE"), paths.cafile)
    return next((path for path in candidates if path and os.path.isfile(path)), "")


def _authorities() -> str:
    """The authorities that this computer trusts, as PEM. The libpq that psycopg brings along looks
    for them where they were when it was built."""
    context = ssl.create_default_context()
    known = context.get_ca_certs(binary_form=True)
    if not known:
        _LOG.warning("no certificate authority is known; httpx's own list is used")
        import certifi  # noqa: PLC0415  loaded only where the system has none

        context.load_verify_locations(certifi.where())
        known = context.get_ca_certs(binary_form=True)
    return "".join(map(ssl.DER_cert_to_PEM_cert, known))
