"""Which facts hold a site's risk up until it is assessed anew: one table, a line for each kind of fact."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from contracts import Fact, audits, contract_of
from contracts import partner_registry as facts
from contracts.audits import AuditOutcome, FindingArea, FindingClass
from contracts.data_integrity import DataIntegrityFlagged, FlagState
from contracts.oversight import OutsideEventKind
from contracts.oversight import RiskBand as Band
from contracts.oversight import RiskDimension as Dimension
from contracts.partner_registry import InspectionOutcome, LetterKind
from contracts.quality_events import CapaClosed
from contracts.recalls import RecallClass, RecallStarted
from contracts.sites import LineShared, SiteClosed, SubSupplierUsed
from gxp import calendars
from gxp.clocks import Unit, due_at

WORKING_DAYS: Final = 10
"""Within which a reassessment is signed after a fact that asks for one."""
URGENT_WORKING_DAYS: Final = 5
"""After an official action indicated, or a statement of non-compliance."""


class Floor(NamedTuple):
    """At least which band a dimension has, and within how many working days it is assessed anew."""

    dimension: Dimension
    band: Band
    working_days: int = WORKING_DAYS
    for_cause: bool = False
    """Whether it is one after which a site is audited for cause."""


def _for_cause(band: Band) -> Floor:
    return Floor(Dimension.regulatory, band, URGENT_WORKING_DAYS, for_cause=True)


OUTCOMES: Final[Mapping[str, Floor]] = {
    InspectionOutcome.oai: _for_cause(Band.high),
    InspectionOutcome.non_compliant: _for_cause(Band.critical),
}
LETTERS: Final[Mapping[str, Floor]] = {
    LetterKind.warning_letter: Floor(Dimension.regulatory, Band.high),
    LetterKind.import_alert: Floor(Dimension.regulatory, Band.critical),
    LetterKind.snc: _for_cause(Band.critical),
}
WITHDRAWN: Final = Floor(Dimension.regulatory, Band.critical)
NON_COMPLIANCE: Final = _for_cause(Band.critical)
EXPIRED: Final = Floor(Dimension.regulatory, Band.medium)
UNACCEPTABLE: Final = Floor(Dimension.regulatory, Band.high)
CRITICAL: Final = Floor(Dimension.quality, Band.high)
CRITICAL_ON_DATA: Final = Floor(Dimension.data_integrity, Band.critical, for_cause=True)
FALSIFIED: Final = Floor(Dimension.data_integrity, Band.high)
"""After somebody of the sponsor confirmed that a laboratory's data are not what they are said to be."""
RECALLS: Final[Mapping[RecallClass, Floor]] = {
    RecallClass.I: Floor(Dimension.quality, Band.high, for_cause=True),
    RecallClass.II: Floor(Dimension.quality, Band.high, for_cause=True),
    RecallClass.III: Floor(Dimension.quality, Band.medium),
}
WITHOUT_EFFECT: Final = Floor(Dimension.quality, Band.medium)
"""After the third CAPA for the same cause that had none."""
_SUPPLY: Final = (Floor(Dimension.capacity, Band.high), Floor(Dimension.continuity, Band.high))
CLOSING: Final = _SUPPLY
"""From the announcement of a site's closing on."""
SHARED: Final = Floor(Dimension.quality, Band.medium)
"""After a line begins to share with what is to be kept apart."""
WITHOUT_CONSENT: Final = Floor(Dimension.regulatory, Band.medium)
"""After the use of a sub-supplier to which no consent is on record; of consents no fact tells here."""
OVERDUE_AGAIN: Final = Floor(Dimension.quality, Band.medium)
"""After a finding that is not answered in time, where it is not the site's first."""
OWNERSHIP: Final = (Floor(Dimension.financial, Band.medium), Floor(Dimension.continuity, Band.medium))
"""After another company owns the partner: at each of its sites."""

STAYED_OPEN: Final = Floor(Dimension.quality, Band.medium)
"""After a CAPA that stayed open for too long behind its due date."""
NOTIFIED: Final = Floor(Dimension.quality, Band.high)
"""After something of which an authority is to be notified."""
_COUNTRY: Final = (Floor(Dimension.geographic, Band.high),)
OUTSIDE: Final[Mapping[OutsideEventKind, Sequence[Floor]]] = {
    OutsideEventKind.insolvency_notice: (
        Floor(Dimension.financial, Band.critical),
        Floor(Dimension.continuity, Band.critical),
    ),
    OutsideEventKind.rating_cut: (Floor(Dimension.financial, Band.medium), Floor(Dimension.continuity, Band.medium)),
    OutsideEventKind.sanctions: _COUNTRY,
    OutsideEventKind.export_ban: _COUNTRY,
    OutsideEventKind.force_majeure: _COUNTRY,
    OutsideEventKind.capacity_gap: _SUPPLY,
}
"""After what happened outside of our records, as somebody wrote it down."""

