"""Limits that a laboratory tests against, beside those of the specification in force: a difference is told once."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Field

from contracts.partner_feeds import LaboratoryLimits, SpecificationMismatchFound, TestStage
from contracts.sample_tracking import Limit
from gxp.evaluation import InForce
from gxp.units import converted
from partner_feeds.metadata import Table
from partner_feeds.reporting.codes import Scope
from partner_feeds.reporting.sets import Result
from runtime.work import Work


class KnownMismatch(Table, table=True):
    """A difference that was told."""

    __tablename__ = "known_mismatch"

    feed_id: UUID = Field(primary_key=True)
    specification_id: UUID = Field(primary_key=True)
    test: str = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    lower: str = Field(primary_key=True)
    upper: str = Field(primary_key=True)
    """Blank where there is no bound."""


class Mismatch(NamedTuple):
    """A test whose laboratory's limits are not those of a specification in force."""

    product_id: UUID
    specification_id: UUID
    test: str
    stage: TestStage
    unit: str
    limits: LaboratoryLimits

    @property
    def key(self) -> tuple[UUID, str, str, str, str, str]:
        """By which it is known in its feed."""
        bounds = ("" if bound is None else f"{bound:f}" for bound in (self.limits.lower, self.limits.upper))
        lower, upper = bounds
        return self.specification_id, self.test, str(self.stage), self.unit, lower, upper


_NOTE = """
INSERT INTO known_mismatch (feed_id, specification_id, test, stage, unit, lower, upper)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
ON CONFLICT DO NOTHING RETURNING specification_id, test, stage, unit, lower, upper
"""


def mismatch_of(result: Result, in_force: Iterable[InForce]) -> Mismatch | None:
    """How the laboratory's limits differ from those of a specification; None where they agree, or are not stated."""
    reported, product_id = result.reported, result.lot.product_id
    limits = reported.laboratory_limits
    if limits is None or product_id is None:
        return None
    for each in in_force:
        limit = each.limits.get((reported.test, result.stage))
        if limit is not None and not _agree(limits, reported.unit, limit):
            given = reported.test, result.stage, reported.unit, limits
            return Mismatch(product_id, each.specification_id, *given)
    return None


def _agree(given: LaboratoryLimits, unit: str, limit: Limit) -> bool:
    """Of a dissolution Q is the lower bound; what counts defects, or has an acceptance value, has no bounds."""
    if limit.attribute or limit.uniformity:
        return True
    lower = limit.dissolution.q if limit.dissolution else limit.lower
    for ours, theirs in ((lower, given.lower), (limit.upper, given.upper)):
        if (None if theirs is None else converted(theirs, unit, limit.unit)) != ours:
            return False
    return True


async def note(work: Work, scope: Scope, found: Iterable[Mismatch]) -> None:
    """Tell the sponsor of each that is new in its feed."""
    by_key = {each.key: each for each in found}
    if not by_key:
        return
    columns = [list(column) for column in zip(*sorted(by_key), strict=True)]
    feed = scope.feed
    for row in await work.connection.fetch(_NOTE, feed.id, *columns):
        each = by_key[tuple(row)]
        fact = SpecificationMismatchFound(
            occurred_at=work.now,
            product_id=each.product_id,
            specification_id=each.specification_id,
            test=each.test,
            stage=each.stage,
            unit=each.unit,
            laboratory_limits=each.limits,
            feed_id=feed.id,
            feed=feed.code,
            partner_id=feed.partner_id,
            message_id=scope.message_id,
        )
        work.publish(fact, of=feed)
