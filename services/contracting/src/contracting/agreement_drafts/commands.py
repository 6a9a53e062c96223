"""Use cases of drafts: begun, written, and put before the other side as a version."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import func, select

from contracting.agreement_drafts import naming
from contracting.agreement_drafts.changes import changed_clauses, refuse_unchanged
from contracting.agreement_drafts.model import AgreementDraft
from contracting.agreement_drafts.schemas import DraftAgreement, WriteDraft
from contracting.agreement_versions import readiness, surroundings
from contracting.agreement_versions.model import AgreementVersion, terms_of
from contracting.agreement_versions.readiness import StepAhead
from contracting.agreement_versions.schemas import VersionPurpose, VersionState
from contracting.agreement_versions.terms import AgreementTerms, Party
from contracting.agreement_versions.told import holder_of, tell
from contracting.agreements.clock import refuse_unfollowed
from contracting.agreements.model import Agreement
from contracting.authority import side_of
from contracting.price_lists import commands as price_lists
from contracting.responsibilities.queries import matrix_of, stated
from contracts.contracting import AgreementProposed
from runtime.bodies import Because
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work


async def begin(work: Work, body: DraftAgreement) -> AgreementDraft:
    """Begin to write a new agreement, a change of one, or a version anew that was given back.

    Raises NotFound and a 409 Problem for what is not known, RuleViolated for a version that cannot be changed.
    """
    about = await _about(work, body)
    await naming.refuse_unknown(work, about["partner_id"], body.content)
    await price_lists.refuse_unfit(work, body.content.price_list_id, about["kind"], about["partner_id"])
    side, by = side_of(work), work.principal.subject
    return work.add(AgreementDraft.begin(body.content, side=side, by=by, **about))


async def write(work: Work, draft_id: UUID, body: WriteDraft) -> AgreementDraft:
    """Let a draft say something else. Raises as ``begin`` does."""
    draft = await work.get(AgreementDraft, draft_id)
    await naming.refuse_unknown(work, draft.partner_id, body.content)
    await price_lists.refuse_unfit(work, body.content.price_list_id, draft.kind, draft.partner_id)
    draft.write(body.content, side_of(work), work.principal.subject)
    return draft


async def submit(work: Work, draft_id: UUID, _: Because | None = None) -> AgreementDraft:
    """Put it before the other side, as a version. Raises RuleViolated with everything that stands in the way."""
    draft = await work.get(AgreementDraft, draft_id)
    draft.refuse_other(side_of(work))
    await naming.refuse_unknown(work, draft.partner_id, draft.terms)
    if draft.version_id:
        agreement, version = await _again(work, draft, draft.version_id)
    elif draft.agreement_id:
        agreement, version = await _amend(work, draft, draft.agreement_id)
    else:
        agreement, version = await _first(work, draft)
    await price_lists.disclose(work, draft.terms.price_list_id)
    draft.submit(agreement.id, version.id)
    agreement.tell_of_version()
    proposed = tell(
        AgreementProposed,
        version,
        work.now,
        parent_id=agreement.parent_id,
        proposed_side=holder_of(Party(version.drafted_by_side)),
    )
    await work.session.flush()
    work.publish(proposed, of=agreement)
    return draft


async def _about(work: Work, body: DraftAgreement) -> dict[str, Any]:
    """What a new draft is of."""
    if body.version_id:
        version = await surroundings.visible_version(work, body.version_id)
        if version.state != VersionState.draft or version.drafted_by_side != side_of(work):
            raise RuleViolated(f"version_id: {version.called} was not given back to the {side_of(work)}")
        of_it = ("agreement_id", "kind", "partner_id", "purpose", "parent_version_id")
        return {name: getattr(version, name) for name in of_it} | {"version_id": version.id}
    if body.agreement_id:
        agreement = await surroundings.visible(work, body.agreement_id)
        latest = await surroundings.latest_signed(work, agreement.id)
        if latest is None or latest.version_number != body.parent_version:
            now = f"version {latest.version_number}" if latest else "no version"
            why = f"parent_version: of {agreement.number} {now} is the last one that both signed: start from that"
            raise RuleViolated(why, fields=["parent_version"])
        purpose = VersionPurpose(body.purpose or VersionPurpose.amendment)
        own = {"agreement_id": agreement.id, "kind": agreement.kind, "partner_id": agreement.partner_id}
        return own | {"purpose": purpose, "parent_version_id": latest.id}
    partner_id = await naming.partner_of(work, body.partner_id)
    await naming.refuse_unfit_parent(work, body.parent_id, partner_id)
    named = {"kind": body.kind, "parent_id": body.parent_id, "stand_alone_reason": body.stand_alone_reason}
    return named | {"partner_id": partner_id, "purpose": VersionPurpose.first}


async def _first(work: Work, draft: AgreementDraft) -> tuple[Agreement, AgreementVersion]:
    terms = draft.terms
    names = ("title", "sponsor_entity", "sponsor_entity_id", "partner_entity", "partner_entity_id")
    agreement = Agreement.prepare(
        draft.partner_id,
        number=await next_number(work, "AGR", "agreement_number"),
        kind=draft.kind,
        parent_id=draft.parent_id,
        stand_alone_reason=draft.stand_alone_reason,
        **{name: getattr(terms, name) for name in names},
    )
    await _refuse(work, draft, terms, agreement)
    work.session.add(agreement)
    await work.session.flush()
    return agreement, await _version(work, draft, agreement, 1, ())


async def _amend(work: Work, draft: AgreementDraft, agreement_id: UUID) -> tuple[Agreement, AgreementVersion]:
    agreement = await surroundings.locked(work, agreement_id)
    await refuse_unfollowed(work, agreement)
    terms = draft.terms
    await _refuse(work, draft, terms, agreement)
    parent = await work.session.get_one(AgreementVersion, draft.parent_version_id)
    before = terms_of(parent)
    refuse_unchanged(parent.called, before, terms)
    last = select(func.max(AgreementVersion.version_number)).where(AgreementVersion.agreement_id == agreement.id)
    number = (await work.session.scalar(last) or 0) + 1
    return agreement, await _version(work, draft, agreement, number, changed_clauses(before, terms))


async def _again(work: Work, draft: AgreementDraft, version_id: UUID) -> tuple[Agreement, AgreementVersion]:
    version = await surroundings.visible_version(work, version_id)
    agreement = await surroundings.locked(work, version.agreement_id)
    await refuse_unfollowed(work, agreement)
    version = await work.get(AgreementVersion, version.id)
    terms = draft.terms
    await _refuse(work, draft, terms, agreement)
    parent = await work.session.get(AgreementVersion, version.parent_version_id) if version.parent_version_id else None
    changed = changed_clauses(terms_of(parent), terms) if parent else []
    said = stated(version, (await matrix_of(work, version)).said)
    version.propose_again(terms, said, changed, draft.prepared_by, work.principal.subject, work.now)
    return agreement, version


async def _refuse(work: Work, draft: AgreementDraft, terms: AgreementTerms, agreement: Agreement) -> None:
    around = await surroundings.surroundings(work, terms, draft.partner_id, agreement)
    missing = readiness.unmet(draft.kind, terms, draft.parent_version_id, around)
    readiness.refuse("the draft", missing, StepAhead.submission)


async def _version(
    work: Work, draft: AgreementDraft, agreement: Agreement, number: int, changed: Sequence[str]
) -> AgreementVersion:
    by = work.principal.subject
    version = AgreementVersion.propose(
        draft.terms,
        side=Party(draft.drafted_by_side),
        by=by,
        now=work.now,
        partner_id=draft.partner_id,
        agreement_id=agreement.id,
        agreement_number=agreement.number,
        kind=draft.kind,
        version_number=number,
        purpose=draft.purpose,
        parent_version_id=draft.parent_version_id,
        changed_clauses=list(changed),
        prepared_by=sorted({*draft.prepared_by, by}),
    )
    work.session.add(version)
    await work.session.flush()  # what names it is written after it
    return version
