"""Use cases of lines, and what becomes of them with their site."""

from datetime import date

from sqlmodel import select

from partner_registry.lines import queries
from partner_registry.lines.model import ProductionLine
from partner_registry.lines.schemas import LineState, RegisterProductionLine, UseLine
from partner_registry.sites.held import held
from partner_registry.sites.model import Site
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work


async def register(work: Work, body: RegisterProductionLine) -> ProductionLine:
    """Tell of a line. Raises NotFound for an unknown site, RuleViolated for a code that it has in use."""
    site = await held(work, body.site_id)
    if body.activity not in site.activities:
        raise RuleViolated(f"{site.name} has not {body.activity}: {', '.join(site.activities)}")
    of = ProductionLine
    same = (of.site_id == site.id, of.code == body.code, of.state == LineState.in_use)
    if known := await work.session.scalar(select(of).where(*same)):
        raise RuleViolated(f"{known.number} is {body.code} of {site.name} already: say how that one is used")
    line, shared = ProductionLine.register(
        site_id=site.id,
        partner_id=site.partner_id,
        code=body.code,
        activity=body.activity,
        number=await next_number(work, "LINE", "line_number"),
        use=UseLine.model_validate(body.model_dump(include=set(UseLine.model_fields))),
        side=await queries.side(work, None),
        now=work.now,
    )
    work.subject = work.add(line)
    work.publish(*shared, of=line)
    return line


async def cease(work: Work, site: Site, reason: str, on: date) -> None:
    """The site is closed or sold since a day: its lines are nobody's, or are told anew by who bought it."""
    for line in (await work.session.scalars(queries.in_use_at(site.id).with_for_update())).all():
        line.cease(on, reason)
        work.publish(of=line)
