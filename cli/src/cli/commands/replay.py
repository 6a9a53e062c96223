"""``entente replay``: a service's ledger sent to Kafka once more."""

import time
from datetime import datetime
from typing import Annotated

import typer

from cli import installation
from cli.failures import Failure
from cli.installation import AsJson, GivenToken, Installation, Reason, Url
from cli.output import print_json, print_line, progress
from cli.services import WITH_A_LEDGER, with_a_ledger

_LOOK_EVERY = 0.2
_PATIENCE = 60.0
"""Seconds without any progress after which waiting longer would help nobody."""


def replay(
    service: Annotated[str, typer.Option("--service", help=f"Whose facts: one of {', '.join(WITH_A_LEDGER)}.")],
    since: Annotated[
        str | None, typer.Option("--since", metavar="TIME", help="From when on, for example 2026-03-01T00:00:00Z.")
    ] = None,
    reason: Reason = "",
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Send a service's facts to Kafka again, all or since an instant. Consumers drop what they know."""
    with_a_ledger(service)
    with installation.find(url, token) as platform:
        facts = platform.post(f"/api/{service}/v1/replays", {"since": _instant(since), "reason": reason})["facts"]
        _wait(platform, service, facts)
    if as_json:
        print_json({"service": service, "facts": facts})
    else:
        print_line(f"{facts} facts of {service} sent again")


def _instant(text: str | None) -> str | None:
    """With its zone: an instant without one would mean another moment at another desk."""
    if text is None:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Failure(f"{text!r} is no instant", "Write it so: 2026-03-01T00:00:00Z") from error
    return (instant if instant.tzinfo else instant.astimezone()).isoformat()


def _wait(platform: Installation, service: str, facts: int) -> None:
    """Until nothing waits to be sent: what is new meanwhile goes behind what is sent again."""
    least, deadline = facts + 1, time.monotonic() + _PATIENCE
    with progress() as bar:
        task = bar.add_task("sending", total=max(1, facts))
        while pending := platform.get(f"/api/{service}/v1/status")["outbox_pending"]:
            if pending < least:
                least, deadline = pending, time.monotonic() + _PATIENCE
            if time.monotonic() > deadline:
                advice = "It goes on by itself once Kafka is back; `entente doctor` looks closer."
                raise Failure(f"{pending} facts of {service} wait, and nothing moves", advice)
            bar.update(task, completed=max(0, facts - pending))
            time.sleep(_LOOK_EVERY)
