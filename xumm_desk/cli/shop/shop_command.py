"""The command `shop` at a till or monitor: join a shop with a one-time code, see it, leave it."""

from __future__ import annotations

import argparse
import sqlite3
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from xumm_desk.cli.exit_codes import BAD_INPUT, INTERRUPTED, OK, UNREACHABLE, warn
from xumm_desk.cli.streams import StandardOutput, write_result
from xumm_desk.core.bidi import isolate
from xumm_desk.core.message import Message, Sentences, error_text
from xumm_desk.core.replication.join_code import JoinCode
from xumm_desk.core.replication.shop_address import ShopAddress
from xumm_desk.core.replication.shop_error import ShopDatabaseError, Unreachable
from xumm_desk.core.replication.shop_state import TillRole
from xumm_desk.setup import shop_login
from xumm_desk.setup.config import Config
from xumm_desk.setup.shop_login import ShopLogin, ShopLoginError
from xumm_desk.store import database, private_files
from xumm_desk.store.journal_reader import open_for_reading
from xumm_desk.store.keeping import swap
from xumm_desk.store.replication import (
    catching_up,
    joining,
    local_facts,
    shop_database,
    till_chains,
)
from xumm_desk.store.replication.shop_database import ShopDatabase

from . import shop_owner_command, shop_status
from .shop_owner_command import PATIENCE

_SHORTEST_PASSWORD: Final = 16
_LONGEST_CODE: Final = 1 << 17

_WAITING: Final = Message(
    "waiting for the system's keyring, which holds the password for the shop's database. It may be"
    " asking for a password."
)
_NO_SHOP: Final = Message(
    "This data folder is in no shop. Ask the shop's owner for a one-time code and join with:"
    " xumm-desk shop join -"
)


