"""Use cases of transcriptions: a paper is typed twice, and its results are recorded once both are the same."""

from uuid import UUID

from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from sample_tracking.results import commands as results
from sample_tracking.results.fields import ResultState
from sample_tracking.results.model import Result
from sample_tracking.results.report import moment_text
from sample_tracking.results.schemas import AmendResult, EnterResult
from sample_tracking.transcriptions.model import Transcription, TranscriptionState
from sample_tracking.transcriptions.schemas import KeyCertificate, TypeAgain


async def key(work: Work, body: KeyCertificate) -> Transcription:
    """Type a paper first. Nothing of it is recorded as a result until a second person typed the same.

    Raises what the entry of a result raises for its lot and laboratory, and RuleViolated for a result that is not
    corrected so.
    """
    lot, laboratory_partner_id = await results.tested_lot(work, body.lot, body.laboratory_site_id)
    if body.corrects:
        await _must_be_of(work, body, lot.id)
    return work.add(
        Transcription(
            lot_id=lot.id,
            lot_number=lot.number,
            material=lot.material,
            site_id=lot.site_id,
            partner_id=lot.partner_id,
            laboratory_site_id=body.laboratory_site_id,
            laboratory_partner_id=laboratory_partner_id,
            stage=body.stage,
            certificate_digest=body.certificate_digest,
            corrects=body.corrects,
            reason=body.reason,
            keyed_by=work.principal.subject,
            typed_first=body.typed(),
            parties=sorted({lot.partner_id, laboratory_partner_id}),
        )
    )


async def _must_be_of(work: Work, body: KeyCertificate, lot_id: UUID) -> None:
    assert body.corrects is not None  # noqa: S101
    before = await work.session.get(Result, body.corrects)
    if before is None:
        raise NotFound("result", body.corrects)
    before.must_be_by_hand()
    if before.state != ResultState.approved and not before.keyed_by and not before.pending:
        raise RuleViolated(f"result {before.id} is {before.state}: it is amended, or returned and then amended")
    if before.state == ResultState.reviewed:
        raise RuleViolated(f"result {before.id} is {before.state}: it is returned, and then corrected")
    (typed,) = body.results
    said = {"lot": lot_id, "laboratory_site_id": body.laboratory_site_id, "stage": body.stage, "test": typed.test}
    said |= {"role": typed.role, "occurred_at": moment_text(body.occurred_at)}
    kept = {"lot": before.lot_id} | {name: getattr(before, name) for name in said if name != "lot"}
    if differ := [name for name in said if said[name] != kept[name]]:
        raise RuleViolated(f"result {before.id} is of another {' and '.join(differ)}: that stays", fields=differ)


async def verify(work: Work, id: UUID, body: TypeAgain) -> Transcription:
    """A second person typed it."""
    found = await work.get(Transcription, id)
    found.verify(body.typed(), work.principal.subject, work.now)
    return await _record(work, found)


async def retype(work: Work, id: UUID, body: TypeAgain) -> Transcription:
    """One of both typed it again."""
    found = await work.get(Transcription, id)
    found.retype(body.typed(), work.principal.subject, work.now)
    return await _record(work, found)


async def _record(work: Work, found: Transcription) -> Transcription:
    """Record its results, where both are the same. One that cannot be recorded refuses the step."""
    await work.session.flush()
    if found.state != TranscriptionState.verified or found.verified_by is None:
        return found
    by = results.Typists(found.keyed_by, found.verified_by, found.certificate_digest)
    typed = found.typed_first
    lot = {"site_id": found.site_id, "material": found.material, "number": found.lot_number}
    of_all = {"lot": lot, "laboratory_site_id": found.laboratory_site_id, "stage": found.stage}
    for each in typed["results"]:
        if found.corrects:
            measured = {name: each[name] for name in AmendResult.model_fields if name in each}
            await results.correct(
                work, found.corrects, AmendResult.model_validate(measured | {"reason": found.reason}), by
            )
        else:
            body = EnterResult.model_validate(of_all | {"occurred_at": typed["occurred_at"]} | each)
            await results.enter(work, body, by)
    return found
