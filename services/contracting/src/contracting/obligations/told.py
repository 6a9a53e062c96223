"""What each fact of another service says of a subject that clauses speak of: whose it is, moments, class, and its end.

Of a moment in ``FIRST_COUNTS`` what was told first counts, such as that a finding was answered; of any other what was
told last, such as when a partner became aware. Of a conclusion that is reopened the first one counts.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from contracts import Fact, Side
from contracts.audits import AuditPostponed, AuditScheduled, FindingRaised, FindingResponded
from contracts.batches import BatchRecordReceived, BatchRecordRevised, BatchTerminated
from contracts.changes import ChangeClassified, ChangeFact, ChangeImplemented, ChangeProposed, ChangeRefused
from contracts.partner_registry import RegulatoryInspectionAnnounced, RegulatoryInspectionRecorded
from contracts.quality_events import (
    BatchManufactured,
    DeviationAcknowledged,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationClosed,
    DeviationLinked,
    DeviationRaised,
    OosConcluded,
    OosLinked,
    OosNotified,
    OosOpened,
    OosReopened,
)


class SubjectType(StrEnum):
    """What clauses speak of, by the first part of their moments' names."""

    deviation = "Deviation"
    oos = "Oos"
    change = "Change"
    batch = "Batch"
    finding = "Finding"
    audit = "Audit"
    inspection = "Inspection"


Said = dict[str, Any]
"""``of``: whose it is; ``at``: moments by name; ``reopened``: moments that were not the last word; ``class``, and since
when; ``void``: why nothing is owed, by the start of the clauses that it is said of, or under "" of all; ``unless``: the
moment that, once told, makes that untrue."""
FIRST_COUNTS: Final = frozenset(
    {
        *("Deviation.acknowledged_at", "Oos.notified_at", "Oos.concluded_at", "Change.classified_at"),
        *("Change.implemented_at", "Batch.record_complete_at", "Finding.responded_at"),
        *("Finding.raised_at", "Audit.asked_at", "Audit.confirmed_at"),
    }
)
PLANNED: Final[Mapping[str, str]] = {"Change.implemented_at": "Change.planned_on"}
"""By the moment of an act the day on which it is planned."""
TELLS: Final[Mapping[str, tuple[str, ...]]] = {
    SubjectType.deviation: ("partner_aware_at", "sponsor_aware_at", "acknowledged_at", "closed_at"),
    SubjectType.oos: ("opened_at", "notified_at", "concluded_at"),
    SubjectType.change: ("announced_at", "proposed_at", "classified_at", "implemented_at"),
    SubjectType.batch: ("completed_at", "record_complete_at"),
    SubjectType.finding: ("raised_at", "responded_at"),
    SubjectType.audit: ("asked_at", "confirmed_at"),
    SubjectType.inspection: ("announced_at", "told_sponsor_at"),
}
"""By subject the moments that facts tell today, in the order in which they come."""
MOMENTS: Final = frozenset(f"{subject}.{each}" for subject, moments in TELLS.items() for each in moments)
"""Their names in clauses: one that names another moment waits for its fact."""


def _of(fact: Any, number: str | None = None) -> Said:
    names = ("partner_id", "site_id", "product_id", "number", "historic")
    said: Said = fact.model_dump(mode="json", include={*names})
    return {"historic": False, "product_id": None, "number": number} | said


def _written(fact: Fact, *names: str) -> Said:
    said: Said = fact.model_dump(mode="json", include={*names})
    return said


def _deviation(fact: Any) -> Said:
    at = _written(fact, "partner_aware_at", "sponsor_aware_at", "closed_at")
    said: Said = {"of": _of(fact), "at": {f"Deviation.{name}": at for name, at in at.items() if at}}
    if isinstance(fact, DeviationRaised):
        said |= {"class": fact.proposed_classification}
    if isinstance(fact, DeviationClassified):
        said |= {"class": fact.classification, "class_at": _happened(fact)}
    if isinstance(fact, DeviationAcknowledged):
        said["at"]["Deviation.acknowledged_at"] = _happened(fact)
    if isinstance(fact, DeviationClosed):
        said["at"]["Deviation.closed_at"] = _happened(fact)
    if isinstance(fact, DeviationCancelled) or getattr(fact, "cancelled", False):
        said |= {"void": {"": "the deviation was cancelled"}}
    return said


def _happened(fact: Fact) -> str:
    return str(_written(fact, "occurred_at")["occurred_at"])


def _oos(fact: Any) -> Said:
    of = {"partner_id": str(fact.laboratory_partner_id), "site_id": str(fact.laboratory_site_id)}
    of |= {"product_id": fact.lot.product_id and str(fact.lot.product_id)}
    at = _written(fact, "opened_at", "notified_at", "concluded_at")
    said: Said = {"of": _of(fact) | of, "at": {f"Oos.{name}": at for name, at in at.items() if at}}
    if isinstance(fact, OosConcluded):
        said["at"]["Oos.concluded_at"] = _happened(fact)
    if isinstance(fact, OosReopened):
        said["reopened"] = ["Oos.concluded_at"]
    return said


