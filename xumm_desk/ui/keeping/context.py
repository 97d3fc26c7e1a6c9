"""What the dialogs about the journal ask of the program around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from xumm_desk.core.keeping.letting_go import ArchiveReport, ErasureChoices, ErasureReport
from xumm_desk.core.keeping.reports import JournalCopy, RebuildReport

Progress = Callable[[int, int], None]
"""Takes how much is done and how much there is; may be called from any thread."""


Report: TypeAlias = RebuildReport | ArchiveReport | ErasureReport


class JournalKeeper(Protocol):
    """What can be done with the journal (`setup/journal_keeping.py`). A text is a sentence about
    why something was not done."""

    async def copies(self) -> Sequence[JournalCopy]:
        """The copies, newest first."""
        ...

    async def copy_now(self, keep_days: int, progress: Progress = ...) -> str:
        """Make today's copy if there is none."""
        ...

    async def restore(self, copy: JournalCopy, who: str, progress: Progress) -> RebuildReport | str:
        """Put a copy in the journal's place; the desk is closed meanwhile."""
        ...

    async def salvage(self, who: str, progress: Progress) -> RebuildReport | str:
        """Make a journal of what can be read of the damaged one; the desk is opened after it."""
        ...

    async def plan_archive(self, months: int) -> ArchiveReport | str:
        """What would be archived of what is older than so many months."""
        ...

    async def archive(self, months: int, who: str, progress: Progress) -> ArchiveReport | str:
        """Write it to a file and delete it; the desk is closed meanwhile."""
        ...

    async def erase(
        self, what: str, choices: ErasureChoices, who: str, progress: Progress
    ) -> ErasureReport | str:
        """Erase a customer's data, by request or account; the desk is closed meanwhile."""
        ...

    def stop(self) -> None:
        """Stop what is under way."""
        ...
