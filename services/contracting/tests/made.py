"""Agreements and versions as rules are tried on them, without a database."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from contracting.agreement_drafts.model import AgreementDraft
from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.readiness import Latest, Missing, Surroundings, unmet
from contracting.agreement_versions.schemas import VersionPurpose
from contracting.agreement_versions.terms import AgreementTerms, Party
from contracting.agreements import timeline
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import OPEN
from contracts.contracting import AgreementKind

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PARTNER = UUID("019a4c2e-8f10-7c31-9a52-3b1f5d0e6a01")


def terms(**more: Any) -> AgreementTerms:
    """What a version says."""
    said: dict[str, Any] = {"title": "x", "sponsor_entity": "S", "partner_entity": "P", "governing_law": "AT"}
    return AgreementTerms.model_validate(said | {"effective_from": "2026-03-02"} | more)


def agreement(**more: Any) -> Agreement:
    """An agreement whose first version is put before the partner."""
    given: dict[str, Any] = {"number": "AGR-1", "kind": AgreementKind.quality, "title": "x"}
    return Agreement.prepare(PARTNER, **given | {"sponsor_entity": "S", "partner_entity": "P"} | more)


def version(
    kind: AgreementKind = AgreementKind.quality,
    version_number: int = 1,
    parent_version_id: UUID | None = None,
    side: Party = Party.sponsor,
    **said: Any,
) -> AgreementVersion:
    """A version that a side put before the other."""
    return AgreementVersion.propose(
        terms(**said),
        side=side,
        by="ana",
        now=NOW,
        partner_id=PARTNER,
        agreement_id=UUID(int=1),
        agreement_number="AGR-1",
        kind=kind,
        version_number=version_number,
        purpose=VersionPurpose.amendment if parent_version_id else VersionPurpose.first,
        parent_version_id=parent_version_id,
        prepared_by=["ana"],
    )


def draft(side: Party = Party.sponsor) -> AgreementDraft:
    """A draft of a new agreement."""
    given: dict[str, Any] = {"kind": AgreementKind.quality, "purpose": VersionPurpose.first}
    return AgreementDraft.begin(terms(), side=side, partner_id=PARTNER, by="ana", **given)


def missing(made: AgreementVersion, today: date, latest: AgreementVersion | None, of: Agreement) -> list[Missing]:
    """What is missing of a version on a day, beside an agreement and its last version."""
    known = Latest(latest.id, latest.version_number, latest.effective_from) if latest else None
    held = Surroundings(today, known, timeline.final_day(of), ended=of.state not in OPEN, stand_alone_reason="x")
    return unmet(made.kind, made, made.parent_version_id, held)
