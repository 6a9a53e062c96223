"""The KPIs of partners over the last three months, for the board of those who run the installation."""

from kpi.definitions import queries as definitions
from kpi.definitions.model import KpiDefinition
from kpi.dimensions.schemas import Chosen, Dimension
from kpi.values.items import Question, values
from kpi.values.schemas import ValueRead
from kpi.values.windows import Period, number_of
from runtime.timers import Timer
from runtime.work import Work
from telemetry.told import Told

MOST_PARTNERS = 200
"""Whose numbers are told of each KPI, those with the largest samples: a series each is what Prometheus pays for."""
_LABELS = ["entente_kpi", "entente_partner"]
VALUE = Told("entente_kpi_value", "A KPI of a partner, of this month and the two before", _LABELS)
SAMPLE = Told("entente_kpi_sample", "Of how many things the number is made", _LABELS)
RATING = Told("entente_kpi_rating", "1 for the rating that a KPI of a partner has", [*_LABELS, "entente_rating"])
LEFT_OUT = Told("entente_kpi_partners_left_out", "Partners whose numbers of a KPI are not told here", ["entente_kpi"])


async def measure(work: Work) -> None:
    """Tell each KPI's numbers by partner."""
    found = [(each.code, await _numbers(work, each)) for each in await work.session.scalars(definitions.current())]
    told = [(code, number) for code, numbers in found for number in numbers[:MOST_PARTNERS]]
    service = work.principal.name
    VALUE.tell(service, {(code, _name(each)): float(each.value) for code, each in told if each.value is not None})
    SAMPLE.tell(service, {(code, _name(each)): each.sample for code, each in told})
    RATING.tell(service, {(code, _name(each), each.rating): 1 for code, each in told})
    LEFT_OUT.tell(service, {(code,): max(0, len(numbers) - MOST_PARTNERS) for code, numbers in found})


async def _numbers(work: Work, definition: KpiDefinition) -> list[ValueRead]:
    """A KPI's numbers of this month and the two before, those of the most first; of partners that are still there."""
    month = number_of(work.now.date())
    asked = Question(definition, Chosen({}), [Dimension.partner], Period.rolling_3, month, month, "")
    return sorted((each for each in await values(work, asked) if not each.ended_on), key=lambda each: -each.sample)


def _name(number: ValueRead) -> str:
    """The partner's number; the id of one that is not known here yet."""
    partner = number.partner
    return (partner.number or str(partner.id)) if partner else ""


timer = Timer("kpis-measured", 300, measure, by_each=True)
