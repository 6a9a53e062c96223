"""What the laboratories found: required tests, out-of-specification results, and tests after import."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from contracts import Side
from contracts.batches import LinkKind
from contracts.certifying import RecognisedWork
from contracts.complaints import AuthorityRegime as Regime
from contracts.partner_feeds import TestStage
from contracts.quality_events import OosConclusion
from contracts.sample_tracking import Evaluation
from quality_events import moments
from quality_events.oos_investigations.fields import OosState
from quality_events.readiness.events import about, owner_of
from quality_events.readiness.integrity import with_flags
from quality_events.readiness.specified import for_release, judging, required, specification_of
from quality_events.readiness.terms import (
    EVERYBODY,
    Condition,
    ConditionName,
    Dossier,
    Finding,
    Result,
    met,
    spared,
    unknown,
    unmet,
)
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from quality_events.readiness.trends import with_trends
from quality_events.regimes import regime_of, registered_as, territory

_A_DAY: Final = timedelta(1)
_RECOGNISES: Final = {Regime.eu_eea: "eu", Regime.gb: "gb"}


def tests_approved(dossier: Dossier, market: str, today: date) -> Condition:
    """Each test that the market's specification asks for has an approved, reportable result (21 CFR 211.165)."""
    name, found = ConditionName.tests_approved, required(dossier, market, today)
    if found is None:
        return _no_specification(name, market)
    for_release = [each for each in dossier.results.values() if each.stage == TestStage.release]
    approved = {each.test for each in for_release if each.approved}
    if lacks := [test for test in found if test not in approved]:
        texts = [f"{test}: {_why_none(dossier, test)}" for test in lacks]
        return unmet(name, *(Finding(text, reader=EVERYBODY) for text in texts), owner=Side.laboratory)
    reportable = {each.test for each in for_release if each.approved and each.reportable}
    if unclear := sorted(found.keys() - reportable):
        why = {each.test: each.not_reportable for each in for_release if each.approved}
        texts = [f"{test}: it is not known whether its result is reportable: {why[test]}" for test in unclear]
        return unknown(name, *(Finding(text, reader=EVERYBODY) for text in texts))
    return met(name, Finding(f"{len(found)} tests have an approved, reportable result", reader=EVERYBODY))


def _why_none(dossier: Dossier, test: str) -> str:
    """Why a required test has no approved result that counts."""
    if any(each.test == test and each.stage == TestStage.release for each in dossier.results.values()):
        return "its result is not approved"
    aside = (each for each in dossier.set_aside.values() if each.test == test and each.stage == TestStage.release)
    if text := next((f"its result is not reportable: {each.not_reportable}" for each in aside), None):
        return text
    invalid = any(each.test == test and each.stage == TestStage.release for each in dossier.invalid.values())
    return "its result was found invalid, and no retest is there" if invalid else "no result"


def specification_met(dossier: Dossier, market: str, today: date) -> Condition:
    """Every result of a required test meets it, and no result is in question for how its data came about."""
    return with_flags(_meets(dossier, market, today), dossier)


def _meets(dossier: Dossier, market: str, today: date) -> Condition:
    """A result that does not meet it counts until it is invalidated, also amended."""
    name, specification = ConditionName.specification_met, specification_of(dossier, market, today)
    if specification is None:
        return _no_specification(name, market)
    found, by = for_release(specification), {each["specification_id"] for each in judging(dossier, market, today)}
    counted = [each for each in dossier.results.values() if each.stage == TestStage.release]
    judged = {test: [each for each in counted if each.test == test] for test in found}
    away = {each.test for each in _away(dossier) if _fails(each, market)}
    fails = [test for test, of_it in judged.items() if test in away or any(_fails(each, market) for each in of_it)]
    if fails:
        return unmet(name, *(_of(dossier, test, market) for test in fails))
    limited = {test: of_it for test, of_it in judged.items() if not found[test]}
    unheld = [test for test, of_it in limited.items() if any(_not_held_against(by, each) for each in of_it)]
    told = {test: [_by(by, each, market) for each in of_it] for test, of_it in judged.items()}
    unclear = [test for test, of_it in judged.items() if not _passes(of_it, told[test], report_only=found[test])]
    texts = [f"{test}: {_why_unclear(judged[test])}" for test in unclear if test not in unheld]
    began = _began(dossier)
    asks = f"revision {specification['revision']} for {specification['market'] or 'every market'}"
    texts += [f"{test}: {early}" for test, of_it in judged.items() if (early := _too_early(of_it, began))]
    texts += [f"{test}: its result was never held against {asks}, by which the batch is judged" for test in unheld]
    if texts:
        return unknown(name, *(Finding(text, reader=EVERYBODY) for text in texts), owner=Side.laboratory)
    return met(name, Finding(f"{len(found)} tests meet the specification for {market}", reader=EVERYBODY))


