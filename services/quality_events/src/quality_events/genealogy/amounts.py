"""How much of a batch is left: what people state of that is held against all that is told (21 CFR 211.184, 211.188).

One batch goes into another once, by however many it is told: by a person's edge, by the inputs of its start, by the
uses of a maker's system. Of these the most counts. What is told without saying how much is not nothing: what is left
is unknown then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final, Self
from uuid import UUID

from contracts import Quantity
from gxp.units import converted
from quality_events.batches.fields import StatedColumns
from quality_events.batches.terms import BatchState
from runtime.problems import RuleViolated

MADE: Final[frozenset[StrEnum]] = frozenset(
    {BatchState.manufactured, BatchState.under_review, BatchState.dispositioned}
)

MORE: Final = "more of it is told to have gone into batches than was made"


class ToldBy(StrEnum):
    """What says that a batch went into another one."""

    link = "link"
    input = "input"
    use = "use"


@dataclass(frozen=True, slots=True)
class Gone:
    """How much of a batch went into one other, by all that is told of it."""

    child_id: UUID | None = None
    """None where who asks may not know which."""
    told: Mapping[ToldBy, Sequence[Quantity]] = field(default_factory=dict)
    silent: bool = False
    """A use is told without its quantity."""

    @classmethod
    def into(cls, child_id: UUID | None, rows: Iterable[Mapping[str, Any]]) -> Self:
        """What the rows about one other batch say together."""
        told: defaultdict[ToldBy, list[Quantity]] = defaultdict(list)
        silent = False
        for row in rows:
            by = ToldBy(row["told_by"])
            silent = silent or (by == ToldBy.use and row["quantity"] is None)
            if row["quantity"] is not None:
                told[by].append(Quantity(value=row["quantity"], unit=row["unit"]))
        return cls(child_id, told, silent)

    @property
    def said(self) -> Quantity | None:
        """What the inputs say, or else the uses together; None where nobody says all of it, or not in one unit."""
        told = self.told.get(ToldBy.input) or (() if self.silent else self.told.get(ToldBy.use, ()))
        units = {each.unit for each in told}
        return (
            Quantity(value=sum((each.value for each in told), Decimal(0)), unit=units.pop())
            if len(units) == 1
            else None
        )

    @property
    def is_said(self) -> bool:
        """Whether somebody says how much it is: what people state answers for uses that do not."""
        return bool(self._stated or (self.told.get(ToldBy.use) and not self.silent))

    @property
    def _stated(self) -> list[Quantity]:
        return [*self.told.get(ToldBy.link, ()), *self.told.get(ToldBy.input, ())]

    def amount(self, unit: str) -> Fraction | None:
        """How much it is; None where nobody says it, or in a unit that does not convert."""
        told = self._stated or self.told.get(ToldBy.use, ())
        return self.at_least(unit) if self.is_said and total(told, unit) is not None else None

    def at_least(self, unit: str) -> Fraction:
        """What it is beyond doubt, whatever else is told."""
        return max(_convertible(self.told.get(by, ()), unit) for by in ToldBy)

    def by_links(self, unit: str) -> Fraction:
        """What edges say, as far as that converts."""
        return _convertible(self.told.get(ToldBy.link, ()), unit)


@dataclass(frozen=True, slots=True)
class Portion:
    """So much of a parent for one child, beside what went elsewhere."""

    parent: StatedColumns
    quantity: Quantity
    gone: Sequence[Gone] = ()
    child_id: UUID | None = None
    by: ToldBy = ToldBy.link

    def check(self) -> None:
        """Raises RuleViolated for more than is left of the parent, or where nobody can tell how much that is."""
        made, number, asked = self.parent.actual, self.parent.number, self.quantity
        if self.parent.state not in MADE or made is None:
            raise RuleViolated(f"{number}: nobody stated how much was made: complete it with its actual_quantity first")
        own = [each for each in self.gone if each.child_id is not None and each.child_id == self.child_id]
        others = [each for each in self.gone if each.child_id is None or each.child_id != self.child_id]
        wanted = exactly(asked, made.unit)
        # Of what is told to have gone into this one, and no edge states, it may be said how much: no more goes by that.
        is_named = any(not each.told.get(ToldBy.link) for each in own)
        unknown = [] if is_named else [each for each in others if each.amount(made.unit) is None]
        if wanted is None or any(each.is_said for each in unknown):
            raise RuleViolated(f"{number} was made in {made.unit}, and not all that went out of it converts to that")
        if unknown:
            raise RuleViolated(f"{number}: {_UNKNOWN}", fields=[_FIELDS[self.by]])
        beside = [each.by_links(made.unit) for each in own] if self.by == ToldBy.link else []
        out = [*beside, *(each.at_least(made.unit) for each in others)]
        left = max(Fraction(made.value) - sum(out, Fraction(0)), Fraction(0))
        if wanted > left:
            less = f"{number}: of {made.value} {made.unit} {text_of(left)} are left"
            raise RuleViolated(f"{less}, and {asked.value} {asked.unit} is more than that", fields=[_FIELDS[self.by]])


@dataclass(frozen=True, slots=True)
class Exceeded:
    """A batch of which more is told to have gone into others than was made."""

    batch: StatedColumns
    made: Quantity
    total: Fraction
    and_more: bool
    """Some went, too, of which nobody says how much."""

    @classmethod
    def of(cls, batch: StatedColumns, gone: Sequence[Gone]) -> Self | None:
        """None where no more is told, or nobody says how much was made."""
        if (made := batch.actual) is None or batch.state not in MADE:
            return None
        out = sum((each.at_least(made.unit) for each in gone), Fraction(0))
        more = any(each.amount(made.unit) is None for each in gone)
        if out < made.value or (out == made.value and not more):
            return None
        return cls(batch, made, out, more)

    @property
    def text(self) -> str:
        """In words."""
        name, made = f"{self.batch.material} {self.batch.number}", f"{self.made.value} {self.made.unit}"
        out = f"{text_of(self.total)} {self.made.unit}{' and more' if self.and_more else ''}"
        return f"{name}: {made} were made, and {out} are told to have gone into batches"


_FIELDS: Final = {ToldBy.link: "parents", ToldBy.input: "inputs"}
_UNKNOWN: Final = (
    "it is an input of batches, or was used in them, and nobody said how much of it, so that what is left is unknown: "
    "state the quantity that went into each of these first (parents, kind consumed)"
)


def by_parent(rows: Iterable[Mapping[str, Any]]) -> dict[UUID, list[Gone]]:
    """What is told of each parent, batch by batch, also of those that who asks may not know."""
    pairs: defaultdict[tuple[UUID, int], list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        pairs[row["parent_id"], row["nth_child"]].append(row)
    found: defaultdict[UUID, list[Gone]] = defaultdict(list)
    for (parent_id, _), of_one in pairs.items():
        found[parent_id].append(Gone.into(of_one[0]["child_id"], of_one))
    return found


def exactly(quantity: Quantity, unit: str) -> Fraction | None:
    """The amount in another unit; None where no exact rule leads there. The same unit may be any."""
    found = converted(quantity.value, quantity.unit, unit)
    return None if found is None else Fraction(found)


def total(quantities: Iterable[Quantity], unit: str) -> Fraction | None:
    """All of them together; None where one does not convert."""
    amounts = [exactly(each, unit) for each in quantities]
    return None if None in amounts else sum(filter(None, amounts), Fraction(0))


def _convertible(quantities: Iterable[Quantity], unit: str) -> Fraction:
    return sum(filter(None, (exactly(each, unit) for each in quantities)), Fraction(0))


def text_of(amount: Fraction) -> str:
    """A number as people read it; of one that has no end so many digits that another one is told from it."""
    return f"{Decimal(amount.numerator) / Decimal(amount.denominator):.9f}".rstrip("0").rstrip(".")
