"""List, show and export closed shifts, as they were written."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import chain
from typing import Final

from xumm_desk.core.bidi import escape_controls, isolate
from xumm_desk.core.message import Message
from xumm_desk.core.shift import table
from xumm_desk.core.shift.document import ShiftDocument, paper_of, parse_document
from xumm_desk.core.shift.paper import PaperLine, PaperStyle
from xumm_desk.locale.translation import tr
from xumm_desk.setup.config import Config
from xumm_desk.store.journal_reader import JournalReader

from .exit_codes import BAD_INPUT, OK, warn
from .streams import StandardOutput, named_file

_WIDTH: Final = 64
"""Characters of a line on the screen."""


def run(configuration: Config, options: argparse.Namespace, out: StandardOutput) -> int:
    """Run `shifts`; returns the exit code.

    Raises:
        JournalError: the journal cannot be read.
        OutputError: what was to be written could not be.
    """
    with JournalReader(configuration.journal_path) as reader:
        numbers = reader.shift_numbers()
        if options.number is not None and options.number not in numbers:
            warn(Message("There is no closed shift #{number}.", number=options.number))
            return BAD_INPUT
        if options.what == "show" and not numbers:
            warn(Message("No shift was closed so far."))
            return BAD_INPUT
        if options.number is not None:
            numbers = [options.number]
        elif options.what == "show":
            numbers = numbers[-1:]
        found = filter(None, map(reader.shift, numbers))
        where = nullcontext(out) if options.output is None else named_file(options.output)
        with where as target:
            for line in _lines(found, options):
                target.write(line)
    out.flush()
    return OK


def _lines(shifts: Iterable[ShiftDocument], options: argparse.Namespace) -> Iterable[str]:
    match options.what, options.format:
        case "list", _:
            return map(_list_line, shifts)
        case "show", _:
            return chain.from_iterable(map(_page, shifts))
        case _, "csv":
            return table.as_csv(shifts, mark=options.excel)
    return map(_json_line, shifts)


def _list_line(shift: ShiftDocument) -> str:
    at = shift.closed_at.isoformat(timespec="seconds")
    return f"{shift.number}\t{at}\t{isolate(shift.operator)}\t{shift.hash}\n"


def _json_line(shift: ShiftDocument) -> str:
    """The document as it is stored: its hash is that of this line."""
    return escape_controls(shift.text) + "\n"


def _page(shift: ShiftDocument) -> Iterator[str]:
    for line in paper_of(parse_document(shift.text)):
        yield _text_line(line) + "\n"
    yield f"SHA-256 {shift.hash}\n"


def _text_line(line: PaperLine) -> str:
    if line.style in (PaperStyle.RULE, PaperStyle.SIGNATURE):
        return "-" * _WIDTH
    if not line.value:
        return tr(isolate(line.text))
    room = max(2, _WIDTH - len(line.text) - len(line.value))
    return f"{isolate(line.text)}{' ' * room}{isolate(line.value)}"
