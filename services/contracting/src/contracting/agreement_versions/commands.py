"""Use cases of versions: agreed on, signed, given back and taken back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from contracting.agreement_versions import readiness, surroundings
from contracting.agreement_versions.model import AgreementVersion
from contracting.agreement_versions.rounds import AgreementRound
from contracting.agreement_versions.schemas import AgreeVersion, ReturnVersion, VersionPurpose
from contracting.agreement_versions.terms import AgreementTerms
from contracting.agreements.clock import refuse_unfollowed
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import AgreementState
from contracting.authority import side_of
from contracts import Fact
from runtime.bodies import Because, Reason
from runtime.problems import RuleViolated
from runtime.work import Work
from serving import signatures


def agreeing(step: Callable[..., Any]) -> Callable[..., Any]:
    """The use case of one side's consent."""

    async def run(work: Work, version_id: UUID, body: AgreeVersion) -> AgreementVersion:
        version, agreement = await _both(work, version_id)
        await refuse_unfollowed(work, agreement)
        fact = step(version, body.digest, await _unmet(work, version), work.principal.subject, work.now)
        await _told(work, agreement, fact)
        return version

    return run


def signing(step: Callable[..., Any]) -> Callable[..., Any]:
    """The use case of one side's signature."""

    async def run(work: Work, version_id: UUID, _: Because | None = None) -> AgreementVersion:
        version, agreement = await _both(work, version_id)
        await refuse_unfollowed(work, agreement)
        fact = step(version, await _unmet(work, version), work.principal.subject, work.now)
        await _told(work, agreement, fact)
        return version

    return run


async def send_back(work: Work, version_id: UUID, body: ReturnVersion) -> AgreementVersion:
    """Give it back with reasons: what it said, and who had agreed and signed, is kept as it stood.

    Raises RuleViolated for a part that it does not have.
    """
    version, _ = await _both(work, version_id)
    parts = {each["code"] for each in version.clauses} | AgreementTerms.model_fields.keys()
    if unknown := sorted({each.part for each in body.reasons} - parts):
        why = f"{version.called} has no {', '.join(unknown)}: name a clause by its code, or a part such as notice_days"
        raise RuleViolated(f"reasons: {why}", fields=["reasons"])
    content = await signatures.content_of(work, version)
    kept = AgreementRound(
        version_id=version.id,
        version=version.version,
        round=version.round,
        digest=version.digest,
        content=content,
        returned_by_side=side_of(work),
        returned_by=work.principal.subject,
        reasons=[each.model_dump(mode="json") for each in body.reasons],
    )
    version.send_back()
    work.session.add(kept)
    return version


def withdrawing(step: Callable[..., Any]) -> Callable[..., Any]:
    """The use case of taking a version back: the first one takes its agreement with it."""

    async def run(work: Work, version_id: UUID, body: Reason) -> AgreementVersion:
        version, agreement = await _both(work, version_id)
        step(version, body.reason)
        if version.purpose == VersionPurpose.first and agreement.state == AgreementState.preparing:
            agreement.abandon(body.reason)
            work.publish(of=agreement)
        return version

    return run


async def _both(work: Work, version_id: UUID) -> tuple[AgreementVersion, Agreement]:
    """The version and its agreement, both locked. Raises NotFound, and a 403 Problem for who does not act on it."""
    version = await surroundings.locked_version(work, version_id)
    return version, await work.session.get_one(Agreement, version.agreement_id)


async def _unmet(work: Work, version: AgreementVersion) -> list[readiness.Missing]:
    around = await surroundings.of_version(work, version)
    return readiness.unmet(version.kind, version, version.parent_version_id, around)


async def _told(work: Work, agreement: Agreement, fact: Fact | None) -> None:
    if fact:
        agreement.tell_of_version()
        work.publish(fact, of=agreement)