def oos_concluded(dossier: Dossier, market: str, _: date) -> Condition:
    """None is open on the batch or on what went in, and none confirmed its result; trends are weighed."""
    return with_trends(_concluded(dossier, market), dossier)


def _concluded(dossier: Dossier, market: str) -> Condition:
    """By out-of-specification results alone (FDA OOS guidance, 2022).

    One of a result that misses other markets' limits, and meets this one's, is theirs. One that is confirmed of what
    went in is as if it were of the batch, until a rework or a reprocessing deals with it.
    """
    name = ConditionName.oos_concluded
    met_here = {each.id for each in dossier.results.values() if _evaluation(each, market) == Evaluation.passed}
    found = [each for each in dossier.investigations if each["result_id"] not in met_here]
    here = [each for each in found if each["own"] or not _passed_above(each["verdicts"], market)]
    open_ = [each for each in here if each["state"] != OosState.concluded]
    confirmed = [each for each in here if each["conclusion"] == OosConclusion.confirmed]
    if left := [each for each in confirmed if each["own"] or each["whole"]]:
        since = min(each["since"] for each in left)
        return unmet(name, *(about(each, "oos_investigation", _confirmed(each)) for each in left), since=since)
    if open_:
        first = min(open_, key=lambda each: each["since"])
        findings = [about(each, "oos_investigation", each["state"].replace("_", " ")) for each in open_]
        whose = Side.laboratory if first["state"] == OosState.phase_1 else Side.maker
        return unmet(name, *findings, owner=owner_of(first, whose), since=first["since"], due=first["due"])
    weighed = [each for each in here if each["conclusion"] == OosConclusion.inconclusive]
    findings = [about(each, "oos_investigation", "inconclusive: the decision weighs it") for each in weighed]
    again = "confirmed of what was reworked or reprocessed to this"
    findings += [about(each, "oos_investigation", again) for each in confirmed]
    none = Finding("no OOS investigation is open", reader=EVERYBODY)
    return met(name, *(findings or [none]), weighs=bool(weighed))


def _confirmed(investigation: Mapping[str, Any]) -> str:
    above = "" if investigation["own"] else "of what went in or of what it is a part of, "
    return f"{above}confirmed: reject or reprocess it"


def _passed_above(verdicts: Mapping[str, str] | None, market: str) -> bool:
    """Whether a result of what it came of meets a market's limits."""
    names = (*registered_as(market), "")
    found = next((verdicts[name] for name in names if name in verdicts), None) if verdicts else None
    return found == Evaluation.passed


def import_tested(dossier: Dossier, market: str, today: date) -> Condition:
    """What is imported is tested in the Union, or in Great Britain (Directive 2001/83/EC article 51(1)(b))."""
    name, regime = ConditionName.import_tested, regime_of(market)
    home = territory(regime)
    if not home:
        return spared(name, f"the law of {market} asks for none")
    sites = {each.site_id for each in (*dossier.done, *dossier.made_of)}
    if not sites or sites - dossier.countries.keys():
        return unknown(name, Finding("the country of a site that made it is not known", reader=None))
    abroad = {dossier.countries[site] for site in sites} - home
    if not abroad:
        return spared(name, "it is not imported")
    recognised = {country: _recognised(dossier, _RECOGNISES[regime], country, today) for country in sorted(abroad)}
    if all(each.verdict == Verdict.met for each in recognised.values()):
        return met(name, Finding(f"batch tests of {', '.join(sorted(abroad))} are recognised", reader=None))
    found = required(dossier, market, today)
    if found is None:
        return _no_specification(name, market)
    at_home = {
        each.test
        for each in dossier.results.values()
        if each.approved and each.stage == TestStage.release and not _fails(each, market)
        if dossier.countries.get(each.site_id) in home
    }
    if lacks := sorted(found.keys() - at_home):
        text = f"not tested after import: {', '.join(lacks)}"
        if any(each.verdict == Verdict.not_met for each in recognised.values()):
            return unmet(name, Finding(text, reader=None))
        limited = [Finding(each.text, reader=None) for each in recognised.values() if each.verdict == Verdict.unknown]
        return replace(unknown(name, Finding(text, reader=None), *limited), untold=True)
    return met(name, Finding("each test was done after import", reader=None))


def _no_specification(name: ConditionName, market: str) -> Condition:
    return unknown(name, Finding(f"no specification of the product for {market} is in force", reader=EVERYBODY))


def _fails(result: Result, market: str) -> bool:
    return _evaluation(result, market) == Evaluation.out_of_specification


