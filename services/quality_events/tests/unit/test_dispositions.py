"""What is decided of a batch: which step follows which, who may decide, and whether it was right the first time."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from contracts import Role
from contracts.complaints import AuthorityRegime as Regime
from contracts.dispositions import Decision
from quality_events.batches.model import Batch
from quality_events.dispositions.authority import THE_SPONSOR, authority
from quality_events.dispositions.commands import right_first_time
from quality_events.dispositions.model import Confirmable, Disposition, Signed, following
from quality_events.dispositions.schemas import DispositionState as State
from quality_events.readiness.terms import Dossier
from runtime.lifecycle import NotAllowedNow, table
from runtime.principal import Principal
from runtime.problems import Problem, RuleViolated
from tests.world import World

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
WORLD = World()
LOT = WORLD.lot()
KNOWN = Confirmable(lot=LOT, stages=["making"], deviations=[], record_version="1.0")
SIGNED = Signed(lot=LOT)


def disposition(state: State = State.open, market: str = "AT") -> Disposition:
    """One in a state."""
    made = Disposition.open(Batch.announce(LOT), market, "DISP-1")
    made.state = state
    return made


def person(role: str) -> Principal:
    """Somebody of the sponsor's with one role."""
    return Principal("vera", "Vera", frozenset({role}))


