"""New records of quality_events, as their own methods make them, without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from contracts import Lot, Side
from contracts.audits import AuditKind, AuditMode, FindingArea, FindingClass
from contracts.complaints import AuthorityRegime, ComplaintCategory, NotificationCause, NotificationKind
from contracts.impacts import ImpactCause
from contracts.out_of_trend import OotDetected, TrendBasis
from contracts.partner_feeds import ResultRole, TestStage
from contracts.recalls import RecallClass, RecallDepth
from contracts.sample_tracking import Evaluation, Limit, OosDetected
from gxp.calendars import named
from quality_events.audits.model import SiteAudit
from quality_events.audits.schemas import AuditorOfTeam, ReportedFinding
from quality_events.batches.model import Batch
from quality_events.batches.reported import ReportedRecord
from quality_events.batches.stages import Stage
from quality_events.batches.terms import Authority
from quality_events.capas.schemas import Effectiveness, PlannedAction
from quality_events.changes.model import Change
from quality_events.clocks import Sponsor
from quality_events.complaints.model import Complaint
from quality_events.deviations.linked import Event, LinkedKind
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import Report
from quality_events.excursions.model import ProcessExcursion
from quality_events.excursions.terms import Told as ExcursionTold
from quality_events.findings.model import AuditFinding
from quality_events.holds.model import BatchHold
from quality_events.impacts.model import DistributionImpact
from quality_events.notifications.model import AuthorityNotification
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oot_investigations.model import OotInvestigation
from quality_events.oot_investigations.terms import Told as TrendTold
from quality_events.product_reviews.model import ProductReview
from quality_events.recalls.model import Recall
from quality_events.stages.model import PartnerStage

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LOT = Lot(id=uuid4(), number="1", material="P", product_id=uuid4(), site_id=uuid4(), partner_id=uuid4())
RESULT, LABORATORY = uuid4(), uuid4()
STAGE = Stage(step="compression", site_id=LOT.site_id, started_at="2026-02")
ACTION = PlannedAction(owner="ana", description="new punches", due_on=NOW.date() + timedelta(30))
TARGET = Effectiveness(measure="stops a batch", target=Decimal(0), better="lower", sample=20)
TEAM = AuditorOfTeam(name="Mira", function="lead", subject="tom", independent=True)
FOUND = ReportedFinding(classification=FindingClass.minor, area=FindingArea.materials, clause="5.27", evidence="x")
NO_RETESTS: dict[str, Any] = {"retests": 0, "resamples": 0, "original_analyst": "Ana Novak"} | {
    "no_retests_reason": "the flask was weighed empty"
}
"""A plan of an investigation, as a body has it."""
SPONSOR = Sponsor(ZoneInfo("Europe/Vienna"), named("AT"))


def deviation() -> Deviation:
    """A new deviation."""
    return Deviation.report(report(1), "DEV-2026-00001")[0]


def investigation() -> OosInvestigation:
    """A new investigation."""
    limit = Limit(test="assay", stage=TestStage.release, lower=Decimal(95), unit="%", decimals=1)
    detected = OosDetected(
        result_id=uuid4(),
        lot=LOT,
        test="assay",
        stage=TestStage.release,
        role=ResultRole.original,
        value=Decimal("94.9"),
        text=None,
        unit="%",
        laboratory_site_id=uuid4(),
        laboratory_partner_id=uuid4(),
        specification_id=uuid4(),
        limit=limit,
        occurred_at="2026-03",
    )
    return OosInvestigation.open(
        detected, number="OOS-2026-00001", batches={}, zone="UTC", country="AT", recorded_at=NOW
    )[0]


def trend_told(sequence: int = 1, *, as_oos: bool = False, **more: Any) -> TrendTold:
    """What one fact tells of a result that is out of trend."""
    given: dict[str, Any] = {
        **{"result_id": RESULT, "lot": LOT, "test": "assay", "stage": TestStage.release, "unit": "%"},
        **{"value": Decimal("103.5"), "evaluation": Evaluation.passed, "basis": TrendBasis.release_lots},
        **{"lower": Decimal("98.1"), "upper": Decimal("101.9"), "points": 20, "holds": True, "occurred_at": "2026-02"},
        **{"laboratory_site_id": LABORATORY, "laboratory_partner_id": LABORATORY},
    }
    told_at = NOW + timedelta(sequence)
    detected = OotDetected(**given | more)
    return TrendTold(detected=detected, sequence=sequence, told_at=told_at, zone="UTC", as_oos=as_oos)


def trend() -> OotInvestigation:
    """A new investigation of a result that is out of trend."""
    return OotInvestigation.open("OOT-2026-00001", trend_told(), None)[0]


def hold() -> BatchHold:
    """A hold that the sponsor placed."""
    given: dict[str, Any] = {
        "number": "HOLD-2026-10001",
        "side": Side.sponsor,
        "markets": [],
        "reason": "x",
        "by": "qa",
    }
    return BatchHold.place(Batch.announce(LOT), **given, now=NOW)[0]


def partner_stage() -> PartnerStage:
    """A stage that the sponsor gave to another partner than the maker."""
    place = {"site_id": uuid4(), "partner_id": uuid4()}
    return PartnerStage.plan(Batch.announce(LOT), number="STG-2026-10001", step="packaging", planned=None, **place)


def excursion() -> ProcessExcursion:
    """An alarm of a press, as its system told it."""
    return ProcessExcursion.report("EXC-2026-10001", excursion_told())


def excursion_told(revision: int = 1, **more: Any) -> ExcursionTold:
    """What one revision of the source tells of it."""
    given: dict[str, Any] = {
        "lot": LOT,
        "batch_id": uuid4(),
        "told_at": NOW,
        "source": "feed/record/7",
        "source_revision": revision,
        "event_id": "7",
        "step": "compression",
        "kind": "Alarm",
        "text": "force above limit",
        "value": Decimal("31.5"),
        "limit": Decimal(30),
        "unit": "kN",
        "risk": None,
        "status": "Open",
        "occurred_at": "2026-03-02T10:00:00Z",
    }
    return ExcursionTold(**given | more)


def audit() -> SiteAudit:
    """An audit that is planned, with a team."""
    given: dict[str, Any] = {
        "number": "AUD-2026-10001",
        "site_id": LOT.site_id,
        "partner_id": LOT.partner_id,
        "kind": AuditKind.surveillance,
        "mode": AuditMode.on_site,
        "scope": "x",
        "planned_on": NOW.date(),
        "team": [TEAM.model_dump()],
    }
    return SiteAudit.plan(**given, now=NOW)[0]


def finding() -> AuditFinding:
    """A finding that was raised."""
    place: Any = {"zone": "UTC", "country": None, "sent_at": NOW}
    return AuditFinding.raise_at(audit(), number="FIND-2026-10001", **place, **FOUND.model_dump())[0]


def change() -> Change:
    """A change that the site proposed."""
    given: dict[str, Any] = {"number": "CHG-2026-10001", "title": "x", "description": "x", "proposed_side": Side.owner}
    about: dict[str, Any] = {
        "site_id": LOT.site_id,
        "product_ids": [LOT.product_id],
        "materials": ["P"],
        "partner_id": LOT.partner_id,
    }
    when: dict[str, Any] = {"told_at": NOW, "effective_from": NOW.date(), "proposed_by": "olaf"}
    return Change.propose(**given, **about, **when, now=NOW)[0]


def complaint() -> Complaint:
    """A suspected adverse event, of a lot that is not known yet."""
    given: dict[str, Any] = {"number": "CPL-2026-10001", "description": "x", "market": "DE"}
    given |= {"category": ComplaintCategory.adverse_event, "received_at": NOW, "first_aware_at": None}
    return Complaint.receive(SPONSOR, None, NOW, **given)[0]


def notification() -> AuthorityNotification:
    """A notification that is due."""
    given: dict[str, Any] = {"number": "NTF-2026-10001", "regime": AuthorityRegime.us, "market": "US"}
    given |= {"kind": NotificationKind.us_field_alert, "cause_type": NotificationCause.oos, "cause_id": uuid4()}
    return AuthorityNotification.open(NOW, aware_at=NOW, **given)[0]


def of_a_biologic() -> AuthorityNotification:
    """Of another kind, since longer than any."""
    other = notification()
    other.kind, other.aware_at = NotificationKind.us_biological_deviation, NOW - timedelta(90)
    return other


def report(revision: int) -> Report:
    return Report(
        title="x",
        category="y",
        site_id=LOT.site_id,
        partner_id=LOT.partner_id,
        occurred_at=NOW,
        partner_aware_at=NOW,
        sponsor_aware_at=NOW,
        zone="UTC",
        reporter="ana",
        batches={},
        revision=revision,
    )


def impact(**more: Any) -> DistributionImpact:
    """What a deviation means for a batch in Austria, that was released a week before."""
    given: dict[str, Any] = {"number": "IMP-2026-10001", "batch_id": uuid4(), "market": "AT"}
    given |= {"cause_type": ImpactCause.deviation, "cause_id": uuid4(), "sponsor_aware_at": NOW}
    released_at = more.pop("released_at", NOW - timedelta(7))
    return DistributionImpact.open(SPONSOR, released_at, NOW, **given | more)[0]


def product_review() -> ProductReview:
    """A review that quality opened for the first half of 2025."""
    given: dict[str, Any] = {"number": "PQR-2025-10001", "site_ids": [LOT.site_id], "material": LOT.material}
    given |= {"partner_id": LOT.partner_id, "product_id": LOT.product_id}
    period = {"period_from": date(2025, 1, 1), "period_to": date(2025, 6, 30)}
    return ProductReview.open(SPONSOR, "qa", NOW, **given, **period)[0]


def linkable(partner_id: UUID) -> Event:
    """A change of a partner that it sees."""
    whose = {"partners": [partner_id], "parties": [partner_id]}
    return Event(kind=LinkedKind.change, id=uuid4(), number="CHG-2026-00001", **whose)


def recall() -> Recall:
    """A recall that was proposed."""
    given: dict[str, Any] = {"mock": False, "batch_ids": [], "markets": [{"market": "AT", "regime": "eu_eea"}]}
    graded: dict[str, Any] = {"classification": RecallClass.II, "depth": RecallDepth.retail}
    return Recall(**given, **graded, number="RCL-2026-10001", cause="x", health_hazard="x", evaluated_by="eva")


def given_to(batch: Batch) -> tuple[ReportedRecord, list[ReportedRecord]]:
    """A version that the maker's system gave of its record, which nobody handed in, and all that it gave."""
    said: dict[str, Any] = {"record_version": "7", "digest": "7" * 64, "complete": True, "received_by": "mes"}
    about: dict[str, Any] = {"source": "mes", "revision": 7, "authority": Authority.maker, "received_at": NOW}
    version = ReportedRecord(
        id=uuid4(), batch_id=batch.id, changed_at=(NOW + timedelta(1)).isoformat(), **said, **about
    )
    return version, [version]
