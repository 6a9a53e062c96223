"""Facts of quality_events about recalls (21 CFR 7.40 to 7.59; EU GMP 8.20 to 8.30), to each maker of its own lots."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, fact
from contracts.vocabulary import Lot, Quantity


class RecallClass(StrEnum):
    """How grave the hazard is (21 CFR 7.3(m); EU rapid alert procedure)."""

    I = "I"  # noqa: E741
    """Use may cause serious harm or death."""
    II = "II"
    """Use may cause harm that passes, or serious harm is remote."""
    III = "III"
    """Use is not likely to cause harm."""


class RecallDepth(StrEnum):
    """How far down the distribution it goes (21 CFR 7.42(b)(1))."""

    wholesale = "wholesale"
    retail = "retail"
    consumer = "consumer"


class RecallFact(Fact):
    """What every fact about a maker's part of a recall carries. Why it is recalled stays with the sponsor."""

    recall_part_id: UUID
    number: str
    """That of the recall, which may have parts of other makers."""
    partner_id: UUID
    mock: bool
    """An exercise: nothing is brought back."""
    classification: RecallClass
    depth: RecallDepth
    markets: tuple[str, ...]
    """ISO 3166-1 alpha-2."""
    lots: tuple[Lot, ...]
    """All of this maker's, with those that the first ones went into."""


@fact("io.entente.RecallStarted.v1", topic="quality-events.recall-part", key="recall_part_id")
class RecallStarted(RecallFact):
    """Lots of a maker are recalled. It is told again, with all lots, when a further child of them becomes known."""


@fact("io.entente.RecallClosed.v1", topic="quality-events.recall-part", key="recall_part_id")
class RecallClosed(RecallFact):
    """A recall is over: what came back was reconciled with what was distributed."""

    recovered: tuple[Quantity, ...]
    """Of this maker's lots together, one for each unit; nothing of an exercise."""
