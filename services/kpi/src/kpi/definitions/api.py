"""HTTP words for definitions and targets."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from contracts import Role
from kpi.definitions import commands, queries
from kpi.definitions.model import KpiDefinition
from kpi.definitions.schemas import DefineKpi, Formula, KpiRead, MeasureRead, SetTarget, TargetRead
from kpi.dimensions.queries import registered
from kpi.dimensions.schemas import NONE, Dimension
from kpi.measures import MEASURES
from runtime.access import READERS, allowed
from runtime.bodies import Plain
from runtime.problems import NotFound, Problem
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading
from runtime.work import Work
from serving import cursors, listing
from serving.paging import Page, Part

writing = APIRouter(prefix="/kpis", tags=["kpis"], route_class=CommandRoute)
reading = APIRouter(prefix="/kpis", tags=["kpis"], route_class=QueryRoute)
measures = APIRouter(prefix="/measures", tags=["kpis"], route_class=QueryRoute)
FormulaVersion = Annotated[Annotated[int, Field(ge=1), Plain] | None, Query(description="default: the newest")]
OfPartner = Annotated[str | None, Query(description="a partner's id or number; absent: all partners")]
OfProduct = Annotated[str | None, Query(description="a product's id or code; absent: all products")]


async def _whose(work: Work, partner: str | None, product: str | None) -> tuple[UUID | None, UUID | None]:
    if product == NONE:
        raise Problem(422, "unknown-product", "a target is of a product or of all products")
    return (
        await registered(work, Dimension.partner, partner) if partner else None,
        await registered(work, Dimension.product, product) if product else None,
    )


@writing.post("", status_code=201)
@allowed(Role.quality, Role.governance)
async def define(body: DefineKpi, work: Command) -> KpiRead:
    """Add a KPI from measures that exist; it is computed at once, over all facts there are."""
    return KpiRead.of(await commands.define(work, body), [])


@writing.post("/{code}/versions", status_code=201)
@allowed(Role.quality, Role.governance)
async def redefine(code: str, body: Formula, work: Command) -> KpiRead:
    """Give a KPI another formula: its next version. Targets stay."""
    definition = await commands.redefine(work, code, body)
    return KpiRead.of(definition, (await queries.targets(work, [code]))[code])


@writing.put("/{code}/target")
@allowed(Role.quality, Role.governance)
async def set_target(
    code: str, body: SetTarget, work: Command, partner: OfPartner = None, product: OfProduct = None
) -> TargetRead:
    """Set the target: the general one, or of a partner, a product or both. `If-Match: *` sets the first one."""
    return TargetRead.of(await commands.set_target(work, code, body, *await _whose(work, partner, product)))


@reading.get("/{code}/target")
@allowed(*READERS)
async def read_target(code: str, work: Reading, partner: OfPartner = None, product: OfProduct = None) -> TargetRead:
    """The target that was set for exactly this partner and product."""
    target = await queries.target(work, code, *await _whose(work, partner, product))
    if target is None:
        raise NotFound("such target of KPI", code)
    work.subject = target
    return TargetRead.of(target)


@reading.get("/{code}")
@allowed(*READERS)
async def read(code: str, work: Reading, formula_version: FormulaVersion = None) -> KpiRead:
    """One KPI with its newest formula, or that of a version, and its targets."""
    work.subject = definition = await queries.definition(work, code, formula_version)
    return KpiRead.of(definition, (await queries.targets(work, [code]))[code])


async def _shown(work: Work, definitions: Sequence[KpiDefinition]) -> list[KpiRead]:
    targets = await queries.targets(work, [definition.code for definition in definitions])
    return [KpiRead.of(definition, targets[definition.code]) for definition in definitions]


listing.add(
    reading,
    "",
    KpiDefinition,
    KpiRead,
    _shown,
    listing.equal(KpiDefinition, "code", "family"),
    readers=READERS,
    about="The KPIs, each with its newest formula.",
    of=lambda _: queries.current(),
)


@measures.get("")
@allowed(*READERS)
async def list_measures(part: Part) -> Page[MeasureRead]:
    """What is measured: the words from which a KPI can be made."""
    codes = list(MEASURES)
    (last,) = cursors.decode("measures", part.cursor, codes.index) if part.cursor else (-1,)
    shown, more = cursors.part(codes[last + 1 :], part.limit, "measures", lambda code: [code])
    return Page(items=[MeasureRead.model_validate(MEASURES[code]) for code in shown], next=more)
