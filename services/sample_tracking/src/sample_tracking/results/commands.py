"""Use cases of results."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import col, select

from contracts import Lot, Recorded
from contracts.partner_feeds import Provenance, StabilityPoint, TestResultsReported
from directory import queries as directory
from gxp.evaluation import gravest
from runtime.problems import RuleViolated, is_transient
from runtime.work import Work
from sample_tracking.lots.queries import maker_of
from sample_tracking.results import queries, statements
from sample_tracking.results.model import Result
from sample_tracking.results.reading import dropped, must_be_of_its_units
from sample_tracking.results.recording import record
from sample_tracking.results.report import Report
from sample_tracking.results.reportable import known_of
from sample_tracking.results.schemas import AmendResult, EnterResult, InterpretResult, TestedLot

MOST_ALIKE = 1000
"""As many as one transaction reads; the rest stays on the worklist, and is read by asking again."""


class Typists(NamedTuple):
    """Two people who typed the same from one paper."""

    keyed_by: str
    verified_by: str
    certificate_digest: str
    """Of that paper."""


async def tested_lot(work: Work, lot: TestedLot, laboratory_site_id: UUID) -> tuple[Lot, UUID]:
    """The lot of which results of a laboratory are entered, and whose laboratory that is.

    A result makes its laboratory a party to what follows from it: a partner enters one only from its own laboratory,
    and only for a lot that it made, has a result of already, or accepted a test order of. Raises NotFound for a lot
    that another made, and for any other site, also for one that does not exist; the sponsor's person gets a 409 Problem
    for that.
    """
    await work.connection.execute(statements.AMONG_OTHERS)  # who made the lot is not learnt between this and the entry
    laboratory = await directory.named_site(work, laboratory_site_id, "laboratory_site_id")
    lot_id = Lot.identify(lot.site_id, lot.material, lot.number)
    # Of a lot that was tested or is ordered here, the maker is known; all others a partner knows are its own.
    maker_id = await queries.maker_of(work, lot_id) if work.principal.partner_id else None
    if maker_id is None and work.principal.partner_id and (number := await queries.to_accept(work, lot_id)):
        raise RuleViolated(f"accept {number} first: it orders tests of this lot, and results answer what was accepted")
    if maker_id is None:
        maker_id = await maker_of(work, lot_id, lot.site_id)
    return Lot(id=lot_id, partner_id=maker_id, **lot.model_dump()), laboratory.partner_id


async def enter(work: Work, body: EnterResult, typists: Typists | None = None) -> Result:
    """Enter a result by hand. It is evaluated at once; out of specification, it is announced at once.

    Raises what ``tested_lot`` raises, and RuleViolated for a value that its units do not give, for a second original of
    a test, and for a moment before the lot was made.
    """
    lot, laboratory_partner_id = await tested_lot(work, body.lot, body.laboratory_site_id)
    report = Report(
        lot=lot,
        laboratory_partner_id=laboratory_partner_id,
        submitted_by=work.principal.subject,
        **_typed(typists),
        stability=body.stability.point() if body.stability else None,
        provenance=body.provenance.provenance() if body.provenance else None,
        **body.model_dump(exclude={"lot", "stability", "provenance"}),
    )
    (draft,) = await record(work, [report])
    must_be_of_its_units(body.value, draft.evaluations)
    result = await work.get(Result, draft.id)
    if await queries.preceding_making(work, [result]):
        raise RuleViolated(
            f"a result for release is of what was made, and the making of lot {lot.number} began after "
            f"{result.occurred_at}: state the moment of the test (occurred_at), or the stage that it is of",
            fields=["occurred_at", "stage"],
        )
    if twin := await queries.entered_already(work, result):
        raise RuleViolated(
            f"result {twin} is the original of {body.test} in this set: until it is reviewed, and once it is returned, "
            f"it is amended (POST /v1/results/{twin}/amendment); what was tested again has the role repeat, retest or "
            "resample",
            fields=["role"],
        )
    return result


async def amend(work: Work, id: UUID, body: AmendResult) -> Result:
    """Correct what was entered by hand: the amendment stands in its place, and it stays to be seen.

    It waits for a review by somebody else, as every result does.
    """
    await work.connection.execute(statements.AMONG_OTHERS)
    before = await work.get(Result, id)
    before.amend()
    work.subject = amended = await _stand_in(work, before, body)
    return amended


async def correct(work: Work, id: UUID, body: AmendResult, typists: Typists) -> Result:
    """Two people typed an approved result once more: what they typed stands in its place, and waits for a review."""
    await work.connection.execute(statements.AMONG_OTHERS)
    before = await work.get(Result, id)
    before.correct()
    return await _stand_in(work, before, body, typists)


def _typed(typists: Typists | None) -> dict[str, Any]:
    return typists._asdict() if typists else {}


async def _stand_in(work: Work, before: Result, body: AmendResult, typists: Typists | None = None) -> Result:
    if typists is None:
        _must_keep_the_units(before, body)
    same = ("laboratory_site_id", "laboratory_partner_id", "test", "stage", "role", "occurred_at")
    report = Report(
        lot=before.lot,
        submitted_by=work.principal.subject,
        amends=before.id,
        amendment_reason=body.reason,
        **_typed(typists),
        stability=StabilityPoint.model_validate(before.stability) if before.stability else None,
        provenance=_carried_on(before, body),
        **{name: getattr(before, name) for name in same},
        **body.model_dump(exclude={"reason", "provenance"}),
    )
    (draft,) = await record(work, [report])
    must_be_of_its_units(body.value, draft.evaluations)
    return await work.get(Result, draft.id)


def _must_keep_the_units(before: Result, body: AmendResult) -> None:
    if not before.pending:
        return
    units = before.determinations or []
    if body.unit != before.unit:
        raise RuleViolated(f"the units reported stand, in {before.unit}: give them again in it", fields=["unit"])
    if lacking := dropped(units, body.determinations):
        raise RuleViolated(
            f"a stage of {before.read_test} asks for further units, and the units reported stand: give all of them "
            f"({', '.join(map(str, units))}) and the further ones; what is given lacks {', '.join(map(str, lacking))}. "
            "What was typed wrong two people type anew (POST /v1/transcriptions with corrects)",
            fields=["determinations"],
        )


def _carried_on(before: Result, body: AmendResult) -> Provenance | None:
    """What was said of how it came about stays, as far as nothing else is said now."""
    anew = body.provenance.provenance().model_dump(mode="json", exclude_none=True) if body.provenance else {}
    said = (before.provenance or {}) | anew
    return Provenance.model_validate(said) if said else None


async def interpret(work: Work, id: UUID, body: InterpretResult) -> Result:
    """Quality says how a result is to be read, and by that it is judged; with ``alike``, also those reported as it was.

    What was reported stays as it is beside it.
    """
    await work.connection.execute(statements.AMONG_OTHERS)
    result = await work.get(Result, id)
    read: dict[str, Any] = body.model_dump(include={"test", "text", "unit"})
    read["in_force"] = await queries.in_force(work, result)
    others = await queries.alike(work, result, MOST_ALIKE) if body.alike else []
    judged = [one for one in others if not gravest(one.read_as(**read), read["in_force"]).is_open]
    read["known"] = await known_of(work, [result, *others], read["in_force"])
    for each in (result, *judged):
        work.publish(*each.interpret(**read, by=work.principal.subject, now=work.now), of=each)
    return result


async def take_reports(work: Work, facts: Sequence[Recorded[TestResultsReported]]) -> None:
    """Record what laboratories' systems report. What a set that cannot be recorded raises says which result it is."""
    reports = [report for recorded in facts for report in Report.each_of(recorded)]
    if len(facts) > 1:
        await record(work, reports)
        return
    try:
        async with work.savepoint():
            await record(work, reports)
    except Exception as error:
        if not is_transient(error):
            await _name_the_result(work, reports)
        raise


async def _name_the_result(work: Work, reports: Sequence[Report]) -> None:
    """Raise what the first of the reports raises that cannot be recorded, with its name."""
    for report in reports:
        try:
            async with work.savepoint():
                await record(work, [report])
        except Exception as error:
            if report.source:
                error.add_note(f"result {report.source.id}, revision {report.source.revision}, of {report.test}")
            raise


async def learn_product(work: Work, code: str, product_id: UUID) -> None:
    """Results of lots that were tested before their product was registered are of it: told anew."""
    await work.connection.execute(statements.ALONE)
    of_it = select(Result).where(col(Result.product_id).is_(None), col(Result.material) == code)
    results = (await work.session.scalars(of_it.order_by(*queries.IN_ORDER).with_for_update())).all()
    known = await known_of(work, results)
    for result in results:
        work.publish(*result.link(product_id, known), of=result)
