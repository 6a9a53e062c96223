"""How many results nobody could judge, for whoever runs the installation."""

from prometheus_client import Gauge
from sqlmodel import col, func, select

from runtime.timers import Timer
from runtime.work import Work
from sample_tracking.results.model import Result
from sample_tracking.results.queries import UNJUDGED
from telemetry.metrics import SERVICE

WAITING = Gauge("entente_unjudged_results", "Results that no specification in force could judge", [SERVICE])
OLDEST = Gauge("entente_unjudged_oldest_seconds", "Since when the oldest of them waits", [SERVICE])


async def measure(work: Work) -> None:
    """Tell how many there are. An index holds them alone."""
    found = select(func.count(), func.min(col(Result.created_at))).where(UNJUDGED)
    count, oldest = (await work.session.execute(found)).one()
    WAITING.labels(work.principal.name).set(count)
    OLDEST.labels(work.principal.name).set(max(0.0, (work.now - oldest).total_seconds()) if oldest else 0)


timer = Timer("results-measured", 60, measure, by_each=True)
