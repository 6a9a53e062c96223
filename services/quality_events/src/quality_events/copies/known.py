"""Facts of other services that a release rests on, each kept once and as it was told.

What holds on a day is worked out from all of them when it is asked: so it is the same in whatever order they came, and
however often.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from contracts import Fact, Recorded, clock
from contracts.certifying import MutualRecognitionChanged, QpCapacityChanged
from contracts.data_integrity import DataIntegrityFlagged
from contracts.laboratory_orders import TestOrdered
from contracts.partner_registry import (
    PartnerStatusChanged,
    ProductRegistered,
    RegulatoryInspectionRecorded,
    SiteRegistered,
)
from contracts.partner_work import DecidedWork, PartnerWorkDecided
from contracts.qualifications import SiteQualificationChanged
from contracts.registrations import RegistrationChanged
from contracts.sample_tracking import (
    EvaluatedResult,
    Evaluation,
    ResultApproved,
    ResultInterpreted,
    ResultsReported,
    SpecificationApproved,
    SpecificationEffective,
    SpecificationFact,
)
from contracts.sites import SiteTransferred
from gxp.evaluation import GRAVITY
from quality_events.batches.aliases import told_of_batches
from quality_events.batches.locking import LOCK_LOTS, beside_decisions
from quality_events.batches.statements import among_others
from quality_events.metadata import INSTANT, Table
from runtime import bulk, handled
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from serving.canonical import sha256

GROUP: Final = "known"
"""The group of the handlers: a service that begins to keep them is given the whole history."""
AGAIN: Final[Mapping[type[Fact], str]] = {ResultsReported: "known-specifications"}
"""The groups of those of which a later release keeps more: it is given their history once more."""
RECOGNITION: Final = "mutual_recognition"
"""What every row of mutual recognition is about."""


class KnownFact(Table, table=True):
    """What one fact says of what it is about: a site, a product, a lot, a person's login."""

    __tablename__ = "known_fact"

    id: UUID = Field(primary_key=True)
    """The event's."""
    kind: str
    about: str
    key: str
    sequence: int
    """Of two facts with one key the higher one was told later."""
    recorded_at: datetime = Field(sa_type=INSTANT)
    received_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When it came here first; none of what was here before that was kept."""
    said: dict[str, Any] = Field(sa_type=JSONB)


def _results(fact: ResultsReported) -> dict[str, Any]:
    names = {
        *("result_id", "test", "role", "evaluation", "unjudged", "supersedes", "superseded_by", "voided"),
        *("reportable", "not_reportable", "value", "text", "unit", "qualifier", "below_quantitation", "stability"),
        *("amended_by", "amendment_reason", "pending"),
    }
    said = fact.model_dump(mode="json", include={"stage", "laboratory_site_id", "laboratory_partner_id", "occurred_at"})
    results = [
        each.model_dump(mode="json", include=names, exclude_defaults=True) | _named(each) | _held_against(each)
        for each in fact.results
    ]
    return said | {"results": results}


def _named(result: EvaluatedResult) -> dict[str, str]:
    """As which test it counts: as quality read it, which then is not what its laboratory calls it."""
    read = result.read_as
    return {"test": read, "reported_as": result.test} if read else {"test": result.test}


def _held_against(result: EvaluatedResult) -> dict[str, dict[str, str]]:
    """The gravest verdict for each market, that for every market under "", of old revisions and of later ones; and the
    gravest by each of these."""
    given = (*result.evaluations, *result.evaluated_against)
    return {
        "verdicts": _gravest((each.market or "", each.verdict) for each in given),
        "by_specification": _gravest((str(each.specification_id), each.verdict) for each in given),
    }


def _gravest(verdicts: Iterable[tuple[str, Evaluation]]) -> dict[str, str]:
    found: dict[str, Evaluation] = {}
    for name, verdict in verdicts:
        found[name] = min(found.get(name, verdict), verdict, key=GRAVITY.index)
    return {name: str(verdict) for name, verdict in sorted(found.items())}


def _decided(works: Iterable[DecidedWork]) -> dict[str, str]:
    """What becomes of each, by a digest: whoever judges a batch of it need not read which other work is open."""
    return {sha256(str(each.work_id)): each.decision.value for each in works}


def _specification(fact: SpecificationFact) -> dict[str, Any]:
    tests = [{"test": each.test, "stage": each.stage, "report_only": each.report_only} for each in fact.limits]
    said = fact.model_dump(mode="json", include=_OF_A_REVISION)
    return said | {"tests": tests}


_OF_A_REVISION: Final = {
    *("specification_id", "market", "revision", "occurred_at", "purpose", "effective_from", "applies_to")
}
_Kept = tuple[Callable[[Any], object], Callable[[Any], dict[str, Any]]]
KEPT: Final[Mapping[type[Fact], _Kept]] = {
    SiteRegistered: (lambda fact: fact.site_id, lambda fact: {"country": fact.country}),
    ProductRegistered: (lambda fact: fact.product_id, lambda fact: {"dosage_form": fact.dosage_form}),
    SiteQualificationChanged: (lambda fact: fact.site_id, lambda fact: fact.model_dump(mode="json")),
    SiteTransferred: (lambda fact: fact.site_id, lambda fact: fact.model_dump(mode="json")),
    PartnerStatusChanged: (
        lambda fact: fact.partner_id,
        lambda fact: {
            "at": fact.model_dump(mode="json")["occurred_at"],
            "after": str(fact.after),
            "decided": _decided(fact.decided_work),
        },
    ),
    PartnerWorkDecided: (lambda fact: fact.partner_id, lambda fact: {"decided": _decided(fact.decided_work)}),
    # An order is between the sponsor and its laboratory: here is whether it is one of which something was decided.
    TestOrdered: (
        lambda fact: fact.lot.id,
        lambda fact: {"work": sha256(str(fact.order_id)), "laboratory_site_id": str(fact.laboratory_site_id)},
    ),
    RegistrationChanged: (lambda fact: fact.product_id, lambda fact: fact.model_dump(mode="json")),
    # What inspectors noted asks for holds, and is no ground of readiness: the authority decides what it means.
    RegulatoryInspectionRecorded: (lambda fact: fact.site_id, lambda fact: fact.model_dump(mode="json")),
    QpCapacityChanged: (lambda fact: fact.subject, lambda fact: fact.model_dump(mode="json")),
    MutualRecognitionChanged: (lambda _: RECOGNITION, lambda fact: fact.model_dump(mode="json")),
    SpecificationApproved: (lambda fact: fact.product_id, _specification),
    SpecificationEffective: (lambda fact: fact.product_id, _specification),
    ResultsReported: (lambda fact: fact.lot.id, _results),
    ResultApproved: (lambda fact: fact.lot.id, lambda fact: {"result_id": str(fact.result_id)}),
    ResultInterpreted: (
        lambda fact: fact.lot.id,
        lambda fact: fact.model_dump(mode="json", include={"result_id", "evaluation"}),
    ),
    # Not by which rule: that is the laboratory's and the sponsor's, and a maker judges its readiness by all of these.
    DataIntegrityFlagged: (
        lambda fact: fact.lot.id,
        lambda fact: fact.model_dump(mode="json", include={"flag_id", "result_id", "test", "state"}),
    ),
}
"""By which each is found, and what of it is kept."""
HANDLERS: Final = [(fact, AGAIN.get(fact, GROUP)) for fact in KEPT]
"""Each with the group of its handler."""
_ANYWHERE: Final = (
    *(SiteQualificationChanged, RegistrationChanged, SiteTransferred, PartnerStatusChanged, PartnerWorkDecided),
)
"""What a decision of any batch may rest on."""


def row_of(recorded: Recorded[Any]) -> dict[str, Any]:
    """What is kept of a fact."""
    about, said = KEPT[type(recorded.fact)]
    return {
        "id": recorded.id,
        "kind": type(recorded.fact).__name__,
        "about": str(about(recorded.fact)),
        "key": recorded.key,
        "sequence": recorded.sequence,
        "recorded_at": recorded.time,
        "received_at": clock.now(),
        "said": said(recorded.fact),
    }


async def keep(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """Keep facts; one that is known says what this release keeps of it.

    What is told of a lot waits for a decision of its batch that is being taken: it came after that, or was seen by it.
    So does what is told of partners, sites and registrations, for every decision.
    """
    if any(hasattr(recorded.fact, "lot") for recorded in facts):
        facts = await told_of_batches(work, facts)
    if any(isinstance(recorded.fact, _ANYWHERE) for recorded in facts):
        await beside_decisions(work)
    against = ResultsReported | DataIntegrityFlagged
    lots = [recorded.fact.lot.id for recorded in facts if isinstance(recorded.fact, against)]
    if lots:
        await among_others(work)
        await work.connection.execute(LOCK_LOTS, lots)
    await bulk.insert(work, KnownFact, map(row_of, facts), "ON CONFLICT (id) DO UPDATE SET said = excluded.said")


def keep_known(subscriptions: Subscriptions) -> None:
    """Let the service keep them."""
    for fact, group in HANDLERS:
        subscriptions.on_batch(fact, group)(keep)


async def unread(work: Work, *facts: type[Fact]) -> list[str]:
    """Topics, or types of facts, that are read once more, so that the newest may not be known yet: of some facts that
    are kept, or where none is named, of all that the service hears."""
    handlers = [each for each in HANDLERS if not facts or each[0] in facts]
    return await handled.unread(work, *handlers, everywhere=not facts)
