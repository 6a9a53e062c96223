"""Which results are reportable: judged as they are recorded, and again when more becomes known."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol
from uuid import UUID

from sqlmodel import col, or_, select

from gxp.evaluation import InForce
from runtime.work import Work
from sample_tracking.entitlements.queries import entitlements_of
from sample_tracking.entitlements.rule import Entitlements, LaboratoryTest
from sample_tracking.results.model import Result
from sample_tracking.results.queries import IN_ORDER
from sample_tracking.results.report import Draft


class _HasBeenTested(Protocol):
    @property
    def tested(self) -> LaboratoryTest: ...


async def known_of(work: Work, results: Iterable[_HasBeenTested], in_force: Iterable[InForce] = ()) -> Entitlements:
    """What is known of the methods that results and limits name, and of the laboratories that tested."""
    of_limits = {limit.method for each in in_force for limit in each.limits.values() if limit.method}
    tested = [result.tested for result in results]
    codes = of_limits.union(*(each.codes for each in tested))
    return await entitlements_of(work, codes, {each.laboratory_site_id for each in tested})


async def judged(work: Work, drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts, each with whether it is reportable."""
    known = await known_of(work, drafts)
    for draft in drafts:
        draft.judgement = known.judge(draft.tested)
    return [*drafts]


async def judge_again(work: Work, code: str, laboratory_site_id: UUID | None = None) -> None:
    """Results by a method, of one laboratory or of all, by what is known now. Nobody records any meanwhile."""
    await work.session.flush()
    named: Any = Result.methods
    of_it = [col(Result.superseded_by).is_(None), or_(col(Result.method) == code, named.contains([code]))]
    if laboratory_site_id:
        of_it.append(col(Result.laboratory_site_id) == laboratory_site_id)
    found = select(Result).where(*of_it).order_by(*IN_ORDER).with_for_update()
    results = (await work.session.scalars(found)).all()
    known = await known_of(work, results)
    for result in results:
        work.publish(*result.judge_again(known), of=result)
