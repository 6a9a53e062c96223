"""Reads of process limits, and what a batch is judged by."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import col

from contracts import Day
from directory.names import names_of
from quality_events.batches.model import Batch
from quality_events.batches.queries import stages_of
from quality_events.process_limits.model import ProcessLimits
from quality_events.process_limits.schemas import HoldTimeRead, ProcessLimitsRead, YieldLimitRead, ranges_of, times_of
from quality_events.process_limits.terms import (
    Elsewhere,
    Limited,
    LimitExplained,
    LimitsState,
    LimitsVersion,
    LongestTime,
    Making,
    YieldRange,
)
from runtime.work import Work
from serving.listing import Filter, days, equal

Shows = TypeVar("Shows", YieldLimitRead, HoldTimeRead)
_VERSIONS: Final = "SELECT * FROM process_limits_of($1)"
_EXPLAINED: Final = "SELECT * FROM limit_explanations_of($1)"
_ELSEWHERE: Final = "SELECT * FROM limits_elsewhere_of($1)"
_OF_BATCH: Final = ("site_id", "started_at", "completed_at", "actual", "yield_percent")
_COUNTED: Final = (LimitsState.confirmed, LimitsState.withdrawn)


def _valid_on(_: Work, day: date) -> Any:
    """Those of which the day is one; which of several counts the later beginning says."""
    ends = or_(col(ProcessLimits.valid_to).is_(None), col(ProcessLimits.valid_to) >= day)
    return col(ProcessLimits.state).in_(_COUNTED) & (col(ProcessLimits.valid_from) <= day) & ends


FILTERS = (
    equal(ProcessLimits, "number", "state", "product_id", "material", "partner_id", "stated_by", site_id=UUID)
    | {"valid_on": Filter(Day, _valid_on, "a day on which they are confirmed to be valid", many=False)}
    | days(ProcessLimits.valid_from, "valid from")
)


async def show(work: Work, limits: Sequence[ProcessLimits]) -> list[ProcessLimitsRead]:
    """The limits with what each is called, and the names of products, partners and sites."""
    names = await names_of(work, limits)
    return [
        ProcessLimitsRead.model_validate(
            dict(each)
            | names.of(each, each.material)
            | {
                "yields": [_called(one, YieldLimitRead) for one in ranges_of(each.yields)],
                "hold_times": [_called(one, HoldTimeRead) for one in times_of(each.hold_times)],
            }
        )
        for each in limits
    ]


async def limits_on(work: Work, batch: Batch, zones: Mapping[UUID, str]) -> Limited:
    """What a batch is judged by: the limits of its maker, its stages as they stand, and what deviations explain.

    Who is a party to the batch reads them here with it. ``zones`` are those of its stages' sites.
    """
    versions = await work.connection.fetch(_VERSIONS, batch.id)
    explained = await work.connection.fetch(_EXPLAINED, batch.id)
    making = Making(
        zone=zones.get(batch.site_id, "UTC"),
        planned=batch.planned_at_start,
        stages=await stages_of(work, batch),
        elsewhere=[_elsewhere(dict(row)) for row in await work.connection.fetch(_ELSEWHERE, batch.id)],
        zones=zones,
        **{name: getattr(batch, name) for name in _OF_BATCH},
    )
    return Limited(
        making=making,
        versions=[_version(dict(row)) for row in versions],
        explained=[LimitExplained(**dict(row)) for row in explained],
    )


def _called(limit: YieldRange | LongestTime, shown: type[Shows]) -> Shows:
    return shown.model_validate(asdict(limit) | {"limit_name": limit.name})


def _version(row: dict[str, Any]) -> LimitsVersion:
    yields, times = (_parsed(row.pop(name)) for name in ("yields", "hold_times"))
    return LimitsVersion(**row, yields=ranges_of(yields), times=times_of(times))


def _elsewhere(row: dict[str, Any]) -> Elsewhere:
    inside = _parsed(row.pop("inside"))
    return Elsewhere(**row, inside={UUID(version): holds for version, holds in inside.items()})


def _parsed(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored
