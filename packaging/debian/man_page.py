"""Write the manual page from the same definitions that `xumm-desk --help` is made of.

Run it in an environment that holds the program: it prints troff.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping

_EXIT_CODES = (
    ("0", "all is well; of requests: all paid, paid late or signed"),
    ("1", "one request was not paid; a check failed; a journal is damaged"),
    ("2", "bad input"),
    ("3", "the platform cannot be reached"),
    ("4", "standard output or a named file cannot be written"),
)

_FILES = (
    ("~/.local/share/xumm-desk/journal.sqlite3", "everything that happened to every request"),
    ("~/.local/share/xumm-desk/settings.json", "the shop's settings; no secret is in it"),
    ("~/.local/share/xumm-desk/practice/", "the same of practice mode"),
)


def escaped(text: str) -> str:
    """Text in which troff finds nothing of its own."""
    plain = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + plain if plain.startswith((".", "'")) else plain


def option_names(action: argparse.Action) -> str:
    """How an argument is written."""
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else "")
    value = value if isinstance(value, str) else " ".join(value)
    if not action.option_strings:
        return escaped(value or action.dest.upper())
    takes = action.nargs != 0
    shown = value or (action.dest.upper() if takes else "")
    return ", ".join(
        f"\\fB{escaped(name)}\\fR" + (f" \\fI{escaped(shown)}\\fR" if takes and shown else "")
        for name in action.option_strings
    )


def described(actions: Iterable[argparse.Action]) -> list[str]:
    """A list of arguments with their help."""
    lines = []
    for action in actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._SubParsersAction):
            continue
        lines += [".TP", option_names(action), escaped(action.help or "")]
    return lines


def commands_of(parser: argparse.ArgumentParser) -> Mapping[str, argparse.ArgumentParser]:
    """The commands of a parser, each with its arguments."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def summaries(parser: argparse.ArgumentParser) -> dict[str, str]:
    """The line about each command in the list of all."""
    return {
        choice.dest: choice.help or ""
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for choice in action._choices_actions
    }


def with_arguments(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The parser of a command adds its arguments when it is used."""
    add = getattr(parser, "_add", None)
    if add is not None:
        parser._add = None  # type: ignore[attr-defined]
        add(parser)
    return parser


def man_page(parser: argparse.ArgumentParser, version: str, environment: Mapping[str, str]) -> str:
    """The whole page."""
    lines = [
        f'.TH XUMM\\-DESK 1 "" "xumm\\-desk {escaped(version)}" "User Commands"',
        ".SH NAME",
        "xumm\\-desk \\- take XRP Ledger payments through the Xumm (Xaman) wallet",
        ".SH SYNOPSIS",
        "\\fBxumm\\-desk\\fR [\\fIOPTION\\fR]...",
        ".br",
        "\\fBxumm\\-desk\\fR \\fICOMMAND\\fR [\\fIARGUMENT\\fR]...",
        ".SH DESCRIPTION",
        escaped(parser.description or ""),
        ".PP",
        "F1 in the window opens the guide.",
        ".SH OPTIONS",
        *described(parser._actions),
        ".SH COMMANDS",
    ]
    told = summaries(parser)
    for name, command in commands_of(parser).items():
        with_arguments(command)
        lines += [f".SS {escaped(name)}", escaped(command.description or told.get(name, ""))]
        own = [one for one in command._actions if one.dest not in {"help", *_shared(parser)}]
        lines += described(own)
        for inner_name, inner in commands_of(command).items():
            about = summaries(command).get(inner_name, "")
            lines += [".PP", f"\\fB{escaped(name)} {escaped(inner_name)}\\fR", escaped(about)]
            shared = {"help", *_shared(parser)}
            lines += described(
                one for one in with_arguments(inner)._actions if one.dest not in shared
            )
    lines += [".SH ENVIRONMENT"]
    for name, variable in sorted(environment.items(), key=lambda one: one[1]):
        about = f"the same as --{name.replace('_', '-')}"
        lines += [".TP", f"\\fB{escaped(variable)}\\fR", escaped(about)]
    lines += [".TP", "\\fBXUMM_APIKEY\\fR, \\fBXUMM_APISECRET\\fR"]
    lines += ["key and secret of the application, instead of those in the keyring"]
    for title, table in (("FILES", _FILES), ("EXIT STATUS", _EXIT_CODES)):
        lines.append(f".SH {title}")
        for name, about in table:
            lines += [".TP", f"\\fB{escaped(name)}\\fR", escaped(about)]
    return re.sub(r"\n{2,}", "\n", "\n".join(lines)) + "\n"


def _shared(parser: argparse.ArgumentParser) -> set[str]:
    """Options that every command has, and that are told once."""
    return {one.dest for one in parser._actions if one.option_strings} - {"json"}


def main() -> None:
    """Print the page of the installed program."""
    from xumm_desk.cli.parser import build_parser  # noqa: PLC0415 - only where it is run
    from xumm_desk.setup.config import ENVIRONMENT  # noqa: PLC0415
    from xumm_desk.version import __version__  # noqa: PLC0415

    print(man_page(build_parser(), __version__, ENVIRONMENT), end="")


if __name__ == "__main__":
    main()
