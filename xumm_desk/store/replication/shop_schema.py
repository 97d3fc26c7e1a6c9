"""Make and upgrade the schema of a shop's database, and tell whether this program fits it.

Migrations only add, so that programs of before go on working while tills are updated one by one;
`minimum_version` in the newest one names the oldest schema that a program must know to go on.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql

from xumm_desk.core.message import Message
from xumm_desk.core.replication.shop_error import ShopDatabaseError, TooOld

from .shop_connection import PatientConnection

_SCRIPT: Final = re.compile(r"(\d{4})\.sql")
_PLAIN: Final = re.compile(r"[a-z][a-z0-9_]{0,29}")
_ADVISORY_LOCK: Final = 0x786D6D64  # any number; two owners at once run one after the other
OLDEST_SCHEMA: Final = 1
"""The oldest schema that this program can use."""


@cache
def scripts() -> Mapping[int, str]:
    """The migrations by version."""
    folder = Path(__file__).resolve().parent / "postgres_schema"
    return {
        int(found[1]): path.read_text("utf-8")
        for path in sorted(folder.iterdir())
        if (found := _SCRIPT.fullmatch(path.name))
    }


def newest_version() -> int:
    """The version of the schema that this program makes."""
    return max(scripts())


def role_prefix(database: str) -> str:
    """What the names of the shop's roles begin with: roles belong to all databases of a server."""
    if _PLAIN.fullmatch(database):
        return database
    plain = re.sub(r"[^a-z0-9_]", "_", database.lower())[:20]
    return f"{plain}_{hashlib.sha256(database.encode()).hexdigest()[:8]}"


def group_roles(database: str) -> tuple[str, str]:
    """The roles that tills and monitors of this database are members of."""
    prefix = role_prefix(database)
    return f"{prefix}_shop_tills", f"{prefix}_shop_monitors"


def version_of(connection: PatientConnection) -> tuple[int, int] | None:
    """The version of the schema and the oldest one that a program must know; None where there is
    no schema."""
    row = connection.execute("SELECT to_regclass('xumm_desk.schema_version')").fetchone()
    if row is None or row[0] is None:
        return None
    row = connection.execute(
        "SELECT version, minimum_version FROM xumm_desk.schema_version"
        " ORDER BY version DESC LIMIT 1"
    ).fetchone()
    return None if row is None else (row[0], row[1])


def require_fitting(found: tuple[int, int] | None, newest: int) -> None:
    """Raise if a program that knows the schemas up to `newest` cannot use this one."""
    if found is None:
        raise ShopDatabaseError(
            Message(
                "There is no shop in this database yet. The owner makes it with:"
                " xumm-desk shop init"
            )
        )
    version, minimum = found
    require_new_enough(minimum, newest)
    if version < OLDEST_SCHEMA:
        raise ShopDatabaseError(
            Message(
                "The shop's database is older than this program. Every sale is kept on its till."
                " The owner brings it up to date with: xumm-desk shop init"
            )
        )


def require_new_enough(minimum: int, newest: int) -> None:
    """Raise if the shop demands a program that knows at least the schema `minimum`."""
    if newest < minimum:
        raise TooOld(
            Message(
                "This program is too old for the shop's database: it knows version {newest} of the"
                " schema, and the shop demands {minimum}. Every sale is kept on its till and is"
                " sent when the program has been updated.",
                minimum=minimum,
                newest=newest,
            )
        )


def upgrade(connection: PatientConnection, wanted: Mapping[int, str]) -> int:
    """Run the migrations of `wanted` that are missing, all or none; returns how many. Waits at most
    five seconds for tables that are in use."""
    tills, monitors = group_roles(connection.info.dbname)
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (_ADVISORY_LOCK,))
        connection.execute("SET LOCAL lock_timeout = '5s'")
        found = version_of(connection)
        for role in (tills, monitors):
            _make_role(connection, role)
        missing = [version for version in sorted(wanted) if found is None or version > found[0]]
        for version in missing:
            script = wanted[version]
            for place, role in (("shop_tills", tills), ("shop_monitors", monitors)):
                script = script.replace(f'"{place}"', sql.Identifier(role).as_string(None))
            connection.execute(script.encode())
    return len(missing)


def _make_role(connection: PatientConnection, role: str) -> None:
    try:
        with connection.transaction():
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
    except psycopg.errors.DuplicateObject:
        pass
