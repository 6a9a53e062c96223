"""Which notification a market asks for, and by when: pure rules, in the local days of the market's authority."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.complaints import AuthorityRegime as Regime
from contracts.complaints import NotificationKind as Kind
from contracts.registrations import ApplicationType as Application
from gxp import calendars
from gxp.clocks import Unit, due_at
from quality_events.regimes import regime_of
from runtime.problems import RuleViolated

TERMS: Final = {
    Kind.us_field_alert: (3, Unit.working_days),
    Kind.us_biological_deviation: (45, Unit.calendar_days),
    Kind.defect_class_i: (24, Unit.hours),
    Kind.defect: (3, Unit.working_days),
    Kind.unknown_rule: (24, Unit.hours),
}
"""Sources: 21 CFR 314.81(b)(1); 21 CFR 600.14; EU GMP 8.15 and the rapid alert procedure; the strictest of these."""
KINDS: Final = {
    Regime.us: {Kind.us_field_alert, Kind.us_biological_deviation},
    Regime.eu_eea: {Kind.defect_class_i, Kind.defect},
    Regime.gb: {Kind.defect_class_i, Kind.defect},
    Regime.ch: {Kind.unknown_rule},
    Regime.other: {Kind.unknown_rule},
}
"""Which notifications a regime knows."""
_DRUGS: Final = frozenset({Application.nda, Application.anda})
_CENTRAL: Final = "EU"
_CALENDARS: Final = {_CENTRAL: "NL"}
"""Of markets that are no country: the European Medicines Agency works in Amsterdam."""
_ZONES: Final = {
    _CENTRAL: "Europe/Amsterdam",
    **{"US": "America/New_York", "GB": "Europe/London"},
    **{"AT": "Europe/Vienna", "BE": "Europe/Brussels", "BG": "Europe/Sofia", "CY": "Asia/Nicosia"},
    **{"CZ": "Europe/Prague", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen", "EE": "Europe/Tallinn"},
    **{"ES": "Europe/Madrid", "FI": "Europe/Helsinki", "FR": "Europe/Paris", "GR": "Europe/Athens"},
    **{"HR": "Europe/Zagreb", "HU": "Europe/Budapest", "IE": "Europe/Dublin", "IS": "Atlantic/Reykjavik"},
    **{"IT": "Europe/Rome", "LI": "Europe/Vaduz", "LT": "Europe/Vilnius", "LU": "Europe/Luxembourg"},
    **{"LV": "Europe/Riga", "MT": "Europe/Malta", "NL": "Europe/Amsterdam", "NO": "Europe/Oslo"},
    **{"PL": "Europe/Warsaw", "PT": "Europe/Lisbon", "RO": "Europe/Bucharest", "SE": "Europe/Stockholm"},
    **{"SI": "Europe/Ljubljana", "SK": "Europe/Bratislava"},
}
"""Where the authority of a market sits whose rules are known: of the European Economic Area, of GB and of the US."""


class Choice(NamedTuple):
    """Which kind of notification is due, and on what that rests."""

    kind: Kind
    stated: bool = False
    """A person stated it: what is told of registrations takes it away from nobody."""
    assumed: bool = False
    """Nobody has said by which application a product is registered: the shorter clock runs."""
    product_ids: tuple[UUID, ...] = ()
    """By whose registrations it was chosen; none where no product is known, or where none is asked for."""
    read: int = 0
    """How many facts of these registrations were known."""


def kind_for(market: str, *, possible_class_i: bool, applications: Collection[Application | None] = ()) -> Kind:
    """The notification that a market asks for of a product with these applications.

    In the US of a biologic (21 CFR 600.14) another one than of others; where that is not known, the shorter clock.
    """
    regime = regime_of(market)
    if regime is Regime.us:
        return Kind.us_biological_deviation if {*applications} == {Application.bla} else Kind.us_field_alert
    if regime in (Regime.eu_eea, Regime.gb):
        return Kind.defect_class_i if possible_class_i else Kind.defect
    return Kind.unknown_rule


def is_assumed(market: str, applications: Collection[Application | None]) -> bool:
    """Whether the kind rests on what nobody has said, or on what contradicts itself."""
    known = {*applications}
    return regime_of(market) is Regime.us and not (known == {Application.bla} or (known and known <= _DRUGS))


def check(market: str, regime: Regime, kind: Kind) -> None:
    """Raise RuleViolated for a market of another regime, or a notification that the regime does not know."""
    if regime_of(market) is not regime:
        raise RuleViolated(f"regime: the market {market} follows the rules of {regime_of(market)}, not of {regime}")
    if kind not in KINDS[regime]:
        raise RuleViolated(f"kind: {regime} knows {' and '.join(sorted(KINDS[regime]))}, not {kind}")


def is_outdated(answered_at: datetime | None, news_at: datetime | None) -> bool:
    """Whether a cause was confirmed, or reopened with new evidence, since somebody said what follows from it."""
    return answered_at is not None and news_at is not None and answered_at <= news_at


def day_of(market: str, instant: datetime) -> date:
    """The authority's day of an instant."""
    return instant.astimezone(ZoneInfo(_ZONES.get(market, "UTC"))).date()


def due(kind: Kind, market: str, aware_at: datetime) -> datetime:
    """By when the authority is to be notified of what the sponsor became aware of then, confirmed or not."""
    amount, unit = TERMS[kind]
    zone = ZoneInfo(_ZONES.get(market, "UTC"))
    calendar = calendars.named(_CALENDARS.get(market, market)) if unit is Unit.working_days else None
    return due_at(aware_at, amount, unit, zone=zone, calendar=calendar)
