"""To which set each recorded result belongs: sets are found or made for a batch at once."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts import Holder, clock
from runtime import bulk
from runtime.attribution import rows_caused_by
from runtime.work import Work
from sample_tracking.results.report import Draft, moment_text
from sample_tracking.sets import statements
from sample_tracking.sets.model import ResultSet, SetState, key_of


async def join(work: Work, drafts: Sequence[Draft]) -> None:
    """Give each draft its set, which is locked from here on; one that counts brings its set back to the reviewer.

    Whoever reviews a set has read what was in it: a set that another result joins is of another version.
    """
    groups: dict[str, list[Draft]] = defaultdict(list)
    for draft in drafts:
        groups[_key(draft)].append(draft)
    known = {row["set_key"]: row for row in await work.connection.fetch(statements.KNOWN, list(groups))}
    before = set(known)
    while missing := sorted(groups.keys() - known.keys()):
        rows = [_row(work, key, groups[key]) for key in missing]
        causes = {row["id"]: _causes(groups[row["set_key"]]) for row in rows}
        await rows_caused_by(work, {id: facts for id, facts in causes.items() if facts})
        await bulk.insert(work, ResultSet, rows, "ON CONFLICT DO NOTHING")
        own = {row["id"] for row in rows}
        for row in await work.connection.fetch(statements.KNOWN, missing):
            known[row["set_key"]] = row
            before |= {row["set_key"]} if row["id"] not in own else set()
    for key, group in groups.items():
        for draft in group:
            draft.set_id = known[key]["id"]
    await _reopen(work, [(known[key], group) for key, group in groups.items() if key in before])


async def settle(work: Work, sets: Mapping[UUID, Sequence[Draft]]) -> None:
    """Sets in which results count no more, by the drafts that led to it, stand as far as those that do."""
    if sets:
        await rows_caused_by(work, {id: causes for id, drafts in sets.items() if (causes := _causes(drafts))})
        await work.connection.execute(statements.SETTLE, sorted(sets), clock.now())


async def _reopen(work: Work, found: Iterable[tuple[Any, Sequence[Draft]]]) -> None:
    joining: dict[UUID, list[str]] = {}
    causes: dict[UUID, list[Any]] = {}
    for row, group in found:
        new = sorted({draft.report.submitted_by for draft in group if draft.counts} - {*row["submitted_by"]})
        if any(draft.counts for draft in group):
            joining[row["id"]], causes[row["id"]] = new, _causes(group)
    if joining:
        await rows_caused_by(work, {id: facts for id, facts in causes.items() if facts})
        document = json.dumps({str(id): names for id, names in joining.items()})
        await work.connection.execute(statements.JOIN, document, clock.now())


def _key(draft: Draft) -> str:
    report = draft.report
    found = report.laboratory_site_id, moment_text(report.occurred_at), report.laboratory_partner_id
    return key_of(draft.lot.id, report.stage, *found)


def _causes(drafts: Iterable[Draft]) -> list[Any]:
    return list({draft.report.cause.id: draft.report.cause for draft in drafts if draft.report.cause}.values())


def _row(work: Work, key: str, drafts: Sequence[Draft]) -> Mapping[str, Any]:
    first = drafts[0]
    lot, report = first.lot, first.report
    return {
        "id": uuid7(),
        "version": 1,
        "created_at": work.now,
        "updated_at": work.now,
        "lot_id": lot.id,
        "lot_number": lot.number,
        "material": lot.material,
        "site_id": lot.site_id,
        "partner_id": lot.partner_id,
        "laboratory_site_id": report.laboratory_site_id,
        "laboratory_partner_id": report.laboratory_partner_id,
        "stage": report.stage,
        "occurred_at": moment_text(report.occurred_at),
        "state": SetState.submitted,
        "submitted_by": sorted({draft.report.submitted_by for draft in drafts}),
        "reviewed_by": [],
        "set_key": key,
        "awaited_side": Holder.partner,
        "awaited_partner_id": report.laboratory_partner_id,
        "awaited_since": work.now,
        "parties": report.parties,
    }
