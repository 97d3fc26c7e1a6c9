"""Salvage a damaged journal, or put a copy in its place; both lose nothing that can be read.

Both make a new journal out of the present file and of copies, since facts that are newer than a
copy may still be readable in the file that it replaces. The journal must be closed in this process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from xumm_desk.core.journal_error import JournalError
from xumm_desk.core.keeping.reports import RebuildReport
from xumm_desk.core.message import Message
from xumm_desk.store import database, private_files

from . import copies, swap
from .rebuild import rebuild

DAMAGED: Final = "damaged"
REPLACED: Final = "replaced"
_MOST_COPIES: Final = 3
"""Copies that are read for what the damaged file lost; older ones hold nothing more."""

Progress = Callable[[int, int], None]


def salvage(
    path: Path,
    *,
    ledger: bool,
    now: datetime,
    who: str = "",
    on_progress: Progress = lambda _done, _all: None,
) -> RebuildReport:
    """Make a journal at `path` out of what can be read of the one that is there, and of its newest
    copies. The damaged file is kept beside it. Raises `JournalError`; the old file is in its place
    then."""
    if not path.exists():
        raise JournalError(Message("There is no journal at {path}.", path=path))
    newest = [one.path for one in copies.list_copies(copies.folder_of(path)) if not one.problem]
    sources = [path, *(Path(one) for one in newest[:_MOST_COPIES])]
    return _exchange(
        path, sources, DAMAGED, ledger=ledger, now=now, who=who, on_progress=on_progress
    )


def restore(
    path: Path,
    copy: Path,
    *,
    ledger: bool,
    now: datetime,
    who: str = "",
    on_progress: Progress = lambda _done, _all: None,
) -> RebuildReport:
    """Put the copy in the place of the journal at `path`, with all facts that only the present file
    has and that follow upon those of the copy. The present file is kept beside it. Raises
    `JournalError`; the old file is in its place then."""
    if problem := copies.problem_of(copy):
        raise JournalError(problem)
    sources = [path, copy] if path.exists() else [copy]
    return _exchange(
        path, sources, REPLACED, ledger=ledger, now=now, who=who, on_progress=on_progress
    )


def _exchange(
    path: Path,
    sources: Sequence[Path],
    word: str,
    *,
    ledger: bool,
    now: datetime,
    who: str,
    on_progress: Progress,
) -> RebuildReport:
    try:
        private_files.make_folder(path.parent)
        swap.finish(path)
        new = swap.new_path(path)
        kept = swap.free_name(path.with_name(f"{path.stem}-{word}-{now:%Y%m%d-%H%M}{path.suffix}"))
        there = path.exists()
        swap.refuse_if_used(path)
        before = swap.state_of(path)
        report = rebuild(
            new,
            sources,
            has_present=there,
            ledger=ledger,
            now=now,
            who=who,
            on_progress=on_progress,
        )
        try:
            if swap.state_of(path) != before:
                raise JournalError(swap.in_use(path))
            swap.replace_journal(path, kept if there else None)
        except BaseException:
            if path.exists() and not swap.is_decided(path):
                swap.remove(new)
            raise
    except OSError as error:
        raise JournalError(database.error_message(error, path)) from None
    return replace(report, kept_as=kept if there else None)
