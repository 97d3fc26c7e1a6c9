"""The command `shop` for the shop's owner: make the shop, let tills in and out, fill a database.

The owner's password comes from a prompt or from PostgreSQL's own password file, never from the
command line, which every account of a computer can read.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from xumm_desk.cli.exit_codes import BAD_INPUT, OK, UNREACHABLE, warn
from xumm_desk.cli.streams import StandardOutput, write_result
from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message, error_text
from xumm_desk.core.replication.shop_address import is_local, parse_hosts
from xumm_desk.core.replication.shop_error import AccessRefused, ShopDatabaseError, Unreachable
from xumm_desk.core.replication.shop_state import TillRole, TillState
from xumm_desk.locale.translation import _
from xumm_desk.setup.config import Config
from xumm_desk.store.replication import shop_owner
from xumm_desk.store.replication.shop_owner import ShopOwner, ShopPlace

from . import erase_command, fill_command, shop_status

ENV_OWNER: Final = "XUMM_DESK_SHOP_OWNER"
"""The owner's connection string, as psql takes it."""
PATIENCE: Final = 15.0
"""Seconds that an answer of the database may take."""

_NO_PASSWORD: Final = "no password supplied"  # noqa: S105 - libpq's words
_NO_SHOP: Final = Message(
    "There is no shop in this database yet. Make it with: xumm-desk shop init"
)
_TLS_WORDS: Final = ("certificate", "SSL", "TLS")


def connection_string(options: argparse.Namespace) -> str:
    """The owner's connection string of option or environment, "" without one."""
    return (getattr(options, "owner", None) or os.environ.get(ENV_OWNER, "")).strip()


