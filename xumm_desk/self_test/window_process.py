"""Run the checks that need Qt in a process of their own, and tell why it ended if it did."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from xumm_desk.core.message import Message
from xumm_desk.locale import catalogues
from xumm_desk.locale.languages import spoken

from .check import Check, Outcome

NAMES: Final = ("loop", "fonts", "qr_code", "screens")
MODULE: Final = "xumm_desk.self_test.window_checks"
_PATIENCE: Final = 90.0
"""Seconds for all of them; a printing service may take its time."""

_LIBRARY: Final = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object")


def run_window_checks(
    printer: str,
    *,
    environment: Mapping[str, str] = os.environ,
    command: Sequence[str] = (sys.executable, "-m", MODULE),
    patience: float = _PATIENCE,
) -> list[Check]:
    """The checks of `window_checks.py`; `printer` is the setting of a printer that Qt has to look
    for, else "". Where there is no screen they run without one, and that is told. They speak
    the language that is spoken here."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            [*command, printer],
            env=_environment(environment),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=patience,
            check=False,
        )
        said, words = done.stdout, done.stderr
    except subprocess.TimeoutExpired as late:
        said, words = _decoded(late.stdout), _decoded(late.stderr)
        words += "\nit did not end"
    except OSError as error:
        said, words = "", str(error)
    found = list(parse(said.splitlines()))
    wanted = [*NAMES, "printer"] if printer else list(NAMES)
    missing = [name for name in wanted if name not in {check.name for check in found}]
    reason = why_ended(words)
    return found + [Check(name, Outcome.FAILED, reason) for name in missing]


def parse(lines: Iterable[str]) -> Iterable[Check]:
    """The checks that the process told; other lines are a library's."""
    for line in lines:
        try:
            value = json.loads(line)
            yield Check(str(value["name"]), Outcome(value["outcome"]), str(value["text"]))
        except (ValueError, KeyError, TypeError):
            continue


def why_ended(words: str) -> str:
    """The sentence for a process that ended before it had told everything."""
    if library := _LIBRARY.search(words):
        return Message(
            "Qt needs {library}, which this computer lacks. Install it with the system's package"
            " manager, then try again.",
            library=library[1],
        )
    if "platform plugin" in words:
        return Message(
            "Qt finds no way to this screen. On Debian and Ubuntu install libxcb-cursor0; on others"
            " the library xcb-cursor."
        )
    last = next((line for line in reversed(words.splitlines()) if line.strip()), "")
    return Message(
        "The window's libraries ended the program ({reason}). Install it again; if that does not"
        " help, send this line to whoever helps you.",
        reason=last.strip()[:200],
    )


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    environment = {**given, catalogues.VARIABLE: spoken().tag}
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(given.get(name) for name in screens):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    return environment


def _decoded(text: bytes | str | None) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text or ""
