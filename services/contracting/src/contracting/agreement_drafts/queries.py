"""Reads of drafts."""

from collections.abc import Sequence

from contracting.agreement_drafts.model import AgreementDraft
from contracting.agreement_drafts.schemas import AgreementDraftRead
from contracting.clauses.moments import unjudged
from directory.names import names_of
from runtime.work import Work
from serving.listing import equal

_PARTNER = {"partner": "partner_id"}
FILTERS = equal(AgreementDraft, "state", "kind", "purpose", "partner_id", "agreement_id", "drafted_by_side")


async def show(work: Work, drafts: Sequence[AgreementDraft]) -> list[AgreementDraftRead]:
    """The drafts, with what their partners are called."""
    known = await names_of(work, drafts, _PARTNER)
    return [
        AgreementDraftRead.model_validate(
            dict(each) | known.of(each, None, _PARTNER) | {"unjudged": unjudged(each.terms.clauses)}
        )
        for each in drafts
    ]