def _change(fact: ChangeFact) -> Said:
    one = len(fact.product_ids) == 1
    of = _of(fact) | {"product_id": str(fact.product_ids[0]) if one else None}
    said = _written(fact, "told_at", "effective_from")
    told = said["told_at"]
    at = {"Change.announced_at": told, "Change.proposed_at": told, "Change.planned_on": said["effective_from"]}
    void, unless = {}, {}
    if fact.proposed_side is Side.sponsor:
        void = {"Change.announced_at": "the sponsor proposed the change itself"}
    elif isinstance(fact, ChangeRefused):  # of one that was made all the same it says nothing
        void = {"Change.announced_at": "the change was refused, and nobody makes it"}
        unless = {"unless": "Change.implemented_at"}
    class_at = {}
    if isinstance(fact, ChangeClassified):
        class_at = {"class_at": _happened(fact)}
        at["Change.classified_at"] = _happened(fact)
    if isinstance(fact, ChangeImplemented):
        started = _written(fact, "first_lot_started_at")["first_lot_started_at"]
        at["Change.implemented_at"] = started or _happened(fact)
    return {"of": of, "at": at, "void": void, "class": fact.classification, **unless, **class_at}


def _batch(fact: Any) -> Said:
    lot = fact.lot
    of = {"partner_id": str(lot.partner_id), "site_id": str(lot.site_id), "number": lot.number}
    of |= {"product_id": lot.product_id and str(lot.product_id), "historic": False}
    said: Said = {"of": of, "at": {}}
    if isinstance(fact, BatchManufactured):
        said["at"]["Batch.completed_at"] = _written(fact, "completed_at")["completed_at"] or _happened(fact)
    if isinstance(fact, BatchRecordReceived | BatchRecordRevised) and fact.record_complete:
        said["at"]["Batch.record_complete_at"] = _happened(fact)
    if isinstance(fact, BatchTerminated):
        said["void"] = {"": "the making of the batch was given up"}
    return said


def _finding(fact: Any) -> Said:
    name = "raised_at" if isinstance(fact, FindingRaised) else "responded_at"
    return {"of": _of(fact), "at": {f"Finding.{name}": _happened(fact)}, "class": fact.classification}


def _audit(fact: Any) -> Said:
    """A day that was planned anew is asked for again; that the first one was confirmed stays what it was."""
    name = "confirmed_at" if getattr(fact, "confirmed", False) else "asked_at"
    return {"of": _of(fact), "at": {f"Audit.{name}": _happened(fact)}}


def _inspection(fact: Any) -> Said:
    at = _written(fact, "announced_at", "told_sponsor_at")
    return {"of": _of(fact), "at": {f"Inspection.{name}": each for name, each in at.items()}}


_Told = tuple[SubjectType, str, Callable[[Any], Said]]
_DEVIATION: Final[_Told] = (SubjectType.deviation, "deviation_id", _deviation)
_OOS: Final[_Told] = (SubjectType.oos, "investigation_id", _oos)
_CHANGE: Final[_Told] = (SubjectType.change, "change_id", _change)
_BATCH: Final[_Told] = (SubjectType.batch, "batch_id", _batch)
_FINDING: Final[_Told] = (SubjectType.finding, "finding_id", _finding)
_AUDIT: Final[_Told] = (SubjectType.audit, "audit_id", _audit)
_INSPECTION: Final[_Told] = (SubjectType.inspection, "inspection_id", _inspection)
TOLD: Final[Mapping[type[Fact], _Told]] = {
    **dict.fromkeys((DeviationRaised, DeviationAmended, DeviationLinked, DeviationClassified), _DEVIATION),
    **dict.fromkeys((DeviationAcknowledged, DeviationClosed, DeviationCancelled), _DEVIATION),
    **dict.fromkeys((OosOpened, OosNotified, OosLinked, OosConcluded, OosReopened), _OOS),
    **dict.fromkeys((ChangeProposed, ChangeClassified, ChangeImplemented, ChangeRefused), _CHANGE),
    **dict.fromkeys((BatchManufactured, BatchRecordReceived, BatchRecordRevised, BatchTerminated), _BATCH),
    **dict.fromkeys((FindingRaised, FindingResponded), _FINDING),
    **dict.fromkeys((AuditScheduled, AuditPostponed), _AUDIT),
    **dict.fromkeys((RegulatoryInspectionAnnounced, RegulatoryInspectionRecorded), _INSPECTION),
}
"""By fact: of what kind of subject it tells, which of its fields is the subject's id, and what it says."""
