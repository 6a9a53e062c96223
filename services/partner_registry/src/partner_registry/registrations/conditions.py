"""What must hold before a site may work on a product for a market on a day: pure functions, one a condition."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from contracts.partner_registry import CertificateKind, PartnerStatus
from gxp.regimes import regime_of
from partner_registry.certificates.model import Certificate
from partner_registry.qualifications.approved import AskedWork, Judged
from partner_registry.qualifications.queries import covering
from partner_registry.qualifications.recognised import REGIMES, Foreign
from partner_registry.qualifications.schemas import Waived
from partner_registry.registrations.course import Steps, part_on, since
from partner_registry.sites.model import Activity, Site
from serving.shown import Answer


class ConditionVerdict(StrEnum):
    """Whether a condition holds. What nobody can say is unknown, and blocks as well."""

    met = "met"
    not_met = "not_met"
    unknown = "unknown"
    unjudged = "unjudged"
    """No fact tells of it at all: it is to be seen to by people, and decides nothing here."""


class _Condition(StrEnum):
    """What the conditions that are judged here are called, in their order."""

    registered = "registered"
    qualified = "qualification in force"
    certified = "certificate"
    authorised = "authorisation"
    active = "partner active"
    open_site = "not closed"


class RegistrationCondition(Answer):
    """One condition, and what would heal it where it is not met."""

    condition: str
    verdict: ConditionVerdict
    since: date | None = None
    """The local day since which that is so; null where that is not known."""
    record: str | None = None
    """The number of the record that says so."""
    recognition: str | None = None
    heal: str | None = None
    waived: Waived | None = None
    """What stands for the audit of the qualification that it rests on."""


_MAKES: Final = frozenset({CertificateKind.manufacturing_authorisation})
_IMPORTS: Final = _MAKES | {CertificateKind.import_authorisation}
AUTHORISING: Final[Mapping[Activity, Collection[CertificateKind]]] = dict.fromkeys(Activity, _MAKES) | dict.fromkeys(
    (Activity.testing, Activity.storage, Activity.distribution), _IMPORTS
)
"""By which authorisations an entity may do what: to make is to be authorised to (Directive 2001/83/EC article 40), and
who imports tests, stores and distributes (articles 51 and 77(3)). What other laws call a licence or a registration of
an establishment is recorded as the one or the other."""
Elsewhere = tuple[str, StrEnum | None, date | None]
"""The number of a partner's other registration, what that is on a day, and since when."""
UNKNOWN_WORK: Final = "it is not known which dosage form the product has, for it is not registered at this site"


def registered(rows: Sequence[tuple[str, Steps]], day: date) -> RegistrationCondition:
    """Whether the site is registered for it. What is not registered is not registered, and not unknown.

    ``rows`` are numbers of registrations, each with what it says of this site and activity.
    """
    name = _Condition.registered
    for number, steps in rows:
        if part_on(steps, day):
            return RegistrationCondition(
                condition=name, verdict=ConditionVerdict.met, since=since(steps, day), record=number
            )
    heal = "an approved registration, or a variation of it, that names the site for the activity on that day"
    ended = [(day_of, number) for number, steps in rows if (day_of := since(steps, day))]
    last, record = max(ended, default=(None, rows[-1][0] if rows else None))
    return RegistrationCondition(condition=name, verdict=ConditionVerdict.not_met, since=last, record=record, heal=heal)


def qualified(asked: AskedWork | None, judged: Judged | None, day: date) -> RegistrationCondition:
    """Whether a qualification is in force for scope and purpose."""
    name = _Condition.qualified
    if asked is None or judged is None:
        return RegistrationCondition(condition=name, verdict=ConditionVerdict.unknown, heal=UNKNOWN_WORK)
    record = judged.best.number if judged.best else None
    if judged.why_not:
        heal = f"{'; '.join(judged.why_not)}: a commercial qualification for {asked.activity} in force on that day"
        return RegistrationCondition(condition=name, verdict=ConditionVerdict.not_met, record=record, heal=heal)
    begun = judged.best.valid_from if judged.best and judged.best.valid_from else None
    begun = begun if begun and begun <= day else None  # it was assessed anew since: of the term before, no day is kept
    return RegistrationCondition(
        condition=name, verdict=ConditionVerdict.met, since=begun, record=record, waived=judged.waived
    )


