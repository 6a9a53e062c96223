"""The facts of a version."""

from datetime import datetime
from typing import Any, TypeVar

from contracting.agreement_versions.terms import Party
from contracts import Holder
from contracts.contracting import AgreedClause, AgreementFact

F = TypeVar("F", bound=AgreementFact)


def tell(fact: type[F], version: Any, now: datetime, **more: Any) -> F:
    """A fact about a version, under its agreement."""
    said: dict[str, Any] = {
        "agreement_id": version.agreement_id,
        "number": version.agreement_number,
        "version_id": version.id,
        "sponsor_legal_entity": version.sponsor_entity,
        "partner_legal_entity": version.partner_entity,
        "expiry": version.expires_on,
    }
    return fact.of(version, now, **said | more)


def clauses_told(version: Any) -> tuple[AgreedClause, ...]:
    """Its clauses, as facts carry them."""
    return tuple(AgreedClause.model_validate(each) for each in version.clauses)


def holder_of(side: Party) -> Holder:
    """A side as facts name it."""
    return Holder(side.value)
