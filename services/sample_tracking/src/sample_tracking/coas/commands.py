"""Use cases of certificates: their draft from results, and their issue in the place of an earlier one."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from contracts.sample_tracking import SpecificationPurpose
from runtime.handled import unread
from runtime.numbers import next_number
from runtime.problems import NotFound, Problem, RuleViolated
from runtime.work import Work
from sample_tracking.coas import queries
from sample_tracking.coas.contents import Entries, amended_away, certified, changed, papers, why_left_open
from sample_tracking.coas.model import LIVE, MANUFACTURER, Coa, CoaState
from sample_tracking.coas.naming import about, laboratories_of, named
from sample_tracking.coas.schemas import DraftCoa
from sample_tracking.flags.queries import speaking_against
from sample_tracking.lots.model import KnownLot
from sample_tracking.results import statements
from sample_tracking.results.applying import own_of
from sample_tracking.results.conclusions import CONCLUSIONS
from sample_tracking.results.model import Result
from sample_tracking.results.reference import look_up, made_on
from sample_tracking.results.reportable import known_of
from sample_tracking.specifications.model import Specification, SpecificationState

_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('coa/' || $1 || '/' || $2, 0))"
_IN_FORCE = (SpecificationState.effective, SpecificationState.superseded)


async def draft(work: Work, body: DraftCoa) -> Coa:
    """Draft a certificate from the results of a lot, as they are now.

    Raises NotFound, and RuleViolated where tests lack, or the specification is not one for this lot and market.
    """
    specification = await work.session.get(Specification, body.specification_id)
    if specification is None:
        raise NotFound("specification", body.specification_id)
    await work.connection.execute(statements.AMONG_OTHERS)  # who made the lot is not learnt before this is there
    await _must_be_read(work)
    recorded = await _recorded(work, body.lot_id)
    results = [one for one in recorded if one.counts]
    known = await work.session.get(KnownLot, body.lot_id)
    if not results and known is None:
        raise Problem(404, "not-found", f"of lot {body.lot_id} neither a result nor its making is known here")
    _must_apply(specification, body.market, results)
    if own := await _of_the_market(work, body.lot_id, specification.product_id, specification.id, body.market):
        why = f"{body.market} has limits of its own for release: name specification {own}"
        raise RuleViolated(why, fields=["specification_id"])
    if len({one.partner_id for one in results}) > 1:
        why = "its results name more makers than one, and nobody told when it was made: record its start or completion"
        raise RuleViolated(why, fields=["lot_id"])
    if not results:
        certified(specification.id, specification.limits, (), {}, {})
    names = await named(work, results)
    methods = await known_of(work, results)
    versions = {one.id: methods.version_of(one.tested) for one in results}
    places = laboratories_of(results, names)
    entries = certified(specification.id, specification.limits, recorded, places, versions)
    _must_be_investigated(amended_away(entries, specification.id, recorded))
    await _must_be_answered(work, entries)
    await work.connection.execute(_ALONE, str(body.lot_id), body.market)
    shown = {entry["result_id"] for entry in entries}
    laboratories = {one.laboratory_partner_id for one in results if str(one.id) in shown}
    return work.add(
        Coa.draft(
            results[0].lot,
            about(results[0].lot, specification, known, names),
            entries,
            await _answering(work, body, laboratories),
            number=await next_number(work, "COA", "coa_number"),
            market=body.market,
            specification_id=specification.id,
            revision=specification.revision,
            revised_before=specification.state == SpecificationState.superseded,
            partner_pdf_digest=body.partner_pdf_digest or _only(papers(entries)),
            drafted_by=work.principal.subject,
        )
    )


def _only(digests: Sequence[str]) -> str | None:
    return digests[0] if len(digests) == 1 else None


async def issue(work: Work, coa_id: UUID) -> Coa:
    """Issue a draft that says what is found by now; the one before of its lot and market is superseded.

    Nobody records results or concludes about them meanwhile. What cannot be issued is refused before that is waited
    for: who waits holds a row then that nobody else wants.
    """
    coa = await work.get(Coa, coa_id)
    issued = coa.issue(work.principal.subject, work.now)
    await work.connection.execute(statements.ALONE)
    await work.connection.execute(_ALONE, str(coa.lot_id), coa.market)
    await _must_hold(work, coa)
    await _must_be_answered(work, coa.results)
    same = (Coa.lot_id == coa.lot_id, Coa.market == coa.market, Coa.state == CoaState.issued, Coa.id != coa.id)
    with work.session.no_autoflush:
        earlier = (await work.session.scalars(select(Coa).where(*same).with_for_update())).all()
    for one in earlier:
        work.publish(one.supersede(coa.id, work.now), of=one)
    work.publish(issued, of=coa)
    return coa


async def _must_hold(work: Work, coa: Coa) -> None:
    """Raise RuleViolated for a draft since which something came. Of others' results a laboratory learns no test."""
    if not coa.revised_before and not await _in_force(work, coa):
        why = f"revision {coa.revision} of the specification was followed by another since the draft"
        raise RuleViolated(f"{why}: draft it anew", fields=["specification_id"])
    if await _of_the_market(work, coa.lot_id, coa.product_id, coa.specification_id, coa.market):
        raise RuleViolated(f"{coa.market} has limits of its own by now: draft it anew", fields=["specification_id"])
    await _must_be_read(work)
    if not coa.names_its_maker:
        raise RuleViolated("the lot is of another maker than it says: draft it anew", missing=[MANUFACTURER])
    found = await queries.found_in_the_lot(work, coa)
    if not changed(coa.results, coa.specification_id, found):
        return
    reader = work.principal.partner_id
    own = [one for one in found if reader in (None, one.laboratory_partner_id)]
    _must_be_investigated(amended_away(coa.results, coa.specification_id, own))
    missing = changed(coa.results, coa.specification_id, own)
    tests = f": {', '.join(missing)}" if missing else ""
    raise RuleViolated(f"results changed since the draft, draft it anew{tests}", missing=missing)


