"""What is known of how results came about, with all that they are held against."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from contracts.partner_feeds import Provenance, TestStage
from contracts.sample_tracking import Evaluation
from runtime.work import Work
from sample_tracking.flags.evidence import NOTHING_SAID, Trace
from sample_tracking.flags.rules import Findings, findings

_TRACES: Final = "SELECT * FROM traces_of_results($1::uuid[])"
_AS_THEY_ARE: Final = [one.name for one in fields(Trace)]


async def related_to(work: Work, results: Collection[UUID]) -> Sequence[UUID]:
    """The results whose flags depend on these, themselves among them."""
    return [row["id"] for row in await work.connection.fetch(_TRACES, list(results))]


async def judged(work: Work, results: Collection[UUID]) -> Findings:
    """What speaks against the data of these results by all that is known.

    What was recorded before flags were, and what a feed loads of its past, is held against others and not judged.
    """
    rows = await work.connection.fetch(_TRACES, list(results))
    concerned = {row["id"] for row in rows if row["judged"]} & {*results}
    found = findings(trace_of(row) for row in rows)
    return {(id, rule): why for (id, rule), why in found.items() if id in concerned}


async def of_results(work: Work, results: Collection[UUID]) -> Sequence[Trace]:
    """How these came about."""
    rows = await work.connection.fetch(_TRACES, list(results))
    return [trace_of(row) for row in rows if row["id"] in results]


def trace_of(row: Mapping[str, Any]) -> Trace:
    """A row of ``traces_of_results``."""
    before, provenance = row["entered_before"], row["provenance"]
    made = {
        "stage": TestStage(row["stage"]),
        "evaluation": Evaluation(row["evaluation"]),
        "provenance": Provenance.model_validate(provenance) if provenance else NOTHING_SAID,
        "edits_reviewed": bool(row["edits_reviewed"]),
        "entered_before": datetime.fromisoformat(before) if before else None,
        "contradicted": Decimal(row["contradicted"]) if row["contradicted"] else None,
        "units": _numbers(row["units"]),
        "units_before": [_numbers(units) for units in row["units_before"] or ()],
        "stated_before": {name for said in row["stated_before"] or () for name, value in said.items() if value},
    }
    return Trace(**{name: row[name] for name in _AS_THEY_ARE} | made)


def _numbers(written: Sequence[str] | None) -> Sequence[Decimal]:
    return [Decimal(each) for each in written or ()]
