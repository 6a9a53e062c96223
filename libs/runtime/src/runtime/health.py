"""What fails in a process for longer than a hiccup, since when and why."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from contracts import clock
from telemetry import metrics

log = structlog.get_logger()


@dataclass(slots=True)
class Trouble:
    """Something that fails again and again."""

    what: str
    since: datetime
    reason: str
    logged: bool = False
    """Whether the log has it as an error."""

    @property
    def seconds(self) -> float:
        """How long it has been failing."""
        return (clock.now() - self.since).total_seconds()


@dataclass
class Health:
    """What fails in a service's process, since when and why: jobs, partitions, facts that are not sent."""

    LONG = 10.0
    """Seconds after which it is no hiccup any more."""

    service: str
    troubles: dict[str, Trouble] = field(default_factory=dict)

    def failing(self, what: str, reason: str, error: BaseException | None = None) -> None:
        """It failed once more. ``error`` is one that does not pass by itself. The log is told once that, and why."""
        if what not in self.troubles:
            new = self.troubles[what] = Trouble(what, clock.now(), reason)
            metrics.FAILING.labels(self.service, what).set_function(lambda: new.seconds)
            if error is None:
                log.warning("waits", service=self.service, what=what, reason=reason)
        trouble = self.troubles[what]
        trouble.reason = reason
        if not trouble.logged and (error is not None or trouble.seconds > self.LONG):
            trouble.logged = True
            log.error("fails", service=self.service, what=what, reason=reason, since=trouble.since, exc_info=error)

    def well(self, what: str) -> None:
        """It works."""
        if trouble := self.troubles.pop(what, None):
            metrics.FAILING.remove(self.service, what)
            log.info("works again", service=self.service, what=what, seconds=round(trouble.seconds, 1))

    def long(self, what: str) -> Trouble | None:
        """What is failing, if it has been for long."""
        trouble = self.troubles.get(what)
        return trouble if trouble and trouble.seconds > self.LONG else None

    def degraded(self) -> list[dict[str, Any]]:
        """All that has been failing for long, the oldest first: what, since, reason."""
        found = sorted(filter(None, map(self.long, self.troubles)), key=lambda trouble: trouble.since)
        return [{"what": each.what, "since": each.since.isoformat(), "reason": each.reason} for each in found]


def kind_of(reason: str) -> str:
    """The class of the error that a description begins with; nothing where it is none of an error."""
    found, colon, _ = reason.partition(": ")
    return found if colon and found.isidentifier() else ""


def described(error: BaseException) -> str:
    """An error in one line."""
    return " ".join("; ".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]).split())