STEPS: dict[str, Any] = {
    "confirm": lambda of: of.confirm(["making"], [], KNOWN, "ana", NOW),
    "release": lambda of: of.release(SIGNED, "qp", NOW),
    "release_for_processing": lambda of: of.release_for_processing(SIGNED, date(2026, 6, 1), "qp", NOW),
    "close_follow_up": lambda of: of.close_follow_up(LOT, {}, NOW),
    "reject": lambda of: of.reject(SIGNED, "qp", NOW),
    "stop": lambda of: of.stop(SIGNED, "qp", NOW),
    "resume": lambda of: of.resume(SIGNED, "qp", NOW),
    "leave": lambda of: of.leave(),
    "open_anew": lambda of: of.open_anew(),
    "withdraw": lambda of: of.withdraw(LOT, NOW),
}
TO = {
    **{(each, "confirm"): "confirmed" for each in ("open", "confirmed")},
    **{(each, "release"): "released" for each in ("open", "confirmed")},
    **{(each, "release_for_processing"): "released_for_processing" for each in ("open", "confirmed")},
    **{(each, "reject"): "rejected" for each in ("open", "confirmed", "released_for_processing", "stopped")},
    ("released_for_processing", "close_follow_up"): "released_for_processing",
    ("released", "stop"): "stopped",
    ("open", "leave"): "not_intended",
    ("not_intended", "open_anew"): "open",
    ("stopped", "resume"): "released",
    **{(each, "withdraw"): "withdrawn" for each in ("released", "stopped")},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("step", STEPS)
def test_only_the_table_passes(state: State, step: str) -> None:
    one = disposition(state)
    one.follow_up_on = date(2026, 6, 1)
    if expected := TO.get((state, step)):
        STEPS[step](one)
        assert one.state == expected
    else:
        with pytest.raises(NotAllowedNow):
            STEPS[step](one)


def test_every_step_that_somebody_takes_is_signed_by_another_than_who_stated() -> None:
    for row in table(Disposition):
        assert bool(row.needs.signed) == bool(row.needs.grants), row.name
        assert row.needs.independent_of == ({"prepared_by"} if row.needs.grants else set())


@pytest.mark.parametrize(("market", "decider", "other"), [("AT", "qp", "quality"), ("US", "quality", "qp")])
def test_steps_are_offered_to_whom_the_regime_asks_for(market: str, decider: str, other: str) -> None:
    """In the record's `allowed` and in a refusal's alike."""
    asked = (NotAllowedNow(disposition(State.open, market), "stop", person(role)) for role in (decider, other))
    offered = [each.extensions["allowed"] for each in asked]
    assert offered == [["release", "release_for_processing", "reject"], []]


@pytest.mark.parametrize("step", [Disposition.release, Disposition.resume])
def test_nothing_is_released_while_a_condition_waits(step: Any) -> None:
    one = disposition(State.open if step is Disposition.release else State.stopped)
    waits = Signed(lot=LOT, blocking={"registered": ["REG-1"]})
    with pytest.raises(RuleViolated, match="registered"):
        step(one, waits, "qp", NOW)


@pytest.mark.parametrize(("named", "own"), [(["DEV-1"], []), ([], ["DEV-1"])])
def test_a_confirmation_names_each_of_its_deviations_and_stages_and_no_other(named: Any, own: Any) -> None:
    for wrong in ({"deviations": own}, {"stages": ["making", *own]}):
        stages, deviations = (["making"], named) if "deviations" in wrong else (["making", *named], [])
        told = "DEV-1 is none" if "DEV-1" in (*stages, *deviations) else "DEV-1 is missing"
        with pytest.raises(RuleViolated, match=told):
            disposition().confirm(stages, deviations, replace(KNOWN, **wrong), "ana", NOW)


def test_nothing_is_confirmed_before_the_makers_review_of_its_record() -> None:
    with pytest.raises(RuleViolated, match="record-review"):
        disposition().confirm(["making"], [], replace(KNOWN, record_version=None), "ana", NOW)


def test_a_follow_up_is_closed_when_every_condition_is_met() -> None:
    one = disposition(State.released_for_processing)
    one.follow_up_on = date(2026, 6, 1)
    with pytest.raises(RuleViolated, match="registered"):
        one.close_follow_up(LOT, {"registered": []}, NOW)
    told = one.close_follow_up(LOT, {}, NOW)
    assert (one.follow_up_open, told.lot, told.follow_up_on) == (False, LOT, date(2026, 6, 1))


@pytest.mark.parametrize("state", State)
def test_what_is_rejected_for_every_market_goes_to_none(state: State) -> None:
    """What follows in another market is a step of the lifecycle there, or nothing."""
    step = {"rejected": "reject", "stopped": "stop"}.get(str(following(state)), "")
    assert TO.get((state, step)) == following(state)
    assert following(state) or state in (State.rejected, State.stopped, State.withdrawn, State.not_intended)


@pytest.mark.parametrize("step", sorted(set(STEPS) - {"confirm", "close_follow_up", "leave", "open_anew"}))
def test_a_fact_tells_what_was_decided_and_neither_why_nor_its_place_in_the_register(step: str) -> None:
    (before, *_) = [each for each, of in TO if of == step]
    fact = STEPS[step](disposition(State(before)))
    assert (fact.regime, fact.register_number, fact.readiness_digest) == ("eu_eea", None, None)
    assert "justification" not in fact.model_dump()


def test_whose_turn_it_is() -> None:
    assert [[*disposition(market=each).turn()] for each in ("AT", "US")] == [["maker"], ["sponsor"]]


CAPACITY = {
    "regime": "eu_eea", "site_ids": [str(WORLD.site)], "valid_from": "2026-01-01", "valid_to": "2026-05-04",
    "legal_entity": "Alpine Pharma GmbH", "number": "QPC-1",
}  # fmt: skip


def decides(regime: Regime, role: Role, *capacities: Any, day: str = "2026-05-04", eea: bool = False) -> Any:
    """As whom somebody decides."""
    on = date.fromisoformat(day)
    more: Any = {"holder": None, "certified_in_the_eea": eea}
    return authority(regime, {role}, capacities, str(WORLD.site), on, **more)


def test_a_capacity_counts_to_the_end_of_its_last_day() -> None:
    found = decides(Regime.eu_eea, Role.qp, CAPACITY)
    assert (found.legal_entity, found.capacity) == ("Alpine Pharma GmbH", "QPC-1")
    for wrong in (
        {"regime": "gb"}, {"site_ids": [str(uuid4())]}, {"valid_to": "2026-05-03"}, {"valid_from": "2026-05-05"}
    ):  # fmt: skip
        with pytest.raises(Problem) as refused:
            decides(Regime.eu_eea, Role.qp, CAPACITY | wrong)
        assert (refused.value.status, refused.value.kind) == (403, "not-named"), "another role would not help"


def test_a_capacity_for_some_kinds_of_products_certifies_none_of_an_unknown_kind() -> None:
    limited = CAPACITY | {"product_kinds": ["blood_products"], "number": "QPC-2"}
    with pytest.raises(Problem, match="QPC-2 names you for blood_products alone") as refused:
        decides(Regime.eu_eea, Role.qp, limited)
    assert (refused.value.status, refused.value.kind) == (403, "not-named")
    assert decides(Regime.eu_eea, Role.qp, limited, CAPACITY).capacity == "QPC-1", "another one serves"


def test_a_role_alone_certifies_nothing() -> None:
    for regime, role in ((Regime.eu_eea, Role.quality), (Regime.gb, Role.quality), (Regime.us, Role.qp)):
        with pytest.raises(Problem, match="role") as refused:
            decides(regime, role, CAPACITY, CAPACITY | {"regime": "gb"})
        assert refused.value.kind == "forbidden"
    assert decides(Regime.us, Role.quality).legal_entity == THE_SPONSOR


def test_a_responsible_person_for_import_needs_the_unions_certificate() -> None:
    rpi = CAPACITY | {"regime": "rpi"}
    assert decides(Regime.gb, Role.qp, rpi, eea=True).capacity == "QPC-1"
    with pytest.raises(Problem):
        decides(Regime.gb, Role.qp, rpi)


def dossier(**more: Any) -> Dossier:
    """A batch for two markets, of which the other one is released."""
    said = [{"market": "US", "state": "released"}]
    given: dict[str, Any] = {"dispositions": said, "deviations": [], "investigations": []}
    own = {"markets": ["AT", "US"], "reworked": more.pop("reworked", False)}
    return Dossier(batch=own, **(given | more))


GRAVE = {"own": True, "made": True, "state": "closed", "classification": "major"}


@pytest.mark.parametrize(
    ("change", "decision", "expected"),
    [
        ({}, Decision.released, True),
        ({}, Decision.rejected, False),
        ({"dispositions": []}, Decision.released, None),
        ({"deviations": [GRAVE]}, Decision.released, False),
        ({"deviations": [GRAVE | {"state": "cancelled"}]}, Decision.released, True),
        ({"deviations": [GRAVE | {"classification": "minor"}]}, Decision.released, True),
        ({"investigations": [{"own": True, "made": True, "conclusion": "confirmed"}]}, Decision.released, False),
        ({"investigations": [{"own": True, "made": True, "conclusion": "invalidated"}]}, Decision.released, True),
        ({"reworked": True}, Decision.released, False),
        ({"dispositions": [{"market": "US", "state": "rejected"}]}, Decision.released, False),
    ],
)
def test_right_first_time(change: dict[str, Any], decision: Decision, expected: bool | None) -> None:
    assert right_first_time(dossier(**change), "AT", decision) is expected