def certified(
    held: Sequence[Certificate],
    abroad: Foreign,
    market: str,
    activity: Activity,
    form: str | None,
    day: date,
    as_of: datetime,
) -> RegistrationCondition:
    """Whether a confirmed certificate, or an inspection that the market's law recognises, covers activity and form."""
    carried = _carried(_Condition.certified, "a certificate", held, activity, form, day)
    regime = REGIMES.get(regime_of(market))
    if carried.verdict != ConditionVerdict.not_met or regime is None:
        return carried
    if used := abroad.recognised(held, activity, form, day, as_of, [regime]):
        return carried.model_copy(
            update={
                **{"verdict": ConditionVerdict.met, "since": used.covered.decided_on, "heal": None},
                **{"record": used.inspection.number, "recognition": used.row.number},
            }
        )
    if abroad.undecided(activity, form, day, as_of):
        return carried.model_copy(update={"verdict": ConditionVerdict.unknown})
    return carried


def authorised(held: Sequence[Certificate], activity: Activity, form: str | None, day: date) -> RegistrationCondition:
    """Whether a confirmed authorisation of the site's owner covers the activity with the product's dosage form.

    ``held`` are its own, of the kinds that authorise the activity: with the premises they do not pass to who buys them.
    """
    kinds = " or ".join(sorted(AUTHORISING[activity]))
    return _carried(_Condition.authorised, f"{kinds} of who runs the site", held, activity, form, day)


def _carried(
    name: str, wanted: str, held: Sequence[Certificate], activity: Activity, form: str | None, day: date
) -> RegistrationCondition:
    if form is None:
        return RegistrationCondition(condition=name, verdict=ConditionVerdict.unknown, heal=UNKNOWN_WORK)
    numbers = covering(held, activity, form, day)
    if not numbers:
        heal = f"{wanted} that covers {activity} of {form} on that day, confirmed in the authority's register"
        return RegistrationCondition(condition=name, verdict=ConditionVerdict.not_met, heal=heal)
    first, number = min((each.valid_from, each.number) for each in held if each.number in numbers)
    return RegistrationCondition(condition=name, verdict=ConditionVerdict.met, since=first, record=number)


def active(
    number: str, state: StrEnum | None, since: date | None, elsewhere: Elsewhere | None = None
) -> RegistrationCondition:
    """Whether the partner may be given work. ``state`` is that of the day, none where nothing was told of it.

    ``elsewhere`` is another registration of the same company to which none is given.
    """
    name = _Condition.active
    if state is None:
        heal = f"nothing was told of {number} until that day: ask for a later one"
        return RegistrationCondition(condition=name, verdict=ConditionVerdict.unknown, record=number, heal=heal)
    if state == PartnerStatus.active and elsewhere is None:
        return RegistrationCondition(condition=name, verdict=ConditionVerdict.met, since=since, record=number)
    heal = f"{number} is {state}: its activation"
    if state == PartnerStatus.active and elsewhere:
        number, state, since = elsewhere
        heal = f"{number}, which is the same company, is {state}: its activation"
    return RegistrationCondition(
        condition=name, verdict=ConditionVerdict.not_met, since=since, record=number, heal=heal
    )


def open_site(site: Site, day: date, as_of: datetime, asker: UUID | None) -> RegistrationCondition:
    """Whether the site works on that day, as it was known at an instant."""
    name = _Condition.open_site
    if since_day := site.closed_since(day, as_of, asker):
        heal = "another site: one that is closed does not work again"
        return RegistrationCondition(
            condition=name, verdict=ConditionVerdict.not_met, since=since_day, record=site.number, heal=heal
        )
    return RegistrationCondition(condition=name, verdict=ConditionVerdict.met, record=site.number)


def agreed() -> RegistrationCondition:
    """Whether an agreement is effective, of which no fact tells."""
    heal = "no fact tells of agreements: see to it that one is effective"
    return RegistrationCondition(condition="agreement effective", verdict=ConditionVerdict.unjudged, heal=heal)


def unkept(why: str) -> list[RegistrationCondition]:
    """The conditions by what was known when nothing of the site was: nobody can say of one whether it held."""
    unknown = ConditionVerdict.unknown
    return [*(RegistrationCondition(condition=each, verdict=unknown, heal=why) for each in _Condition), agreed()]


def allows(found: Iterable[RegistrationCondition]) -> bool:
    """Whether each condition that is judged here is met."""
    return all(each.verdict in (ConditionVerdict.met, ConditionVerdict.unjudged) for each in found)
