"""Arguments and help texts of the command `shop`."""

from __future__ import annotations

import argparse
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.locale.translation import _, tr
from xumm_desk.setup.config import add_options

_SHOP: Final = Message(
    "Several tills, one shop: each till keeps its own journal and sells whether or not the network"
    " is there; a PostgreSQL database passes their facts on. The owner makes the shop and lets"
    " tills in; tills and monitors join with a one-time code."
)

_FILL: Final = Message(
    "Brings facts of tills that are gone from this journal into the database, where that was lost"
    " and made anew. Let all tills that live join first: each brings its own."
)

_ERASE: Final = Message(
    "Erases in the database the customers' data that was erased at a till, out of this till's"
    " journal: no till may change anything there. Erase first at one till: File, Journal."
)


def add_actions(shop: argparse.ArgumentParser) -> None:
    """Add all that can be done to the command `shop`."""
    shop.description = tr(_SHOP)
    what = shop.add_subparsers(
        dest="what", metavar="ACTION", required=True, parser_class=argparse.ArgumentParser
    )
    init = _action(what, "init", _("owner: make the shop, or bring its database up to date"))
    _add_owner(init)
    init.add_argument("--name", metavar="NAME", help=_("the shop's name, as its tills show it"))
    init.add_argument(
        "--hosts",
        metavar="HOST[:PORT],…",
        help=_("where tills reach the database; as this connection where it is left out"),
    )
    invite = _action(what, "invite", _("owner: print a one-time code for a till or monitor"))
    _add_owner(invite)
    invite.add_argument("name", metavar="NAME", help=_("what the till is called, such as Till 1"))
    invite.add_argument(
        "--monitor", action="store_true", help=_("it sees all sales and makes none")
    )
    invite.add_argument(
        "--again",
        action="store_true",
        help=_("a new code for a till that has one, lost its password, or was removed"),
    )
    invite.add_argument(
        "--days", type=int, default=2, metavar="DAYS", help=_("how long the code can be used (2)")
    )
    join = _action(what, "join", _("join the shop with a one-time code"))
    join.add_argument("code", metavar="CODE", help=_("the code; - reads input"))
    join.add_argument(
        "--new-database",
        action="store_true",
        help=_("also where this folder is in a shop, whose database was lost and made anew"),
    )
    status = _action(what, "status", _("show the database, the tills, and who follows whom"))
    _add_owner(status)
    _action(what, "leave", _("leave the shop; nothing is taken away"))
    remove = _action(what, "remove", _("owner: end the login of a till; its facts stay"))
    _add_owner(remove)
    remove.add_argument("till", metavar="TILL", help=_("its name or id"))
    erase = _action(what, "erase", _("owner: erase in the database what was erased at a till"))
    erase.description = tr(_ERASE)
    _add_owner(erase)
    fill = _action(what, "fill", _("owner: bring facts of tills that are gone"))
    fill.description = tr(_FILL)
    _add_owner(fill)
    fill.add_argument(
        "tills",
        nargs="*",
        metavar="TILL",
        help=_("these only, by id or by the name in their sales"),
    )


def _action(
    what: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str
) -> argparse.ArgumentParser:
    made = what.add_parser(name, help=about, description=about)
    add_options(made)
    made.add_argument("--json", action="store_true", help=_("one JSON object"))
    return made


def _add_owner(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(_("the owner's connection"))
    group.add_argument(
        "--owner",
        metavar="URL",
        help=_("such as postgresql://owner@db.example/shop (XUMM_DESK_SHOP_OWNER)"),
    )
    group.add_argument(
        "--root-certificate",
        metavar="FILE",
        help=_("the authority that signed the server's certificate, as PEM"),
    )