Causes = Iterator[tuple[str, Floor]]
"""What happened, in words that are the same however often it is told, and what follows."""


def _classified(fact: facts.RegulatoryInspectionClassified) -> Causes:
    if fact.outcome and fact.outcome in OUTCOMES:
        yield f"{fact.outcome} of {fact.classified_on or 'no day that was told'}", OUTCOMES[fact.outcome]
    for each in fact.letters:
        if each.letter in LETTERS:
            yield f"{each.letter} {each.reference} of {each.issued_on}", LETTERS[each.letter]


def _withdrawn(fact: facts.CertificateWithdrawn) -> Causes:
    # One of which a part was taken back still stands for the rest.
    if fact.wholly or fact.non_compliance:
        why = "withdrawn, non-compliance stated" if fact.non_compliance else "withdrawn"
        yield f"{why} on {fact.effective_on}", NON_COMPLIANCE if fact.non_compliance else WITHDRAWN


def _expired(fact: facts.CertificateExpired) -> Causes:
    if not fact.followed:
        yield f"expired after {fact.ends_on}", EXPIRED


def _audited(fact: audits.AuditCompleted) -> Causes:
    if fact.outcome == AuditOutcome.unacceptable:
        yield f"unacceptable on {fact.conducted_on}", UNACCEPTABLE


def _found(fact: audits.FindingRaised) -> Causes:
    if fact.classification == FindingClass.critical:
        on_data = fact.area == FindingArea.data_integrity
        yield f"critical on {fact.area}", CRITICAL_ON_DATA if on_data else CRITICAL


def _recalled(fact: RecallStarted) -> Causes:
    if not fact.mock:
        yield f"recall of class {fact.classification}", RECALLS[fact.classification]


def _closed(fact: CapaClosed) -> Causes:
    if fact.escalate:
        yield f"had no effect in generation {fact.generation}", WITHOUT_EFFECT


def _closing(fact: SiteClosed) -> Causes:
    if fact.closing_on:
        yield from ((f"closes on {fact.closing_on}", floor) for floor in CLOSING)


def _shared(fact: LineShared) -> Causes:
    yield f"shares with {', '.join(fact.segregation)} from {fact.effective_on} on", SHARED


def _used(fact: SubSupplierUsed) -> Causes:
    if fact.ended_on is None:
        yield f"uses {fact.supplier} for {fact.purpose}, and no consent is on record", WITHOUT_CONSENT


def _flagged(fact: DataIntegrityFlagged) -> Causes:
    if fact.state == FlagState.confirmed:
        yield f"data integrity problem confirmed: {fact.rule}", FALSIFIED


CAUSES: Final[Mapping[type[Fact], Callable[[Any], Causes]]] = {
    facts.RegulatoryInspectionClassified: _classified,
    facts.CertificateWithdrawn: _withdrawn,
    facts.CertificateExpired: _expired,
    audits.AuditCompleted: _audited,
    audits.FindingRaised: _found,
    RecallStarted: _recalled,
    CapaClosed: _closed,
    SiteClosed: _closing,
    LineShared: _shared,
    SubSupplierUsed: _used,
    DataIntegrityFlagged: _flagged,
}
"""By the kind of fact what it means. Each names its ``site_id``, or its lots do, and its ``number``, or a test."""


def sites_of(fact: Any) -> Sequence[tuple[UUID, UUID]]:
    """The sites that a fact is about, in the order in which they are locked, each with the id that its floors follow.

    None where it is nobody's site: a CAPA of the sponsor's own.
    """
    record = getattr(fact, contract_of(type(fact)).key)
    if isinstance(fact, RecallStarted):
        return [(site, uuid5(record, str(site))) for site in sorted({lot.site_id for lot in fact.lots})]
    site_id = fact.laboratory_site_id if isinstance(fact, DataIntegrityFlagged) else fact.site_id
    return [(site_id, record)] if site_id else []


@dataclass(frozen=True, slots=True)
class Raised:
    """A floor that one fact set at a site."""

    id: UUID
    """The same whoever works it out: what is told anew raises nothing anew."""
    cause: str
    floor: Floor
    since: datetime = field(compare=False)
    """The fact's moment: it holds from the earliest that was told."""


def raised_by(fact: Any, record_id: UUID) -> Sequence[Raised]:
    """The floors that a fact about a record sets."""
    flagged = isinstance(fact, DataIntegrityFlagged)
    number = f"{fact.test} of lot {fact.lot.number}:" if flagged else fact.number
    return [
        Raised(uuid5(record_id, f"{cause} {floor.dimension}"), f"{number} {cause}", floor, fact.occurred_at)
        for cause, floor in CAUSES[type(fact)](fact)
    ]


def reassess_by(moment: datetime, working_days: int, zone: str, country: str) -> datetime:
    """The end of the last working day at the site on which the reassessment is in time."""
    return due_at(moment, working_days, Unit.working_days, zone=ZoneInfo(zone), calendar=calendars.of_country(country))