async def _of_the_market(
    work: Work, lot_id: UUID, product_id: UUID, specification_id: UUID, market: str
) -> UUID | None:
    """The market's own specification by which a lot is judged, where another one is named: what holds for every market
    is not all that is to be met there."""
    revisions = (await look_up(work, [product_id])).revisions(product_id)
    made = (await made_on(work, [lot_id])).get(lot_id)
    own = own_of(revisions, market, made, work.now.date())
    named = next((each.limits for each in revisions if each.limits.specification_id == specification_id), None)
    return own if named and named.market is None else None


async def _in_force(work: Work, coa: Coa) -> bool:
    revisions = (await look_up(work, [coa.product_id])).revisions(coa.product_id)
    return any(each.in_force for each in revisions if each.limits.specification_id == coa.specification_id)


async def _must_be_read(work: Work) -> None:
    """Raise RuleViolated while how investigations stand may not be known: nobody can say what was found invalid."""
    if blind := await unread(work, *((fact, "") for fact in CONCLUSIONS), everywhere=False):
        raise RuleViolated(
            f"{' and '.join(blind)} is being read again: how the investigations of results stand may not be known "
            "yet; try again once it is read"
        )


def _must_be_investigated(away: Sequence[tuple[str, Result]]) -> None:
    """Raise RuleViolated where results that failed were amended, and none of their investigations took them out."""
    if away:
        missing = sorted({test for test, _ in away})
        raise RuleViolated("; ".join(why_left_open(one) for _, one in away), missing=missing)


async def _must_be_answered(work: Work, entries: Entries) -> None:
    """Raise RuleViolated where something was found after their approval that speaks against the data of results."""
    flagged = await speaking_against(work, {UUID(entry["result_id"]) for entry in entries})
    if missing := queries.tests_of(entries, flagged):
        tests = ", ".join(missing)
        raise RuleViolated(f"flags on the data are open or were confirmed, of results of: {tests}", missing=missing)


async def _recorded(work: Work, lot_id: UUID) -> Sequence[Result]:
    """All results of a lot, also those in whose place others stand."""
    of_lot = select(Result).where(Result.lot_id == lot_id).order_by(col(Result.id))
    with work.session.no_autoflush:
        return (await work.session.scalars(of_lot)).all()


def _must_apply(specification: Specification, market: str, results: Sequence[Result]) -> None:
    if specification.purpose != SpecificationPurpose.release or specification.state not in _IN_FORCE:
        raise RuleViolated("a specification for release that came into force is needed", fields=["specification_id"])
    if specification.market not in (None, market):
        raise RuleViolated(f"the specification is for {specification.market}", fields=["specification_id", "market"])
    if results and specification.product_id != results[0].product_id:
        raise RuleViolated("the lot is not of the specification's product", fields=["specification_id", "lot_id"])


async def _answering(work: Work, body: DraftCoa, laboratories: set[UUID]) -> UUID | None:
    """The laboratory that may issue it: the only one, and the one before, whose certificate it is to supersede."""
    same = (Coa.lot_id == body.lot_id, Coa.market == body.market, col(Coa.state).in_(LIVE))
    of_it: set[UUID | None] = {*laboratories}
    for one in await work.session.scalars(select(Coa).where(*same)):
        if one.state == CoaState.draft:
            raise RuleViolated(f"{one.number} is a draft for this lot and market: issue or withdraw it first")
        of_it.add(one.laboratory_partner_id)
    return of_it.pop() if len(of_it) == 1 else None
