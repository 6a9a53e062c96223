"""An invented quality agreement with a maker in Ljubljana, for the tests of obligations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracting.obligations.judging import Case, Places, Reclassified
from contracting.obligations.moments import Known
from contracting.obligations.terms import Coverage, Terms
from contracting.obligations.told import TOLD
from contracts import Fact
from contracts.clock import standing_at
from contracts.contracting import AgreementKind, ClauseKind
from contracts.quality_events import DeviationRaised
from gxp.clocks import Unit

LJUBLJANA: Final = ZoneInfo("Europe/Ljubljana")
PARTNER, SITE, PRODUCT, AGREEMENT, SUBJECT = (UUID(int=each) for each in range(1, 6))
PLACES: Final = Places(site=LJUBLJANA, sponsor=LJUBLJANA)
LATER: Final = datetime(2027, 3, 1, tzinfo=UTC)
FIRST: Final = {"version": 1, "effective_from": date(2025, 6, 1), "effective_to": date(2026, 12, 31)}
SECOND: Final = {"version": 2, "effective_from": date(2027, 1, 1), "effective_to": date(2028, 12, 31)}


def terms(**given: Any) -> Terms:
    """A clause that the partner tells of a deviation within 24 hours, or 72; with what is given otherwise."""
    usual: Mapping[str, Any] = {
        "agreement_id": AGREEMENT,
        "agreement": "AGR-2026-1",
        "agreement_kind": AgreementKind.quality,
        "code": "notify_deviation",
        "kind": ClauseKind.deadline,
        "amounts": {"critical": 24, "major": 72},
        "unit": Unit.hours,
        "start": "Deviation.partner_aware_at",
        "end": "Deviation.sponsor_aware_at",
        "version_site_ids": (SITE,),
        **FIRST,
    }
    return Terms(**{**usual, **given})


NOTIFY: Final = (terms(), terms(amounts={"critical": 36, "major": 48}, **SECOND))
"""As the first version says it, and as the second does, from new year on."""


def coverage(**given: Any) -> Coverage:
    """That the agreement covers the site."""
    usual = {"agreement_id": AGREEMENT, "agreement": "AGR-2026-1", "agreement_kind": AgreementKind.quality}
    return Coverage(**{**usual, "site_ids": (SITE,), **FIRST, **given})


def at(text: str) -> datetime:
    """An instant of 2026 or 2027, written with its offset."""
    return datetime.fromisoformat(text)


def case(start: str | None, end: str | None, class_: str | None = None, *raised: tuple[str, str], **more: Any) -> Case:
    """What is known of a subject; ``raised`` are instants with the classes that it got."""
    return Case(
        start=Known(at(start)) if start else None,
        end=Known(at(end)) if end else None,
        first_class=class_,
        reclassified=[Reclassified(at(instant), to) for instant, to in raised],
        **more,
    )


@dataclass(frozen=True)
class KeptFact:
    """A fact as the service keeps it."""

    id: UUID
    sequence: int
    said: Mapping[str, Any]


def kept(*facts: Fact) -> list[KeptFact]:
    """Facts of one subject in the order in which they were told."""
    return [KeptFact(UUID(int=1000 + place), place, TOLD[type(fact)][2](fact)) for place, fact in enumerate(facts, 1)]


def told(model: type[Fact], **said: Any) -> Fact:
    """A fact, told when all of these tests lie behind: no fact is of the future."""
    with standing_at(LATER):
        return model(**said)


def deviation(model: type[Fact], aware: str, happened: str, **said: Any) -> Fact:
    """A fact about the deviation of which a partner was aware at an instant."""
    of = {"deviation_id": SUBJECT, "number": "DEV-2026-1", "site_id": SITE, "partner_id": PARTNER}
    usual = {**of, "product_id": PRODUCT, "partner_aware_at": at(aware), "occurred_at": at(happened)}
    return told(model, **{**usual, **said})


def raised(aware: str, told: str, class_: str | None = "critical", **said: Any) -> Fact:
    """The deviation was raised with a class, and the sponsor told at an instant."""
    more = {"title": "t", "category": "c", "proposed_classification": class_, "due_at": at(told)}
    return deviation(DeviationRaised, aware, aware, sponsor_aware_at=at(told), **{**more, **said})
