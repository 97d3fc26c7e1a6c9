"""Check TLS, and the driver of the database that several tills share."""

from __future__ import annotations

import datetime
import os
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.net import tls

from .check import FailedError

_PATIENCE: Final = 10.0
"""Seconds for a handshake on this computer."""

_NAME: Final = "localhost"


def check_tls() -> str:
    """The certificates of this computer are there; a handshake on loopback works with a server that
    is trusted, and fails with one that is not."""
    if variable := tls.missing_certificates():
        raise FailedError(
            Message(
                "{variable} names certificates that are not there, so no server is trusted. Correct"
                " the variable or remove it.",
                variable=variable,
            )
        )
    context = tls.client_context()
    found = authorities(context)
    if not found:
        raise FailedError(
            Message(
                "This computer has no certificates of authorities, so neither the platform nor the"
                " ledger can be reached. Install them (on Debian and Ubuntu the package"
                " ca-certificates)."
            )
        )
    with _server() as (address, certificate):
        trusting = ssl.create_default_context(cadata=certificate)
        try:
            version = _shake_hands(address, trusting)
        except OSError as error:
            raise FailedError(
                Message(
                    "No TLS connection works, not even on this computer ({reason}). Look whether a"
                    " security program holds up connections of this one.",
                    reason=error,
                )
            ) from None
        try:
            _shake_hands(address, context)
        except ssl.SSLCertVerificationError:
            pass
        else:
            raise FailedError(
                Message(
                    "A server with a certificate of its own making is trusted. Do not sell with"
                    " this computer: somebody may have changed its certificates."
                )
            )
    return Message(
        "{library}, {version}; {count} authorities are trusted, others are refused.",
        library=ssl.OPENSSL_VERSION,
        version=version,
        count=found,
    )


def authorities(context: ssl.SSLContext) -> int:
    """How many certificates of authorities a context has, or finds in its folder when it needs
    them."""
    loaded = context.cert_store_stats()["x509_ca"]
    folder = ssl.get_default_verify_paths().capath
    lazy = len(os.listdir(folder)) if folder and os.path.isdir(folder) else 0
    return max(loaded, lazy)


@contextmanager
def _server() -> Iterator[tuple[tuple[str, int], str]]:
    """A TLS server on loopback; its address and its certificate, which nobody has signed."""
    certificate, key = _self_signed()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory(prefix="xumm-desk-") as folder:
        file = Path(folder) / "server.pem"
        file.write_text(certificate + key, "ascii")
        context.load_cert_chain(file)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(_PATIENCE)
        thread = threading.Thread(target=_serve, args=(listener, context), daemon=True)
        thread.start()
        yield listener.getsockname(), certificate
    thread.join(_PATIENCE)


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # closed
        with suppress(OSError), connection:
            connection.settimeout(_PATIENCE)
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.sendall(b"ok")
                secure.recv(1)  # until the other side has closed


def _shake_hands(address: tuple[str, int], context: ssl.SSLContext) -> str:
    """The protocol that was agreed on; raises OSError."""
    with (
        socket.create_connection(address, _PATIENCE) as connection,
        context.wrap_socket(connection, server_hostname=_NAME) as secure,
    ):
        if secure.recv(2) != b"ok":
            raise ConnectionError("nothing came through")
        return secure.version() or "TLS"


def _self_signed() -> tuple[str, str]:
    """A certificate for this minute and its key, both as PEM."""
    from cryptography import x509  # noqa: PLC0415 - for this check alone
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, _NAME)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A clock that is wrong by a day must not spoil a check of something else.
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return (
        made.public_bytes(serialization.Encoding.PEM).decode("ascii"),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode("ascii"),
    )


def check_database_driver() -> str:
    """The driver for PostgreSQL loads. No database is asked."""
    try:
        import psycopg  # noqa: PLC0415 - for this check alone

        version = psycopg.pq.version()
    except ImportError as error:
        raise FailedError(
            Message(
                "The driver for PostgreSQL does not load ({reason}). A single till sells without"
                " it; a shop of several tills needs the program installed again.",
                reason=error,
            )
        ) from None
    return Message(
        "psycopg {version} with libpq {major}.{minor}.",
        version=psycopg.__version__,
        major=version // 10000,
        minor=version % 10000,
    )
