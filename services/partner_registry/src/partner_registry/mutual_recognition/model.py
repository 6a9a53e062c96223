"""A row of mutual recognition and its lifecycle (Directive 2001/83/EC article 51(2); UK SI 2012/1916)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from contracts import Role, Side
from contracts.certifying import MutualRecognitionChanged, RecognisedWork
from contracts.partner_registry import PartnerRegistryBallHeld
from partner_registry.metadata import Table
from partner_registry.mutual_recognition.schemas import MutualRecognitionFields
from partner_registry.mutual_recognition.schemas import MutualRecognitionState as State
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

REGULATORY: Final = frozenset({Role.regulatory})


class MutualRecognition(MutualRecognitionFields, Waiting, Versioned, Table, table=True):
    """That a regime takes a country's inspections or batch tests for its own. Unconfirmed, it counts as none."""

    __tablename__ = "mutual_recognition"

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.unconfirmed: {Side.sponsor},
        State.checked: {Side.sponsor},
    }
    signed_as: ClassVar[Mapping[str, str]] = {
        "regime": "regime",
        "country": "country",
        "covers": "covers",
        "only of": "kinds_in",
        "not of": "kinds_out",
        "from": "valid_from",
        "to": "valid_to",
        "source": "source",
    }
    signed_later: ClassVar[Collection[str]] = ("ends_on",)

    @property
    def parties(self) -> tuple[()]:
        """By what the sponsor decides is its own."""
        return ()

    @transition(source={State.unconfirmed, State.checked}, target=State.checked, by=REGULATORY)
    def check(
        self,
        covers: list[RecognisedWork],
        kinds_in: list[str],
        kinds_out: list[str],
        valid_from: date,
        valid_to: date | None,
        source: str,
        by: str,
    ) -> None:
        """Somebody looked at the source, and says what stands there."""
        self.covers, self.kinds_in, self.kinds_out = covers, kinds_in, kinds_out
        self.valid_from, self.valid_to, self.source, self.checked_by = valid_from, valid_to, source, by

    @transition(
        source={State.checked},
        target=State.confirmed,
        by=REGULATORY,
        independent_of={"recorded_by", "checked_by"},
        signed="the recognition holds as it stands here",
    )
    def confirm(self, by: str, now: datetime) -> MutualRecognitionChanged:
        """Somebody else agrees: from now on it counts on its days."""
        self.confirmed_by = by
        return MutualRecognitionChanged.of(self, now)

    @transition(source={State.unconfirmed, State.checked}, target=State.rejected, by=REGULATORY)
    def reject(self) -> None:
        """It does not hold."""

    @transition(source={State.confirmed}, target=None, by=REGULATORY)
    def end(self, valid_to: date, reason: str, now: datetime) -> MutualRecognitionChanged:
        """It counts until a day; what was recognised on the days before, and what was confirmed, stays so."""
        if valid_to < self.valid_from:
            raise RuleViolated(f"{self.number} is valid from {self.valid_from}: valid_to is not before that")
        if self.valid_to and valid_to > self.valid_to:
            raise RuleViolated(f"{self.number} was confirmed until {self.valid_to}: longer is another row")
        self.ends_on = valid_to
        return MutualRecognitionChanged.of(self, now, reason=reason, valid_to=valid_to)

    def lacks(self, work: RecognisedWork, product_kind: str, day: date) -> str | None:
        """Why it does not recognise this, in words; None where it does."""
        kind, last = product_kind.casefold(), self.ends_on or self.valid_to
        faults: list[tuple[Any, str]] = [
            (self.state != State.confirmed, f"is {self.state}, and counts as none"),
            (day < self.valid_from, f"begins on {self.valid_from}"),
            (last and day > last, f"ended on {last}"),
            (work not in self.covers, f"does not cover {work}"),
            (kind in map(str.casefold, self.kinds_out), f"leaves {product_kind} out"),
            (
                self.kinds_in and kind not in map(str.casefold, self.kinds_in),
                f"is for {', '.join(self.kinds_in)} alone",
            ),
        ]
        return next((f"{self.number} {said}" for holds, said in faults if holds), None)


def recognising(
    rows: Sequence[MutualRecognition], work: RecognisedWork, product_kind: str, day: date
) -> tuple[MutualRecognition | None, list[str]]:
    """The first row that recognises it; where there is none, why not."""
    faults = [(each, each.lacks(work, product_kind, day)) for each in rows]
    used = next((each for each, fault in faults if fault is None), None)
    return used, [] if used else [fault for _, fault in faults if fault] or ["there is no row for the country"]