def _evaluation(result: Result, market: str) -> str:
    """How it stands for a market: by the limits of its own, else of its region's, else of every market's."""
    names = (*registered_as(market), "")
    return next(result.evaluations[name] for name in names if name in result.evaluations)


def _by(specifications: Collection[str], result: Result, market: str) -> str:
    """How a result stands by one of the specifications; for the market where it was told of none by which it was."""
    found = (result.by_specification[each] for each in sorted(specifications) if each in result.by_specification)
    return next(found, Evaluation.not_evaluated if result.by_specification else _evaluation(result, market))


def _passes(results: Sequence[Result], verdicts: Sequence[str], *, report_only: bool) -> bool:
    """Whether one passes and each can be judged; once there are approved ones that are reportable, one of these."""
    told = [*zip(results, verdicts, strict=True)]
    if any((each.unjudged or each.pending) and verdict == Evaluation.not_evaluated for each, verdict in told):
        return False
    approved = [(each, verdict) for each, verdict in told if each.approved]
    pool = [(each, verdict) for each, verdict in approved if each.reportable] or approved or told
    return any(report_only or verdict == Evaluation.passed for _, verdict in pool)


def _why_unclear(results: Sequence[Result]) -> str:
    pending = any(each.pending for each in results)
    return "its result asks for the units of a further stage" if pending else "no result that can be judged"


def _not_held_against(specifications: Collection[str], result: Result) -> bool:
    """Whether it was judged by others, and by none of these: others' limits, or another revision's, are not theirs."""
    return bool(result.by_specification) and not result.by_specification.keys() & set(specifications)


def _began(dossier: Dossier) -> date | None:
    """The first day on which it, or what made it, may have begun; None where that is not known: of what was packed."""
    if LinkKind.packed in dossier.batch["came_by"]:
        return None
    parts = [each.said for each in dossier.parents if each.made_it]
    own = [dossier.batch] if dossier.batch["started_at"] or not parts else []
    begun = [each["started_at"] for each in (*own, *parts)]
    begun += [stage["started_at"] for each in (*own, *parts) for stage in each["stages"]]
    return None if None in begun else min(moments.sortable(moments.read(each)) for each in begun)


def _too_early(results: Sequence[Result], began: date | None) -> str:
    """Why results are of something else: a lot is tested once there is one; zones and calendars differ by a day."""
    days = sorted(each.on for each in results if began and each.on and _ended(each.on) + _A_DAY < began)
    return f"its result is of {days[0]}, and the batch began {began}" if days else ""


def _ended(on: str) -> date:
    return moments.ends(moments.read(on))


def _away(dossier: Dossier) -> Iterable[Result]:
    """Failures for release that a laboratory amended: it alone takes none out of the evaluation (ICH Q7 11.15)."""
    return (each for each in dossier.amended_away if each.stage == TestStage.release)


def _of(dossier: Dossier, test: str, market: str) -> Finding:
    known_of_it = (*dossier.results.values(), *_away(dossier))
    ids = {each.id for each in known_of_it if each.test == test and _fails(each, market)}
    known = next((each for each in dossier.investigations if each["result_id"] in ids), None)
    text = f"{test} is out of specification"
    return about(known, "oos_investigation", text) if known else Finding(text, reader=EVERYBODY)


class _Recognised(NamedTuple):
    """Whether batch tests of a country are recognised, and where that depends on the kind of product, by which row."""

    verdict: Verdict
    text: str = ""


def _recognised(dossier: Dossier, regime: str, country: str, today: date) -> _Recognised:
    """By a row of the country or of its Union; where that is for some kinds of products, nobody can say."""
    newest: dict[str, Any] = {}
    for each in sorted(dossier.recognitions, key=lambda each: each.sequence):
        newest[each.key] = each.said
    covers = [
        said
        for said in newest.values()
        if said["regime"] == regime
        and said["country"] in registered_as(country)
        and RecognisedWork.batch_testing in said["covers"]
        and said["valid_from"] <= today.isoformat() <= (said["valid_to"] or "9999")
    ]
    limited = [said for said in covers if said["kinds_in"] or said["kinds_out"]]
    if len(limited) < len(covers):
        return _Recognised(Verdict.met)
    if not limited:
        return _Recognised(Verdict.not_met)
    said = limited[0]
    kinds = [f"is for {', '.join(said['kinds_in'])} alone"] if said["kinds_in"] else []
    kinds += [f"leaves {', '.join(said['kinds_out'])} out"] if said["kinds_out"] else []
    which = f"{said['number']}, of {said['country']}, {' and '.join(kinds)}"
    return _Recognised(Verdict.unknown, f"{which}, and of which kind this product is no fact tells")
