"""The services of an installation: the one list that the origin, the commands and the demo take theirs from."""

MOUNTED = ("partner-registry", "partner-feeds", "sample-tracking", "quality-events", "kpi", "event-stream")
"""In the order in which a fact travels through them. (A test holds the home page's own list to it.)"""

WITH_A_LEDGER = tuple(name for name in MOUNTED if name != "event-stream")
"""Those that keep a database, and so a ledger, parked facts and a status. (event-stream keeps nothing.)"""
