"""Flags are raised where the rules say so, and hold up the approval of what they are on."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from contracts.data_integrity import FlagState
from runtime.problems import RuleViolated
from runtime.work import Work
from sample_tracking.flags import traces
from sample_tracking.flags.model import HOLDS_UP, DataIntegrityFlag
from sample_tracking.results.model import Result

_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('sample-tracking.flags', 0))"


async def judge(work: Work, results: Collection[UUID]) -> None:
    """Raise what is to be raised on these results and on all that are held against them.

    By all that is known now, whatever was told before: an open flag that is not raised any more lapses, and what a
    person answered stays.
    """
    await work.connection.execute(_ALONE)
    concerned = await traces.related_to(work, results)
    found = await traces.judged(work, concerned)
    known = {(flag.result_id, flag.rule): flag for flag in await _of_results(work, concerned)}
    flagged = {id for id, _ in found.keys() - known.keys()}
    of = select(Result).where(col(Result.id).in_(flagged))
    by_id = {one.id: one for one in (await work.session.scalars(of)).all()} if flagged else {}
    for (id, rule), why in sorted(found.items()):
        flag = known.get((id, rule))
        if flag is None:
            raised, told = DataIntegrityFlag.of(by_id[id], rule, why, work.now)
            work.publish(told, of=work.add(raised))
        elif flag.state == FlagState.lapsed:
            work.publish(flag.raise_again(why, work.now), of=flag)
    for key, flag in known.items():
        if flag.state == FlagState.open and key not in found:
            work.publish(flag.lapse(work.now), of=flag)


async def judge_lots(work: Work, lots: Collection[UUID]) -> None:
    """When these lots were made, or expire, has become known."""
    of = select(Result.id).where(col(Result.lot_id).in_(lots))
    if results := (await work.session.scalars(of)).all():
        await judge(work, results)


async def must_be_answered(work: Work, set_id: UUID, counting: Collection[UUID]) -> None:
    """Raise RuleViolated, which names them, while flags of a set hold up its approval.

    Whoever approves judges anew: a flag may be due that nobody has raised yet. One that is confirmed holds up as long
    as its result counts.
    """
    results = (await work.session.scalars(select(Result.id).where(col(Result.set_id) == set_id))).all()
    found = await traces.judged(work, results)
    known = {(flag.result_id, flag.rule): flag for flag in await _of_results(work, results)}
    waiting = [flag for flag in known.values() if flag.state in HOLDS_UP]
    waiting = [flag for flag in waiting if flag.state == FlagState.open or flag.result_id in counting]
    due = sorted(f"{rule} on result {id}" for id, rule in found.keys() - known.keys())
    if not waiting and not due:
        return
    named = sorted(f"{flag.rule} of {flag.test} is {flag.state} (flag {flag.id})" for flag in waiting)
    raise RuleViolated(
        "what speaks against the data is answered before results are approved, and a result whose flag was confirmed "
        f"is amended or withdrawn: {'; '.join([*named, *due])}",
        missing=sorted({str(flag.rule) for flag in waiting} | {str(rule) for _, rule in found.keys() - known.keys()}),
        flags=sorted(str(flag.id) for flag in waiting),
    )


async def _of_results(work: Work, results: Collection[UUID]) -> Sequence[DataIntegrityFlag]:
    if not results:
        return ()
    of = select(DataIntegrityFlag).where(col(DataIntegrityFlag.result_id).in_(results))
    return (await work.session.scalars(of.order_by(col(DataIntegrityFlag.id)))).all()
