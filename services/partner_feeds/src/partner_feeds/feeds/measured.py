"""How feeds do, for whoever runs the installation: which are silent, and what of theirs waits for somebody."""

from collections import defaultdict

from runtime.timers import Timer
from runtime.work import Work
from telemetry.told import Told

_FEED = ["entente_feed"]
SILENT = Told("entente_feed_silent_seconds", "Since a live feed brought something", _FEED)
USUAL = Told("entente_feed_usual_seconds", "The longest time between two of its messages before that", _FEED)
CONFLICTS = Told("entente_feed_conflicts", "Records that it told twice, differently, which nobody has settled", _FEED)
OPEN = Told("entente_feed_open_rows", "Rows of its messages that wait for somebody", [*_FEED, "entente_outcome"])
# A habit is of the time before a feed went silent: else that of a dead feed fades, and the alarm ends by itself. It is
# that of thirty days, and of ten messages of a feed that sends seldom. One walk over an index for each feed.
_SILENCE = """
WITH live AS (
    SELECT id, code, created_at, (SELECT max(received_at) FROM message WHERE feed_id = feed.id) AS last,
           (SELECT received_at FROM message WHERE feed_id = feed.id ORDER BY received_at DESC OFFSET 9 LIMIT 1) AS tenth
    FROM feed WHERE state = 'live'
), gap AS (
    SELECT feed_id, received_at - lag(received_at) OVER (PARTITION BY feed_id ORDER BY received_at) AS gap
    FROM live JOIN message ON feed_id = live.id
        AND received_at >= least(last - interval '30 days', coalesce(tenth, '-infinity'))
), habit AS (SELECT feed_id, max(gap) AS longest FROM gap GROUP BY feed_id)
SELECT code, extract(epoch FROM now() - coalesce(last, created_at))::float, extract(epoch FROM longest)::float
FROM live LEFT JOIN habit ON feed_id = live.id
"""
_CONFLICTS = """
SELECT feed.code, count(contradiction.id) FROM feed
LEFT JOIN contradiction ON contradiction.feed_id = feed.id AND contradiction.state = 'open' GROUP BY feed.id
"""
_OPEN = """
SELECT feed.code, coalesce(sum(conflict), 0)::int, coalesce(sum(unjudged), 0)::int, coalesce(sum(refused), 0)::int
FROM feed
LEFT JOIN message ON message.feed_id = feed.id AND message.state IN ('partly_translated', 'quarantined')
LEFT JOIN translation ON translation.message_id = message.id AND translation.attempt = message.attempt
GROUP BY feed.id
"""


async def measure(work: Work) -> None:
    """Tell how each feed does."""
    service, silent, usual = work.principal.name, dict[tuple[str, ...], float](), dict[tuple[str, ...], float]()
    for code, since, longest in await work.connection.fetch(_SILENCE):
        silent[code,] = since
        if longest is not None:  # of a feed that sent once nobody can tell how often it sends
            usual[code,] = longest
    waiting: dict[tuple[str, ...], float] = defaultdict(float)
    for code, *counts in await work.connection.fetch(_OPEN):
        waiting |= zip(((code, outcome) for outcome in ("conflict", "unjudged", "refused")), counts, strict=True)
    conflicts: dict[tuple[str, ...], float] = {}
    conflicts |= {(code,): count for code, count in await work.connection.fetch(_CONFLICTS)}
    SILENT.tell(service, silent)
    USUAL.tell(service, usual)
    CONFLICTS.tell(service, conflicts)
    OPEN.tell(service, waiting)


timer = Timer("feeds-measured", 60, measure, by_each=True)
