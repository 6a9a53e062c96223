"""Whether the product's registrations named each site for its work on the days of it, by all that was told of them."""

from datetime import date

from contracts.registrations import RegistrationChanged, RegistrationState, RegistrationStep
from quality_events.readiness.places import holder
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from tests.dossiers import WORLD, batch, told, usual, verdict
from tests.releasing import registered

BEFORE_APPROVAL = {"what": RegistrationStep.submitted, "state": RegistrationState.submitted, "sites": (), "holder": "x"}
APPROVED = {"what": RegistrationStep.approved, "state": RegistrationState.approved}


def test_what_is_withdrawn_before_the_work_is_not_registered() -> None:
    facts = usual()
    held = next(each for each in facts if hasattr(each, "registration_id"))
    gone = held.model_copy(update={"what": RegistrationStep.withdrawn, "effective_on": date(2018, 12, 1)})
    assert verdict(batch(told(*facts, gone)), "registered") == Verdict.not_met
    later = gone.model_copy(update={"effective_on": date(2019, 1, 1)})
    assert verdict(batch(told(*facts, later)), "registered") == Verdict.met
    assert verdict(batch(told(*facts)), "registered", "DE") == Verdict.unknown


def test_of_several_registrations_each_counts_on_the_days_on_which_it_registers_the_product() -> None:
    """What was submitted beside it, or withdrawn after it was followed, takes nothing away."""
    facts = usual()
    own = next(each for each in facts if isinstance(each, RegistrationChanged))
    rest, on = [each for each in facts if each is not own], date(2018, 12, 2)
    ended = own.model_copy(update={"what": RegistrationStep.withdrawn, "effective_on": on, "sites": ()})
    submitted = registered(WORLD, "AT").model_copy(update=BEFORE_APPROVAL)
    followed = submitted.model_copy(update=APPROVED | {"effective_on": on, "sites": own.sites})
    union = registered(WORLD, "EU")
    for course in ([own, submitted], [own, ended, submitted, followed], [own, ended, union], [union, submitted]):
        assert verdict(batch(told(*rest, *course)), "registered") == Verdict.met, course
    assert verdict(batch(told(*rest, own, ended, submitted)), "registered") == Verdict.not_met
    assert holder(batch(told(*rest, union, submitted)), "AT", on) == union.holder
