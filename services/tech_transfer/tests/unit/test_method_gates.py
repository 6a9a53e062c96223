"""Whether gates take laboratories for entitled, by what sample_tracking tells: without a database."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.entitlements import EntitlementStanding as Standing
from contracts.tech_transfer import TransferKind
from services.tech_transfer.tests.unit.test_lifecycles import NOW, method_transfer, transfer
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Unit
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.required import entitled
from tech_transfer.method_transfers.standing import LaboratoryStanding, holds
from tech_transfer.method_transfers.terms import MethodTransferState as State

TODAY = date(2026, 2, 2)
LABORATORY, PRODUCT = uuid4(), uuid4()


def told(standing: str, since: date = TODAY, version: str = "1.0", **more: Any) -> LaboratoryStanding:
    """A setting of the laboratory."""
    given: dict[str, Any] = {"id": uuid4(), "method": "M", "method_version": version, "set_at": NOW}
    given |= {"laboratory_site_id": LABORATORY, "standing": Standing(standing), "valid_from": since}
    return LaboratoryStanding(**given | more)


def transferred(state: State = State.passed, **more: Any) -> MethodTransfer:
    """A method transfer to the laboratory."""
    one = method_transfer()
    one.state, one.laboratory_site_id, one.updated_at = state, LABORATORY, NOW
    for name, value in more.items():
        setattr(one, name, value)
    return one


def unmet(*standings: LaboratoryStanding, of: list[MethodTransfer], rule: str = "methods_entitled", **more: Any) -> Any:
    """What a gate finds not to be so."""
    dossier = Dossier(transfer=transfer(**more), today=TODAY, method_transfers=of, standings=standings)
    return [(each.why, each.unit) for each in entitled(GateRule(rule))(dossier)]


def test_without_a_method_nobody_knows_what_is_needed() -> None:
    ((why, unit),) = unmet(of=[])
    assert (why.startswith("no method transfer is planned"), unit) == (True, Unit.sponsor)
    assert unmet(of=[], kind=TransferKind.packaging) == []


@pytest.mark.parametrize("standing", Standing)
def test_only_what_is_told_entitles(standing: Standing) -> None:
    found = unmet(told(standing), of=[transferred()])
    assert bool(found) == (standing in ("in_transfer", "suspended", "withdrawn"))


def test_why_a_laboratory_is_not_entitled() -> None:
    words = "the laboratory is not entitled for M 1.0: "
    assert unmet(of=[transferred()]) == [(f"{words}nothing is told yet of an entitlement that follows", Unit.sponsor)]
    assert unmet(of=[transferred(State.failed)]) == [(f"{words}it failed", Unit.sponsor)]
    planned = transferred(State.planned)
    assert unmet(of=[planned]) == [(f"{words}its protocol is not approved", Unit.laboratory)], "a third party's"
    planned.sending_partner_id = planned.sending_laboratory_partner_id
    assert unmet(of=[planned]) == [(f"{words}its protocol is not approved", Unit.sending)]
    tests = transferred(State.in_execution, receiving_complete=True)
    assert unmet(of=[tests]) == [(f"{words}its results lack", Unit.laboratory)]
    tests.sending_laboratory_partner_id = None
    assert unmet(of=[tests]) == [(f"{words}its results lack", Unit.sponsor)]
    waits = transferred(State.in_execution, sending_complete=True)
    assert unmet(of=[waits]) == [(f"{words}its results lack", Unit.laboratory)]
    assert unmet(told("suspended"), of=[transferred()]) == [(f"{words}it stands as suspended", Unit.sponsor)]
    assert unmet(told("transferred", TODAY + timedelta(1)), of=[transferred()]) != []


def test_a_former_attempt_and_what_batches_do_not_need_are_not_asked_for() -> None:
    entitlement = told("transferred")
    assert unmet(entitlement, of=[transferred(State.repeated, method="other"), transferred()]) == []
    later = transferred(State.planned, method="other", needed_for_batches=False)
    assert unmet(entitlement, of=[transferred(), later], rule="methods_for_batches") == []
    assert len(unmet(entitlement, of=[transferred(), later])) == 1


def test_a_minor_version_stands_as_the_one_before_and_a_major_one_does_not() -> None:
    settings = [told("transferred", date(2026, 1, 1)), told("suspended", version="1.2")]
    assert holds(settings, "M", "1.1", PRODUCT, LABORATORY, TODAY) == "transferred"
    assert holds(settings, "M", "1.3", PRODUCT, LABORATORY, TODAY) == "suspended"
    assert holds(settings, "M", "1.3", PRODUCT, LABORATORY, date(2026, 1, 31)) == "transferred"
    assert holds(settings, "M", "2.0", PRODUCT, LABORATORY, TODAY) is None
    later = told("withdrawn", date(2026, 1, 1), set_at=NOW + timedelta(seconds=1))
    assert holds([later, *settings], "M", "1.0", PRODUCT, LABORATORY, TODAY) == "withdrawn"


def test_what_is_shown_for_one_product_entitles_for_no_other() -> None:
    """As sample_tracking judges: a product's own method, and the one for all others."""
    own = told("transferred", product_id=PRODUCT)
    about = ("M", "1.0", PRODUCT, LABORATORY, TODAY)
    other = ("M", "1.0", uuid4(), LABORATORY, TODAY)
    assert (holds([own], *about), holds([own], *other)) == ("transferred", None)
    for_all = told("validated")
    assert (holds([own, for_all], *about), holds([own, for_all], *other)) == ("transferred", "validated")
    suspended = told("suspended", product_id=PRODUCT)
    assert (holds([suspended, for_all], *about), holds([suspended, for_all], *other)) == ("suspended", "validated")
    of_another = told("transferred", product_id=uuid4())
    assert "nothing is told yet" in unmet(of_another, of=[transferred()])[0][0]
