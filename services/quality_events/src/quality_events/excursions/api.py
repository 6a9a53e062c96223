"""HTTP words for excursions of the process."""

from quality_events.excursions import commands, queries
from quality_events.excursions.model import ProcessExcursion
from quality_events.excursions.schemas import DecideExcursion, ProcessExcursionRead
from runtime.bodies import Reason
from serving.actions import Actions

excursions = Actions("process-excursions", ProcessExcursion, ProcessExcursionRead, queries.show)
excursions.post("decision", ProcessExcursion.decide, DecideExcursion, commands.decide)
excursions.post("reopening", ProcessExcursion.reopen, Reason, commands.reopen)
excursions.get()
excursions.list(queries.FILTERS)
