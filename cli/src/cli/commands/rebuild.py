"""``entente rebuild``: what a service built from facts, built anew from the whole history."""

import time
from typing import Annotated

import typer

from cli import installation
from cli.failures import Failure
from cli.installation import AsJson, GivenToken, Installation, Reason, Url
from cli.output import print_json, print_line, progress
from cli.services import with_a_ledger

_LOOK_EVERY = 0.5
_PATIENCE = 600.0
"""Seconds without any progress after which waiting longer would help nobody."""


def rebuild(
    service: Annotated[str, typer.Option("--service", help="Whose: one that owns no records, such as kpi.")],
    watch: Annotated[bool, typer.Option("--watch", help="Begin nothing: show the rest of one that goes on.")] = False,
    reason: Reason = "",
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Empty what a service built from facts, and build it anew. Until it is done, its numbers are too small."""
    with_a_ledger(service)
    with installation.find(url, token) as platform:
        if watch:
            begun = {"partitions": platform.get(f"/api/{service}/v1/status")["partitions_to_read"]}
        else:
            begun = platform.post(f"/api/{service}/v1/projection-rebuilds", {"reason": reason})
        _wait(platform, service, begun["partitions"])
    if as_json:
        print_json({"service": service, **begun})
    else:
        print_line(f"{service} is built anew, from {begun['partitions']} partitions")


def _wait(platform: Installation, service: str, partitions: int) -> None:
    """Until every partition is read to its end; within one, the lag tells that it goes on."""
    before, deadline = None, 0.0
    with progress() as bar:
        task = bar.add_task("building", total=max(1, partitions))
        while True:
            status = platform.get(f"/api/{service}/v1/status")
            if not (left := status["partitions_to_read"]):
                return
            if (now := (left, status.get("lag"))) != before:
                before, deadline = now, time.monotonic() + _PATIENCE
            if time.monotonic() > deadline:
                advice = "It goes on by itself once its consumers do; `entente doctor` looks closer."
                raise Failure(f"{left} partitions of {service} are not read to their end, and nothing moves", advice)
            bar.update(task, completed=partitions - left)
            time.sleep(_LOOK_EVERY)
