"""What is archived or erased, and what is kept back, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Final

from xumm_desk.core.message import Message

MARK: Final = "erased"
"""What stands in a fact where a customer's data stood. It is no address, so nothing can be paid to
it."""


@dataclass(frozen=True, slots=True)
class ErasureChoices:
    """What is erased. A transaction id leads to the payer on a public ledger. Where `copies`, the
    daily copies of the journal are removed, which hold the same."""

    payer: bool = True
    note: bool = True
    txid: bool = False
    copies: bool = False


@dataclass(frozen=True, slots=True)
class ArchiveReport:
    """What was archived, or would be. `sums` are what was delivered by asset; `kept_back` are old
    requests that stay, since they or their refunds are open, or their tag is still quarantined."""

    requests: int = 0
    facts: int = 0
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    kept_back: int = 0
    file: PurePath | None = None
    sha256: str = ""

    def sentences(self) -> tuple[str, ...]:
        """What a person has to know."""
        if not self.requests:
            return (Message("There is nothing to archive."), *self._kept())
        said: list[str] = [
            Message(
                "{n} request ({facts}) was archived.",
                plural="{n} requests ({facts}) were archived.",
                n=self.requests,
                facts=Message("{n} fact", plural="{n} facts", n=self.facts),
            )
        ]
        said += [
            Message(
                "{amount} {asset} was delivered for the archived requests.",
                amount=f"{value:f}",
                asset=asset,
            )
            for asset, value in sorted(self.sums.items())
        ]
        said += self._kept()
        if self.file is not None:
            said.append(
                Message("The archived requests are in {path}. Keep this file.", path=self.file)
            )
        return tuple(said)

    def _kept(self) -> tuple[str, ...]:
        if not self.kept_back:
            return ()
        return (
            Message(
                "{n} older request stays, since something about it is still open.",
                plural="{n} older requests stay, since something about them is still open.",
                n=self.kept_back,
            ),
        )


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What was erased. `refused` are requests that stay as they are: open ones, and those whose
    outcome could not be proven any more."""

    requests: int = 0
    facts: int = 0
    refused: tuple[str, ...] = ()
    copies: int = 0
    """Copies of the journal that still hold it."""
    told: int = 0
    """Requests of which the other tills of the shop are told."""

    def sentences(self) -> tuple[str, ...]:
        """What a person has to know."""
        said: list[str] = [
            Message(
                "The customer's data of {n} request was erased.",
                plural="The customer's data of {n} requests was erased.",
                n=self.requests,
            )
            if self.requests
            else Message("Nothing was erased.")
        ]
        if self.refused:
            said.append(
                Message(
                    "{n} request stays as it is: it is open, or its outcome could not be proven"
                    " without that data.",
                    plural="{n} requests stay as they are: they are open, or their outcome could"
                    " not be proven without that data.",
                    n=len(self.refused),
                )
            )
        if self.told:
            said.append(
                Message(
                    "The other tills of the shop erase it as soon as they hear of it. In the shop's"
                    " database the owner erases it with: xumm-desk shop erase"
                )
            )
        if self.copies:
            said.append(
                Message(
                    "{n} copy of the journal still holds it until it expires.",
                    plural="{n} copies of the journal still hold it until they expire.",
                    n=self.copies,
                )
            )
        return tuple(said)
