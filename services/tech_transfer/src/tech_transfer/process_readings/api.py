"""HTTP words for process readings."""

from serving.actions import Actions
from tech_transfer.process_readings import queries
from tech_transfer.process_readings.model import ProcessReading
from tech_transfer.process_readings.schemas import ReadingRead

process_readings = Actions("process-readings", ProcessReading, ReadingRead, queries.show)
process_readings.get()
process_readings.list(queries.FILTERS)
