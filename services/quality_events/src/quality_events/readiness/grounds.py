"""Of what a condition is stated beside its words: the stages and sites of the making, and the results, by their digest.

Words alone name hardly anything: what is unknown of one result is unknown of the next one in the same words. Of each
only what every party to the batch may read: a statement counts for all of them or for none.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from contracts.partner_feeds import TestStage
from quality_events.readiness.terms import ConditionName, Dossier
from serving.canonical import canonical_json, sha256


def grounds(name: ConditionName, dossier: Dossier) -> str | None:
    """The digest of what a condition rests on; None where its words name all of that."""
    found = _OF.get(name)
    return sha256("\n".join(sorted({canonical_json(each) for each in found(dossier)}))) if found else None


def _sites(dossier: Dossier) -> list[Any]:
    return [str(each.site_id) for each in (*dossier.done, *dossier.made_of)]


def _making(dossier: Dossier) -> list[Any]:
    """When and where each step was made, of the batch and of what it is a part of."""
    parents = (each.said for each in dossier.parents if each.made_it)
    return [line for said in (dossier.batch, *parents) for line in _stages(said)]


def _stages(said: Mapping[str, Any]) -> Iterable[Any]:
    yield [said["site_id"], said["started_at"], said["completed_at"]]
    for each in said["stages"]:
        yield [each["step"], each["site_id"], each["started_at"], each["ended_at"]]
    for each in said["elsewhere"]:
        yield [each["step"], each["site_id"], each["started_at"], each["ended_at"], each["content"]]


def _yields(dossier: Dossier) -> list[Any]:
    names = ("actual_quantity", "actual_unit", "yield_percent", "stage_yields")
    return [*_making(dossier), [str(dossier.batch.get(each)) for each in names]]


def _results(dossier: Dossier) -> list[Any]:
    """Each result of the release, where it was made, and how it stands."""
    own = (each for each in dossier.results.values() if each.stage == TestStage.release)
    return [[each.test, each.id, str(each.site_id), each.approved, each.reportable] for each in own]


_OF: Final[Mapping[ConditionName, Callable[[Dossier], list[Any]]]] = {
    ConditionName.tests_approved: _results,
    ConditionName.import_tested: lambda dossier: [*_making(dossier), *_results(dossier)],
    ConditionName.yield_explained: _yields,
    ConditionName.within_times: _making,
    ConditionName.agreement_effective: _making,
    ConditionName.excursions_decided: _making,
    ConditionName.confirmations: _making,
    ConditionName.samples_retained: _sites,
    **dict.fromkeys((ConditionName.site_qualified, ConditionName.registered), _making),
}
