"""Open the dialogs about the journal, and do what they ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QObject

from xumm_desk.core.keeping.letting_go import ErasureChoices
from xumm_desk.core.keeping.reports import JournalCopy
from xumm_desk.core.message import Message
from xumm_desk.engine.runtime.tasks import StartTask
from xumm_desk.locale import formats
from xumm_desk.locale.translation import _, tr
from xumm_desk.ui.banners.banner import Severity

from .context import JournalKeeper, Progress, Report

if TYPE_CHECKING:
    from xumm_desk.ui.main_window import MainWindow

    from .journal_dialog import JournalDialog
    from .work_dialog import WorkDialog

COPY_BANNER: Final = "journal copy"
_SALVAGE_WORDS: Final = (
    Message(
        "Everything that can still be read is taken over into a new journal, together with what the"
        " newest daily copies hold. Requests that were open are followed again."
    ),
    Message(
        "The damaged file is kept beside it, as it is. If this computer's disk is failing, copy the"
        " data folder to another one first."
    ),
)
_RESTORE_WORDS: Final = (
    Message(
        "The copy takes the place of the journal. What came after it is taken over from the present"
        " file, as far as that can be read."
    ),
    Message(
        "The desk closes for this and opens again. The present file is kept beside the journal."
    ),
)

_ARCHIVE_WORDS: Final = (
    Message(
        "The file is written and checked first; only then are the requests deleted here. The chain"
        " of the journal stays whole and records what is gone."
    ),
    Message("The desk closes for this and opens again."),
)
_ERASE_WORDS: Final = (
    Message(
        "This cannot be undone. Open requests stay as they are. The journal records that something"
        " was erased, and not what."
    ),
    Message("The desk closes for this and opens again."),
)


class KeepingDialogs(QObject):
    """The dialogs of one window; without a `keeper` they do nothing."""

    def __init__(
        self,
        window: MainWindow,
        keeper: JournalKeeper | None,
        *,
        start: StartTask,
        who: Callable[[], str],
    ) -> None:
        super().__init__(window)
        self._window, self._keeper, self._start, self._who = window, keeper, start, who
        self._journal: JournalDialog | None = None

    def journal(self) -> None:
        """The copies of the journal, and what else can be done with it."""
        from .journal_dialog import JournalDialog  # noqa: PLC0415 - the window is painted without it

        if self._keeper is None:
            return
        if self._journal is None or not shiboken6.isValid(self._journal):
            dialog = JournalDialog(self._window.preferences, self._window)
            dialog.restore_asked.connect(self.restore)
            dialog.copy_asked.connect(self._copy)
            dialog.archive_asked.connect(self.archive)
            dialog.erase_asked.connect(self.erase)
            self._journal = dialog
        self._journal.open()
        self._refresh()

    def salvage(self) -> None:
        """Ask, salvage, and say what came of it."""
        keeper = self._keeper
        if keeper is not None:
            self._work(
                _("Salvage the journal"),
                _SALVAGE_WORDS,
                _("Salvage"),
                lambda progress: keeper.salvage(self._who(), progress),
            )

    def restore(self, copy: JournalCopy) -> None:
        """Ask, restore this copy, and say what came of it."""
        keeper = self._keeper
        if keeper is not None:
            self._work(
                _("Restore the copy of {day}", day=formats.numeric_date(copy.day)),
                _RESTORE_WORDS,
                _("Restore"),
                lambda progress: keeper.restore(copy, self._who(), progress),
            )

    def archive(self) -> None:
        """Ask how old, archive, and say what came of it."""
        from .letting_go_dialogs import ArchiveDialog  # noqa: PLC0415 - see above

        keeper = self._keeper
        if keeper is None:
            return
        dialog = ArchiveDialog(self._window)

        async def plan(months: int) -> None:
            found = await keeper.plan_archive(months)
            if shiboken6.isValid(dialog):
                dialog.show_plan(months, found)

        def begin(months: int) -> None:
            self._work(
                _("Archive old requests"),
                _ARCHIVE_WORDS,
                _("Archive"),
                lambda progress: keeper.archive(months, self._who(), progress),
            )

        dialog.asked.connect(lambda months: self._start(plan(months), "archive"))
        dialog.chosen.connect(begin)
        dialog.open()
        self._start(plan(dialog.months.value()), "archive")

    def erase(self) -> None:
        """Ask whose data, erase it, and say what came of it."""
        from .letting_go_dialogs import EraseDialog  # noqa: PLC0415 - see above

        keeper = self._keeper
        if keeper is None:
            return
        dialog = EraseDialog(self._window)

        def begin(what: str, choices: ErasureChoices) -> None:
            self._work(
                _("Erase the data of {name}", name=what),
                _ERASE_WORDS,
                _("Erase"),
                lambda progress: keeper.erase(what, choices, self._who(), progress),
            )

        dialog.chosen.connect(begin)
        dialog.open()

    def show_copy_problem(self, problem: str) -> None:
        """Today's copy was not made, for this reason; "" when it was."""
        if not problem:
            self._window.banners.remove(COPY_BANNER)
            return
        self._window.banners.show_banner(
            COPY_BANNER,
            problem,
            _("It is tried again every ten minutes."),
            _("Hide"),
            Severity.ATTENTION,
        )

    # Inside.

    def _work(
        self,
        title: str,
        words: tuple[str, ...],
        action: str,
        run: Callable[[Progress], Awaitable[Report | str]],
    ) -> None:
        from .work_dialog import WorkDialog  # noqa: PLC0415 - the window is painted without it

        dialog = WorkDialog(title, words, action, self._window)
        keeper = self._keeper
        assert keeper is not None
        dialog.begun.connect(lambda: self._start(self._run(dialog, run), "journal"))
        dialog.stopped.connect(keeper.stop)
        dialog.open()

    async def _run(
        self, dialog: WorkDialog, run: Callable[[Progress], Awaitable[Report | str]]
    ) -> None:
        result = await run(dialog.progress)
        if not shiboken6.isValid(dialog):
            return
        if isinstance(result, str):
            dialog.show_result(_("Not done"), [result])
        else:
            dialog.show_result(_("Done"), result.sentences())
        self._refresh()

    def _copy(self) -> None:
        self._start(self._copy_now(), "journal copy")

    async def _copy_now(self) -> None:
        assert self._keeper is not None
        days = self._window.preferences.value.copy_days
        problem = await self._keeper.copy_now(days or 14)
        self.show_copy_problem(problem)
        if self._journal is not None and shiboken6.isValid(self._journal):
            self._journal.show_problem(tr(problem))
        await self._list()

    def _refresh(self) -> None:
        if self._journal is not None and shiboken6.isValid(self._journal):
            self._start(self._list(), "journal copies")

    async def _list(self) -> None:
        assert self._keeper is not None
        found = await self._keeper.copies()
        if self._journal is not None and shiboken6.isValid(self._journal):
            self._journal.show_copies(found)