def run(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    """Run what was asked for; returns the exit code. Raises `JournalError` and `OutputError`."""
    try:
        match options.what:
            case "join":
                return _join(configuration, options, out)
            case "leave":
                return _leave(configuration, options, out)
            case "status" if not shop_owner_command.connection_string(options):
                return _status(configuration, options, out)
            case _:
                return shop_owner_command.run(configuration, options, out)
    except ShopLoginError as error:
        warn(error_text(error))
        return BAD_INPUT
    except ShopDatabaseError as error:
        warn(error_text(error))
        return UNREACHABLE if isinstance(error, Unreachable) else BAD_INPUT
    except sqlite3.Error as error:
        raise database.journal_error(error, configuration.journal_path) from None
    except KeyboardInterrupt:
        warn(
            Message("stopped. If the code was used up meanwhile, ask the shop's owner for another.")
            if options.what == "join"
            else Message("stopped.")
        )
        return INTERRUPTED


# Join.


def _join(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    folder = configuration.data_dir
    given = sys.stdin.read(_LONGEST_CODE) if options.code == "-" else options.code
    code = joining.read_code(given)
    before = _present(folder)
    if before is not None and before.till != code.address.till and not options.new_database:
        warn(
            Message(
                "This data folder is in the shop {shop} already; the code is still unused. Leave"
                " that shop first (xumm-desk shop leave), or add --new-database if its database was"
                " lost and made anew. Another till of this computer needs a data folder of its own"
                " (--data-dir).",
                shop=isolate(before.shop),
            )
        )
        return BAD_INPUT
    chosen = shop_login.own_password()
    if chosen and len(chosen) < _SHORTEST_PASSWORD:
        warn(
            Message(
                "{variable} is too short for a password: it needs at least {count} characters. The"
                " code is still unused.",
                variable=shop_login.ENV_PASSWORD,
                count=_SHORTEST_PASSWORD,
            )
        )
        return BAD_INPUT
    login = _use(code, folder, chosen)
    if before is not None and before.till != login.address.till:
        shop_login.forget_password(before)
    monitor = _is_monitor(login)
    facts = 0 if monitor else _count(configuration.journal_path, anew=options.new_database)
    if not monitor:
        # From this moment on it may hand out only tags that the shop leases to it.
        with closing(database.connect(configuration.journal_path)) as db:
            local_facts.join(db, login.address.till)
    _say_joined(login.address, facts, options, out, monitor=monitor)
    return OK


def _present(folder: Path) -> ShopAddress | None:
    """The shop that the folder is in; a file that cannot be read is replaced by joining."""
    try:
        return shop_login.load_address(folder)
    except ShopLoginError:
        return None


def _use(code: JoinCode, folder: Path, password: str) -> ShopLogin:
    """Use the code up, and keep the login that it gave."""
    waiting = partial(warn, _WAITING)
    shop_login.require_place(on_notice=waiting)
    _make_folder(folder)
    try:
        login = ShopLogin(*joining.join(code, patience=PATIENCE, password=password))
        shop_login.save(folder, login, on_notice=waiting)
    except ShopLoginError as error:
        used = Message("The code is used up now: ask the shop's owner for another one.")
        raise ShopLoginError(Sentences([error_text(error), used])) from None
    return login


def _say_joined(
    address: ShopAddress,
    facts: int,
    options: argparse.Namespace,
    out: StandardOutput,
    *,
    monitor: bool,
) -> None:
    found = {
        "shop": address.shop,
        "till": address.till,
        "role": (TillRole.MONITOR if monitor else TillRole.TILL).value,
        "facts_to_send": facts,
    }
    said = [
        Message("Joined the shop {shop}.", shop=isolate(address.shop)),
        Message("A monitor reads all sales and sends nothing.")
        if monitor
        else Message(
            "{n} fact of this till is to be sent.",
            plural="{n} facts of this till are to be sent.",
            n=facts,
        ),
        Message(
            "The window sends and fetches while it is open. If it is open now, close it and start"
            " it again."
        ),
    ]
    write_result(out, found, said, as_json=options.json)


def _make_folder(folder: Path) -> None:
    try:
        private_files.make_folder(folder)
    except OSError as error:
        raise ShopLoginError(
            Message(
                "{path} cannot be written ({reason}).", path=folder, reason=error.strerror or error
            )
        ) from None


def _is_monitor(login: ShopLogin) -> bool:
    try:
        with closing(_connect(login)) as shop:
            return shop.role() is TillRole.MONITOR
    except Unreachable:
        return False  # it has joined; the window finds out


def _count(path: Path, *, anew: bool) -> int:
    """How many facts are to be sent: all of this till's own, in a database that was made anew."""
    if not path.exists():
        return 0
    with closing(open_for_reading(path)) as db:
        if _has_names(db):
            return local_facts.unsent(db, 0 if anew else None)
        return int(db.execute("SELECT count(*) FROM facts").fetchone()[0])


# Status.


def _status(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    login = shop_login.load(configuration.data_dir, on_notice=partial(warn, _WAITING))
    if login is None:
        warn(_NO_SHOP)
        return BAD_INPUT
    path = configuration.journal_path
    problem: ShopDatabaseError | None = None
    found = shop_status.ShopStatus(login.address.shop, shop_status.place_of(login.address))
    try:
        with closing(_connect(login)) as shop:
            found.tills, found.leases = shop.tills(), shop.leases()
            found.own, found.is_monitor = shop.own_ids(), shop.role() is TillRole.MONITOR
    except ShopDatabaseError as error:
        problem = error
        found.problem = error_text(error)
    if path.exists():
        with closing(open_for_reading(path)) as db:
            _add_local(found, db)
    write_result(out, found.as_json(), found.sentences(), as_json=options.json)
    if problem is not None:
        warn(error_text(problem))
        return UNREACHABLE if isinstance(problem, Unreachable) else BAD_INPUT
    return OK


def _add_local(found: shop_status.ShopStatus, db: sqlite3.Connection) -> None:
    """What this journal knows: facts that are still to be sent or fetched."""
    if not _has_names(db):
        return
    till = local_facts.own_till(db)
    numbers = {one.till: one.number for one in found.tills}
    known = {name: end.number for name, end in local_facts.ends(db).items()}
    if not found.is_monitor:
        found.unsent = local_facts.unsent(db, numbers.get(till) if till else None)
    found.missing = {
        name: max(0, number - known.get(name, 0))
        for name, number in numbers.items()
        if name != till
    }


# Leave.


def _leave(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    folder, path = configuration.data_dir, configuration.journal_path
    if path.exists():
        # A window that is open would go on to replicate, with names that are gone.
        swap.refuse_if_used(path)
    address = _present(folder)
    named = address is not None or (folder / shop_login.FILE_NAME).exists() or _is_named(path)
    if not named:
        warn(_NO_SHOP)
        return BAD_INPUT
    left = 0
    if path.exists():
        with closing(database.connect(path)) as db:
            left = _send_rest(folder, db)
            forgotten = shop_login.forget(folder)
            local_facts.leave(db)
    else:
        forgotten = shop_login.forget(folder)
    shop = "" if address is None else address.shop
    said = [
        Message("Left the shop {shop}.", shop=isolate(shop)) if shop else Message("Left the shop."),
        Message(
            "Nothing was taken away: this till keeps all its facts and those of the others, and the"
            " shop keeps those of this till."
        ),
    ]
    if left:
        said.append(
            Message(
                "{n} fact of this till was not sent. It is in this journal only.",
                plural="{n} facts of this till were not sent. They are in this journal only.",
                n=left,
            )
        )
    if address is not None:
        said.append(
            Message(
                "The shop's owner ends this till's login with: xumm-desk shop remove {till}",
                till=address.till,
            )
        )
    found = {"shop": shop, "not_sent": left, "password_forgotten": forgotten}
    write_result(out, found, said, as_json=options.json)
    if not forgotten:
        warn(
            Message(
                "The password is still in the system's keyring, which did not delete it. It is"
                " worthless once the owner has ended the login."
            )
        )
    return OK


def _send_rest(folder: Path, db: sqlite3.Connection) -> int:
    """Ship what is left, if the shop can be reached; how many facts it does not have."""
    try:
        login = shop_login.load(folder, on_notice=partial(warn, _WAITING))
        if login is None:
            return 0
        with closing(_connect(login)) as shop:
            if shop.role() is TillRole.MONITOR:
                return 0
            return catching_up.send_rest(shop, db)
    except (ShopDatabaseError, ShopLoginError) as error:
        warn(error_text(error))
        return local_facts.unsent(db) if local_facts.own_till(db) is not None else 0


def _is_named(path: Path) -> bool:
    if not path.exists():
        return False
    with closing(open_for_reading(path)) as db:
        return _has_names(db) and bool(local_facts.ends(db))


def _has_names(db: sqlite3.Connection) -> bool:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version) >= till_chains.VERSION


def _connect(login: ShopLogin) -> ShopDatabase:
    # A run of its own holds no lease: this command looks, and takes nothing over.
    return shop_database.connect(
        login.address, login.password, instance="command", patience=PATIENCE
    )
