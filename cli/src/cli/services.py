"""The services of an installation: the one list that the origin, the commands and the demo take theirs from."""

from cli.failures import Failure

MOUNTED = (
    "partner-registry",
    "partner-feeds",
    "sample-tracking",
    "quality-events",
    "kpi",
    "tech-transfer",
    "contracting",
    "event-stream",
)
"""In the order in which a fact travels through them. (A test holds the home page's own list to it.)"""

WITH_A_LEDGER = tuple(name for name in MOUNTED if name != "event-stream")
"""Those that keep a database, and so a ledger, parked facts and a status. (event-stream keeps nothing.)"""


def with_a_ledger(name: str) -> str:
    """The name, if it is that of a service with a ledger. Raises a Failure that lists them."""
    if name not in WITH_A_LEDGER:
        raise Failure(f"there is no service {name!r}", "Services: " + ", ".join(WITH_A_LEDGER))
    return name
