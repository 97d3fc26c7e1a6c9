"""The command line that starts this program again as it was started, for the system's autostart."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from .config import ENVIRONMENT

MINIMISED: Final = "--minimised"
_FOLDER: Final = "--data-dir"


def start_command(
    argv: Sequence[str] | None = None,
    environment: Mapping[str, str] = os.environ,
    *,
    frozen: bool | None = None,
) -> list[str]:
    """Program and options, with whole paths, and `--minimised` at the end. What the environment
    sets becomes an option, since a login may not have it; keys stay where they are."""
    given = list(sys.argv if argv is None else argv)
    is_frozen = bool(getattr(sys, "frozen", False)) if frozen is None else frozen
    options = [one for one in given[1:] if one != MINIMISED]
    names = {one.partition("=")[0] for one in options}
    for name, variable in ENVIRONMENT.items():
        option = f"--{name.replace('_', '-')}"
        value = environment.get(variable, "").strip()
        if value and option not in names:
            options += [option, value]
    program = _program(given[0] if given else "", environment, frozen=is_frozen)
    return [*program, *_whole_folder(options), MINIMISED]


def _program(name: str, environment: Mapping[str, str], *, frozen: bool) -> list[str]:
    if image := environment.get("APPIMAGE"):
        return [image]  # what it has mounted is gone after this run
    if frozen:
        return [sys.executable]
    script = Path(name)
    own = Path(sys.executable).with_name("xumm-desk" + Path(sys.executable).suffix)
    for found in (script, script.with_suffix(".exe"), own):
        if found.name.startswith("xumm-desk") and found.is_file():
            return [os.path.abspath(found)]
    return [sys.executable, "-m", "xumm_desk"]


def _whole_folder(options: Sequence[str]) -> list[str]:
    """The options with a folder that does not depend on where the program was started."""
    made: list[str] = []
    for one in options:
        name, equals, value = one.partition("=")
        if equals and _is_folder_option(name):
            made.append(f"{name}={_absolute(value)}")
        elif made and _is_folder_option(made[-1]):
            made.append(_absolute(one))
        else:
            made.append(one)
    return made


def _is_folder_option(name: str) -> bool:
    return name.startswith("--d") and _FOLDER.startswith(name)  # the parser takes shortened ones


def _absolute(folder: str) -> str:
    return os.path.abspath(os.path.expanduser(folder))
