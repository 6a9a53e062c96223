"""Whether the installation that is meant is well."""

import asyncio
import time
from collections.abc import Generator, Iterator
from email.utils import parsedate_to_datetime

import httpx
from aiokafka.errors import KafkaError

from cli import installation
from cli.checks import Check
from cli.data_folder import DataFolder
from cli.failures import Answered, Failure
from cli.installation import Installation
from cli.services import WITH_A_LEDGER
from contracts import topics as all_topics
from runtime import topics
from runtime.settings import Settings

LARGEST_CLOCK_DIFFERENCE = 5.0
"""Seconds. Beyond, tokens are refused as not yet valid or expired, and clocks of deviations start wrong."""


def all_of(folder: DataFolder, url: str | None, token: str | None, operations: str | None) -> Iterator[Check]:
    """Every check of the installation; where none is named and none runs, that is all there is to say.

    ``operations`` is the URL of the port that tells why it is not ready, where it is known.
    """
    running = folder.running()
    if url is None and running is None:
        yield Check("installation", True, f"none runs on {folder.path}; `entente demo` starts one")
        return
    try:
        platform = installation.find(url, token, folder)
    except Failure as failure:
        yield Check("installation", False, failure.why, failure.advice)
        return
    with platform:
        if platform.local and running:
            operations = running["operations"]
        if not (yield from _answers(platform, operations)):
            return
        if platform.local and running and running.get("durable"):
            yield _topics(running["kafka"])
        yield from _services(platform)


def _answers(platform: Installation, operations: str | None) -> Generator[Check, None, bool]:
    """Whether it is ready and keeps the same time; gives back whether it answers at all."""
    try:
        before = time.time()
        response = platform.client.get("/readyz")
        after = time.time()
    except httpx.HTTPError as error:
        why = f"{platform.url} cannot be reached: {error}"
        yield Check("installation", False, why, "Start it, or correct ENTENTE_URL or --url.")
        return False
    ready = response.status_code == httpx.codes.OK
    state = "is ready" if ready else f"is not ready: {_reasons(platform, operations)}"
    advice = "Wait a moment if it is starting; else its log says more."
    yield Check("installation", ready, f"{platform.url} {state}", advice)
    if date := response.headers.get("date"):
        yield _clock(parsedate_to_datetime(date).timestamp(), before, after)
    return True


def _reasons(platform: Installation, operations: str | None) -> str:
    """Why it is not ready: told on a port that its users do not reach."""
    if operations is None:
        return "its operations port knows why (--operations, ENTENTE_OPERATIONS_URL)"
    try:
        return platform.client.get(f"{operations.rstrip('/')}/readyz", auth=None).text[:500]
    except httpx.HTTPError as error:
        return f"{operations}, which knows why, cannot be reached: {error}"


def _clock(theirs: float, before: float, after: float) -> Check:
    """The header has whole seconds, so up to one of difference means nothing."""
    difference = max(before - theirs - 1, theirs - after, 0.0)
    why = "this clock and the installation's agree" if difference == 0 else f"the clocks differ by {difference:.0f} s"
    advice = "Let both machines keep their time by NTP (timedatectl set-ntp true)."
    return Check("clock", difference <= LARGEST_CLOCK_DIFFERENCE, why, advice)


def _topics(bootstrap_servers: str) -> Check:
    settings = Settings(kafka_bootstrap_servers=bootstrap_servers, topic_prefix="", verify_topics=True)
    try:
        wrong = asyncio.run(asyncio.wait_for(topics.verify(settings, all_topics()), 15))
    except (KafkaError, OSError, TimeoutError) as error:
        return Check("topics", False, f"Kafka at {bootstrap_servers} does not answer: {error}", "Start the demo again.")
    why = "; ".join(wrong) or f"{len(all_topics())} topics keep everything, as they must"
    return Check(
        "topics", not wrong, why, "Start the demo again: it makes missing topics. Others must be mended by hand."
    )


def _services(platform: Installation) -> Iterator[Check]:
    for service in WITH_A_LEDGER:
        try:
            status = platform.get(f"/api/{service}/v1/status")
        except Answered as refusal:
            if refusal.status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
                yield Check("token", False, refusal.why, refusal.advice)
                return
            yield Check(service, False, refusal.why, refusal.advice)
        except Failure as failure:
            yield Check(service, False, failure.why, failure.advice)
            return
        else:
            parked, pending = (status.get(name) or 0 for name in ("parked", "outbox_pending"))
            why = f"{parked} facts parked, {pending} to be sent"
            if (lag := status.get("lag")) is not None:  # unknown is not none; and some services apply nothing
                why += f", {lag} to be applied"
            yield Check(service, not parked, why, f"`entente parked list --service {service}` says why.")
            if status.get("relay_leads") is False:
                advice = f"Look at the worker of {service}, and at its log: it has ended, or cannot reach Kafka."
                yield Check(service, False, "no worker of it sends or hears facts now", advice)
            for failing in status.get("degraded", ()):
                advice = "It goes on by itself once the cause is mended; the log has it."
                yield Check(
                    service, False, f"{failing['what']} since {failing['since'][:19]}: {failing['reason']}", advice
                )
            if aside := status.get("set_aside"):
                advice = f"GET /api/{service}/v1/set-aside says why; they are tried again by themselves."
                yield Check(service, False, f"{aside} records set aside by a timer", advice)
