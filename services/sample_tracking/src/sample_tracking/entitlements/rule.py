"""Whether a laboratory was entitled for a method on the day of a test: pure rules (21 CFR 211.194(a)(2))."""

from calendar import monthrange
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.entitlements import EntitlementStanding as Standing

ENTITLED: Final = frozenset({Standing.validated, Standing.verified, Standing.transferred, Standing.waived})
_A_MONTH: Final = len("2026-02")


class Judgement(NamedTuple):
    """Whether a result is reportable; None where nobody can say. ``why`` is there where it is not simply so."""

    reportable: bool | None
    why: str | None = None


NO_METHOD: Final = Judgement(None, "no method is named")


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodVersion:
    """A version of a method, for one product or for all."""

    id: UUID
    code: str
    major: int
    minor: int
    product_id: UUID | None = None
    effective_from: date

    @property
    def name(self) -> str:
        """As people write it."""
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How a laboratory stands to a version of a method from a day on."""

    method_id: UUID
    laboratory_site_id: UUID
    standing: Standing
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryTest:
    """What of a result decides by which method it was tested, by whom and when."""

    method: str | None
    """As it was reported."""
    method_version: str | None
    methods: Collection[str]
    """Those that the limits name by which it is judged."""
    product_id: UUID | None
    laboratory_site_id: UUID
    occurred_at: str

    @property
    def codes(self) -> set[str]:
        """All that are named."""
        return {*self.methods, *([self.method] if self.method else [])}


def days_of(moment: str, zone: tzinfo) -> list[date]:
    """The local days on which it may have been: of an instant and a day one, of a month each."""
    if len(moment) == _A_MONTH:
        first = date.fromisoformat(f"{moment}-01")
        return [first.replace(day=n + 1) for n in range(monthrange(first.year, first.month)[1])]
    if "T" in moment:
        return [datetime.fromisoformat(moment).astimezone(zone).date()]
    return [date.fromisoformat(moment)]


def _meant(known: Iterable[MethodVersion], version: str | None, day: date) -> MethodVersion | None:
    """The version that is named, or else the newest that is in use on a day."""
    meant = [each for each in known if (each.name == version if version else each.effective_from <= day)]
    return max(meant, key=lambda each: (each.major, each.minor), default=None)


class Entitlements:
    """What is known of some methods and laboratories. ``settings`` are in the order in which they were set."""

    def __init__(
        self,
        versions: Iterable[MethodVersion] = (),
        settings: Iterable[Setting] = (),
        zones: Mapping[UUID, str | None] | None = None,
    ) -> None:
        self._versions = {each.id: each for each in versions}
        self._settings = list(settings)
        self._zones = zones or {}
        # Of a file's results many are by one method on one day or in one month: each is looked up once.
        self._found: dict[tuple[str, str | None, UUID | None, UUID, str], Judgement] = {}

    def judge(self, tested: LaboratoryTest) -> Judgement:
        """Whether a result is reportable. Where only its month is known, that must hold on each day of it."""
        named, code = sorted(tested.methods), tested.method
        # There is one verdict for all limits: what counts by one method would count for limits that name another.
        if len(named) > 1:
            return Judgement(None, f"the limits name several methods: {', '.join(named)}")
        if code and named and code not in named:
            return Judgement(None, f"the limits name {named[0]}, and it was tested by {code}")
        if not code and not named:
            return NO_METHOD
        about = (code or named[0], tested.method_version, tested.product_id, tested.laboratory_site_id)
        known = self._found.get((*about, tested.occurred_at))
        if known is None:
            known = self._found[*about, tested.occurred_at] = self._at(*about, tested.occurred_at)
        return known

    def _at(
        self, code: str, version: str | None, product_id: UUID | None, laboratory_site_id: UUID, moment: str
    ) -> Judgement:
        zone = ZoneInfo(self._zones.get(laboratory_site_id) or "UTC") if "T" in moment else UTC
        days = days_of(moment, zone)
        found = [self.on(code, version, product_id, laboratory_site_id, day) for day in days]
        if len({each.reportable for each in found}) > 1:
            return Judgement(None, f"for method {code} it differs from day to day of {moment}")
        return found[0]

    def on(
        self, code: str, version: str | None, product_id: UUID | None, laboratory_site_id: UUID, day: date
    ) -> Judgement:
        """Whether what a laboratory tests by a method on a day is reportable.

        A version that is not told is the newest that is in use on the day.
        """
        known = self._known(code, product_id)
        if not known:
            return Judgement(None, f"method {code} is not known")
        tested = _meant(known, version, day)
        if tested is None:
            fault = f"version {version} of method {code} is not known"
            return Judgement(None, fault if version else f"method {code} has no version that is in use on {day}")
        if self._standing(tested, known, laboratory_site_id, day) in ENTITLED:
            return Judgement(True)
        return Judgement(False, f"the laboratory is not entitled for method {code} {tested.name} on {day}")

    def version_of(self, tested: LaboratoryTest) -> str | None:
        """By which version of its method it was tested; None where nobody can say."""
        if tested.method_version or len(tested.codes) != 1:
            return tested.method_version
        (code,) = tested.codes
        known = self._known(code, tested.product_id)
        zone = ZoneInfo(self._zones.get(tested.laboratory_site_id) or "UTC")
        found = {_meant(known, None, day) for day in days_of(tested.occurred_at, zone)}
        one = found.pop() if len(found) == 1 else None
        return one.name if one else None

    def _known(self, code: str, product_id: UUID | None) -> Sequence[MethodVersion]:
        """The versions of a method: the product's own, or else those for all."""
        of_code = [each for each in self._versions.values() if each.code == code]
        own = [each for each in of_code if product_id and each.product_id == product_id]
        return own or [each for each in of_code if each.product_id is None]

    def _standing(
        self, tested: MethodVersion, known: Iterable[MethodVersion], laboratory_site_id: UUID, day: date
    ) -> Standing | None:
        """The last one set for it, or else for the next minor version before it of which any is. A major one begins
        anew."""
        before = [each for each in known if each.major == tested.major and each.minor <= tested.minor]
        held = [each for each in self._settings if each.laboratory_site_id == laboratory_site_id]
        held = [each for each in held if each.valid_from <= day]
        for version in sorted(before, key=lambda each: each.minor, reverse=True):
            # Of the same day the one that was set later: sorting keeps their order.
            if own := sorted((e for e in held if e.method_id == version.id), key=lambda each: each.valid_from):
                return own[-1].standing
        return None
