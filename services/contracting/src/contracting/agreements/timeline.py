"""What the calendar does to an agreement, in the order of days: pure rules.

Days are the sponsor's local ones. A last day is the last on which something holds: what follows begins with the next.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from contracting.agreements.schemas import IN_FORCE, OPEN, AgreementState
from contracts.contracting import Renewal
from gxp.clocks import months_later

_ONE_DAY: Final = timedelta(days=1)
WARNINGS: Final = (180, 90, 30)
"""How many days ahead it is told that somebody has to decide."""
REVIEW_MONTHS: Final = 12
"""How often both quality units review a quality agreement (EU GMP 7.7)."""


class Turn(StrEnum):
    """What happens to an agreement by itself. Of several on one day the first one named comes first."""

    effect = "effect"
    """A version that was signed takes effect."""
    renewal = "renewal"
    """It goes on, as nobody gave notice in time."""
    end = "end"
    """The last day that was set, by a notice or by both, is over."""
    expiry = "expiry"
    """Its own last day is over."""


class Signed(NamedTuple):
    """A version that is signed and did not take effect yet."""

    id: UUID
    effective_from: date


class Next(NamedTuple):
    """The next thing that the calendar does: on which day, what, and with which version."""

    on: date
    turn: Turn
    version_id: UUID | None = None


def next_turn(agreement: Any, signed: Iterable[Signed], today: date) -> Next | None:
    """The earliest thing that is due by now and was not done; None where there is none."""
    if agreement.state not in OPEN:
        return None
    found = [Next(each.effective_from, Turn.effect, each.id) for each in signed]
    if agreement.state in IN_FORCE:
        if agreement.expires_on and renews_by_itself(agreement):
            found.append(Next(decide_by(agreement) + _ONE_DAY, Turn.renewal))
        elif agreement.expires_on and agreement.renewal != Renewal.automatic:
            found.append(Next(agreement.expires_on + _ONE_DAY, Turn.expiry))
        if agreement.ends_on:
            found.append(Next(agreement.ends_on + _ONE_DAY, Turn.end))
    order = list(Turn)
    due = sorted((each for each in found if each.on <= today), key=lambda each: (each.on, order.index(each.turn)))
    return due[0] if due else None


def renews_by_itself(agreement: Any) -> bool:
    """Whether it goes on where nobody does anything: nobody gave notice, and no end is set."""
    return bool(agreement.renewal == Renewal.automatic and agreement.state == AgreementState.effective)


def last_day(agreement: Any, says: Any) -> date | None:
    """The last day as it stands now; None where it has none. ``says`` is the agreement, or a version of it to come.

    It is that which was set by a notice or by both, or its own if that is earlier; of what goes on by itself its own is
    the end of a period, and a day that was set stands alone.
    """
    own = None if agreement.ends_on and says.renewal == Renewal.automatic else says.expires_on
    return min((day for day in (agreement.ends_on, own) if day), default=None)


def final_day(agreement: Any) -> date | None:
    """The last day, unless both agree on another one; None where it has none, or goes on by itself."""
    return None if renews_by_itself(agreement) else last_day(agreement, agreement)


def decide_by(agreement: Any) -> date:
    """The last day on which somebody can decide what becomes of it: its last day, or that on which a notice must be
    received that ends it by then, where it goes on by itself.
    """
    last: date = agreement.expires_on
    return last - timedelta(days=agreement.notice_days or 0) if renews_by_itself(agreement) else last


def notice_ends_on(received_on: date, days: int) -> date:
    """The last day after a notice: the day on which it is received is not counted (Regulation 1182/71, article 3)."""
    return received_on + timedelta(days=days)


def renewed_until(first_last_day: date, months: int, last_day: date) -> date:
    """The next last day after one: whole periods after the first, so that the end of a month stays that."""
    periods = 1
    while (later := months_later(first_last_day, months * periods)) <= last_day:
        periods += 1
    return later


def warning_due(agreement: Any, today: date) -> int | None:
    """How many days ahead the warning is that became due and was not given; None where there is none.

    Of several that are due at once the last one counts. An agreement whose day was moved is warned of anew.
    """
    if agreement.state != AgreementState.effective or agreement.expires_on is None:
        return None
    day = decide_by(agreement)
    passed = [days for days in WARNINGS if day - timedelta(days=days) <= today]
    if not passed or day < today:
        return None
    given = agreement.warned_days if agreement.warned_for == day else None
    return passed[-1] if given is None or passed[-1] < given else None
