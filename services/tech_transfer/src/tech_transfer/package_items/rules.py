"""What is usual for a package, and how complete one is: pure rules (WHO TRS 1044 annex 4, 7)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final, Protocol

from contracts.tech_transfer import TransferKind
from contracts.transfer_packages import PackageCategory as Category
from runtime.problems import RuleViolated
from tech_transfer.package_items.terms import ItemState

_OF_METHODS: Final = (
    *(Category.quality_attributes, Category.methods, Category.validation_reports, Category.specifications),
    *(Category.stability, Category.safety, Category.lessons),
)
_OF_PACKAGING: Final = (
    *(Category.process_description, Category.flow_diagram, Category.batch_record, Category.equipment),
    *(Category.specifications, Category.regulatory_filings, Category.cleaning, Category.materials),
    *(Category.packaging, Category.lessons),
)
STANDARD: Final[Mapping[TransferKind, Sequence[Category]]] = {
    TransferKind.process: tuple(each for each in Category if each != Category.methods),
    TransferKind.analytical: _OF_METHODS,
    TransferKind.process_and_analytical: tuple(Category),
    TransferKind.packaging: _OF_PACKAGING,
}
"""What each kind of transfer hands over at the least: one mandatory item of each category."""
_PLACES: Final = Decimal("0.0001")


class Counted(Protocol):
    """What of an item is counted."""

    category: Category
    mandatory: bool
    state: ItemState


@dataclass(frozen=True, slots=True)
class Count:
    """So many of what is asked for."""

    mandatory: int
    waived: int
    accepted: int

    @property
    def missing(self) -> int:
        """Those that are neither accepted nor waived."""
        return self.mandatory - self.waived - self.accepted

    @property
    def completeness(self) -> Decimal | None:
        """Accepted by mandatory without waived, rounded down; None where nothing is left to ask for."""
        asked = self.mandatory - self.waived
        return (Decimal(self.accepted) / asked).quantize(_PLACES, ROUND_DOWN) if asked else None


def counted(items: Iterable[Counted]) -> Count:
    """What of these is mandatory, and how far that has come. Nothing of a package that is closed counts."""
    asked = [each for each in items if each.mandatory and each.state != ItemState.closed]
    of_state = [each.state for each in asked]
    return Count(len(asked), of_state.count(ItemState.waived), of_state.count(ItemState.accepted))


def by_category(items: Sequence[Counted]) -> dict[Category, Count]:
    """The count of each category of which something is mandatory, in the order of the categories."""
    counts = {category: counted(each for each in items if each.category == category) for category in Category}
    return {category: count for category, count in counts.items() if count.mandatory}


def missing_of_standard(kind: TransferKind, items: Iterable[Counted]) -> list[Category]:
    """The categories that are usual for a kind of transfer, and of which nothing mandatory is listed."""
    listed = {each.category for each in items if each.mandatory}
    return [category for category in STANDARD[kind] if category not in listed]


def refuse_same(number: str, version: str, digest: str, last: tuple[str | None, str | None]) -> None:
    """Raise RuleViolated where a document is the one that was provided last, by its name or by what is in it."""
    if version == last[0]:
        why = (
            f"document_version: {number} was provided as version {version} already: give a changed one a newer version"
        )
        raise RuleViolated(why, fields=["document_version"])
    if digest == last[1]:
        why = f"digest: version {version} is, letter by letter, version {last[0]}, which was provided for {number}"
        raise RuleViolated(f"{why}: provide the document that was changed", fields=["digest"])