def run(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    """Run what was asked for; returns the exit code. Raises `JournalError`, `OutputError` and
    `sqlite3.Error`."""
    if not connection_string(options):
        warn(
            Message(
                "This needs the owner's connection: --owner or {variable}, such as"
                " postgresql://owner@db.example/shop.",
                variable=ENV_OWNER,
            )
        )
        return BAD_INPUT
    if _password_in(options.owner or ""):
        warn(
            Message(
                "--owner holds a password, which every account of this computer can read there."
                " Nothing was done. Leave it out: it is asked for, or read from the file that"
                " PGPASSFILE names."
            )
        )
        return BAD_INPUT
    try:
        with closing(_open(options)) as owner:
            place = owner.place()
            if options.what == "init":
                return _init(owner, place, options, out)
            if place is None:
                warn(_NO_SHOP)
                return BAD_INPUT
            match options.what:
                case "invite":
                    return _invite(owner, options, out)
                case "remove":
                    return _remove(owner, options, out)
                case "erase":
                    return erase_command.run(owner, configuration, options, out)
                case "fill":
                    return fill_command.run(owner, configuration, options, out)
                case _:
                    return _status(owner, place, options, out)
    except ShopDatabaseError as error:
        warn(_owner_sentence(error))
        return UNREACHABLE if isinstance(error, Unreachable) else BAD_INPUT


# The connection.


def _open(options: argparse.Namespace) -> ShopOwner:
    where, file = connection_string(options), options.root_certificate or ""
    try:
        return shop_owner.open_owner(where, patience=PATIENCE, certificate_file=file)
    except ShopDatabaseError as error:
        if _NO_PASSWORD not in str(error) or not sys.stdin.isatty():
            raise
    password = getpass.getpass(_("Password of the shop's owner:") + " ")
    return shop_owner.open_owner(where, password, patience=PATIENCE, certificate_file=file)


def _password_in(where: str) -> bool:
    try:
        return bool(conninfo_to_dict(where).get("password"))
    except psycopg.Error:
        return False


def _owner_sentence(error: ShopDatabaseError) -> str:
    """The same for the owner, who has no sales to worry about and asks nobody for a code."""
    sentence = error_text(error)
    values = sentence.values if isinstance(sentence, Message) else {}
    if not values.keys() >= {"host", "reason"}:
        return sentence
    host, reason = values["host"], str(values["reason"])
    if isinstance(error, AccessRefused):
        if _NO_PASSWORD in reason:
            return Message(
                "The server at {host} wants the owner's password. Run this at a terminal, where it"
                " is asked for, or name a password file with PGPASSFILE.",
                host=host,
            )
        return Message(
            "The server at {host} does not let this owner do that ({reason}). The owner needs"
            " CREATE on the database and CREATEROLE.",
            host=host,
            reason=reason,
        )
    if any(word in reason for word in _TLS_WORDS):
        return Message(
            "The server at {host} did not prove who it is ({reason}). Nothing was sent there. Name"
            " the certificate of the authority that signed its own with --root-certificate.",
            host=host,
            reason=reason,
        )
    if isinstance(error, Unreachable):
        return Message(
            "The server at {host} does not answer ({reason}). Check the connection string, the"
            " network and the server.",
            host=host,
            reason=reason,
        )
    return Message("The database at {host} reports an error ({reason}).", host=host, reason=reason)


# The shop.


def _init(
    owner: ShopOwner, before: ShopPlace | None, options: argparse.Namespace, out: StandardOutput
) -> int:
    name = options.name or (before.name if before is not None else "")
    if not name:
        warn(Message("Name the shop: --name, as its tills are to show it."))
        return BAD_INPUT
    hosts = parse_hosts(options.hosts) if options.hosts else None
    if options.hosts and hosts is None:
        warn(
            Message(
                "--hosts: {hosts} cannot be used. It must be names or addresses, each with its port"
                " if that is another than 5432: db1.example,db2.example:5433.",
                hosts=options.hosts,
            )
        )
        return BAD_INPUT
    certificate = _certificate(options.root_certificate)
    if certificate is None:
        return BAD_INPUT
    if before is not None:
        hosts = hosts or (before.hosts, before.ports)
        certificate = certificate or before.root_certificate
    reached, ports = hosts or ((), ())
    done = owner.create(name, hosts=reached, ports=ports, root_certificate=certificate)
    made = owner.place()
    assert made is not None
    write_result(
        out,
        {
            "shop": made.name,
            "hosts": list(made.hosts),
            "ports": list(made.ports),
            "root_certificate": bool(made.root_certificate),
            "migrations": done,
        },
        _made_sentences(before, made, done),
        as_json=options.json,
    )
    return OK


def _made_sentences(before: ShopPlace | None, made: ShopPlace, done: int) -> list[str]:
    said: list[str] = [
        Message("The shop {shop} is made.", shop=isolate(made.name))
        if before is None
        else Message(
            "The shop {shop} was there; its schema got {n} migration.",
            plural="The shop {shop} was there; its schema got {n} migrations.",
            n=done,
            shop=isolate(made.name),
        )
    ]
    reached = shop_status.hosts_text(made.hosts, made.ports)
    said.append(Message("Tills reach the database at {hosts}.", hosts=reached))
    if all(map(is_local, made.hosts)):
        said.append(
            Message(
                "That is this computer alone. Tills on others need a name of the server:"
                " xumm-desk shop init --hosts db.example"
            )
        )
    if before is None:
        said.append(Message('Let a till in with: xumm-desk shop invite "Till 1"'))
    return said


def _certificate(name: str | None) -> str | None:
    """The text of the file, "" without one, None if it is none; that is said."""
    if not name:
        return ""
    try:
        text = Path(name).expanduser().read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        warn(Message("{file} cannot be read ({error}).", file=name, error=error))
        return None
    if "-----BEGIN CERTIFICATE-----" in text and "PRIVATE KEY" not in text:
        return text
    warn(
        Message(
            "{file} is no certificate. It must be the PEM file of the authority, without a private"
            " key.",
            file=name,
        )
    )
    return None


# The tills.


def _invite(owner: ShopOwner, options: argparse.Namespace, out: StandardOutput) -> int:
    name, role = options.name.strip(), TillRole.MONITOR if options.monitor else TillRole.TILL
    if not name or not 0 < options.days <= 365:
        warn(Message("Name the till, and a number of days from 1 to 365."))
        return BAD_INPUT
    life = timedelta(days=options.days)
    known = _named(owner.tills(), name)
    if known and not options.again:
        warn(
            Message(
                "{till} is in this shop already. Take another name, or add --again to give it a new"
                " code: the password that it has now ends with that.",
                till=isolate(known[0].name),
            )
        )
        return BAD_INPUT
    if options.again:
        one = _only(known, name)
        if one is None:
            return BAD_INPUT
        name, role = one.name, one.role
        if one.left:
            code = owner.add_till(name, role, till=one.till, life=life)
        else:
            code = owner.new_code(one.till, life=life)
    else:
        code = owner.add_till(name, role, life=life)
    found = {"name": name, "role": role.value, "days": options.days, "code": code}
    write_result(out, found, [code], as_json=options.json)
    warn(
        Message(
            "This code lets {name} in, once, within {n} day. Whoever has it is that till: give it"
            " away as you would a key. It is used with: xumm-desk shop join -",
            plural="This code lets {name} in, once, within {n} days. Whoever has it is that till:"
            " give it away as you would a key. It is used with: xumm-desk shop join -",
            n=options.days,
            name=isolate(name),
        )
    )
    return OK


def _remove(owner: ShopOwner, options: argparse.Namespace, out: StandardOutput) -> int:
    one = _only(_named(owner.tills(), options.till), options.till)
    if one is None:
        return BAD_INPUT
    owner.remove_till(one.till)
    write_result(
        out,
        {"removed": one.till, "name": one.name, "facts": one.number},
        [
            Message("{till} can log in no more.", till=isolate(one.name)),
            Message(
                "Its {n} fact stays.",
                plural="Its {n} facts stay.",
                n=one.number,
            )
            if one.role is TillRole.TILL
            else "",
        ],
        as_json=options.json,
    )
    return OK


def _named(tills: list[TillState], name: str) -> list[TillState]:
    """The tills with this id, or this name; those that are in the shop before those that left."""
    found = [one for one in tills if one.till == name.lower()]
    found = found or [one for one in tills if one.name == name]
    present = [one for one in found if not one.left]
    return present or found


def _only(found: list[TillState], name: str) -> TillState | None:
    """The one till of `found`; None if there is none or several, which is said."""
    if len(found) == 1:
        return found[0]
    if found:
        warn(
            Message(
                "Several tills are called {name}. Take an id of: xumm-desk shop status",
                name=isolate(name),
            )
        )
    else:
        warn(Message("There is no till {name} in this shop.", name=isolate(name)))
    return None


def _status(
    owner: ShopOwner, place: ShopPlace, options: argparse.Namespace, out: StandardOutput
) -> int:
    reached = shop_status.hosts_text(place.hosts, place.ports)
    found = shop_status.ShopStatus(place.name, reached, tills=owner.tills(), leases=owner.leases())
    write_result(out, found.as_json(), found.sentences(), as_json=options.json)
    return OK
