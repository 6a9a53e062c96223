"""Rules of the package: rounds, completeness, and what the gate asks."""

from collections.abc import Callable
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Side
from contracts.tech_transfer import TransferKind
from contracts.transfer_packages import PackageCategory, ReturnReason
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated
from services.tech_transfer.tests.package_moves import NOW, item, provide
from services.tech_transfer.tests.unit.test_lifecycles import transfer
from tech_transfer.gates.dossier import Dossier
from tech_transfer.package_items.model import PackageItem, PackageStep
from tech_transfer.package_items.required import package
from tech_transfer.package_items.rules import by_category, counted, missing_of_standard
from tech_transfer.package_items.terms import Confidentiality, ItemState, PackageMove
from tech_transfer.transfers.schemas import TechTransferState

OF = transfer()


def in_state(state: ItemState, **more: Any) -> PackageItem:
    """An item of the package that has come so far."""
    one = item(OF, **more)
    one.state = state
    return one


@given(st.lists(st.tuples(st.sampled_from(ItemState), st.booleans(), st.sampled_from(PackageCategory)), max_size=25))
def test_completeness_is_accepted_by_mandatory_without_waived(given: list[Any]) -> None:
    items = [in_state(state, mandatory=mandatory, category=of) for state, mandatory, of in given]
    whole, parts = counted(items), by_category(items)
    assert sum(each.mandatory for each in parts.values()) == whole.mandatory
    assert whole.missing == sum(each.missing for each in parts.values())
    asked = whole.mandatory - whole.waived
    assert (whole.completeness is None) == (asked == 0)
    if whole.completeness is not None:
        assert (whole.completeness == 1) == (whole.missing == 0)
        assert 0 <= Decimal(whole.accepted) / asked - whole.completeness < Decimal("0.0001")


def test_a_returned_item_counts_as_missing() -> None:
    items = [in_state(ItemState.accepted), in_state(ItemState.accepted), in_state(ItemState.returned)]
    assert (counted(items).completeness, counted(items).missing) == (Decimal("0.6666"), 1)
    assert counted([*items[:2], in_state(ItemState.waived)]).completeness == 1
    assert counted([in_state(ItemState.waived)]).completeness is None
    assert counted([in_state(ItemState.pending, mandatory=False)]).mandatory == 0


def test_a_document_goes_its_rounds() -> None:
    one, steps = item(OF), list[PackageStep]()
    taken: tuple[tuple[PackageMove, Callable[[], object]], ...] = (
        (PackageMove.provided, lambda: provide(one, "1")),
        (PackageMove.returned, lambda: one.send_back(ReturnReason.illegible, "blurred", NOW)),
        (PackageMove.provided, lambda: provide(one, "2")),
        (PackageMove.accepted, lambda: one.accept("eva", NOW)),
    )
    for move, take in taken:
        take()
        steps.append(PackageStep.of(one, move, "ana", NOW))
    assert [(each.round, each.document_version, each.reason_code) for each in steps] == [
        (1, "1", None),
        (1, "1", "illegible"),
        (2, "2", None),
        (2, "2", None),
    ]
    with pytest.raises(RuleViolated, match="version 2 already"):
        provide(one, "2", "f" * 64)
    with pytest.raises(RuleViolated, match="letter by letter"):
        provide(one, "3", f"{2:064}")
    provide(one, "3")
    assert (one.round, one.accepted_version, one.outdated) == (3, "2", True)
    one.waive("not of use", NOW)
    with pytest.raises(NotAllowedNow):
        provide(one, "4")


def test_whose_turn_it_is() -> None:
    one = item(OF)
    assert one.turn() == {Side.sender}
    provide(one)
    assert one.turn() == {Side.receiver}
    one.send_back(ReturnReason.other, "x", NOW)
    assert one.turn() == {Side.sender}
    own = item(transfer(sending_site_id=None, sending_partner_id=None))
    assert own.turn() == {Side.sponsor}
    draft = item(OF, mandatory=False, confidentiality=Confidentiality.sponsor_only)
    assert (draft.turn(), draft.parties) == ({Side.sponsor}, [])
    draft.address(True, Confidentiality.confidential)
    assert (draft.turn(), set(draft.parties)) == ({Side.sender}, set(OF.parties))


def test_a_closed_item_is_the_senders_alone() -> None:
    one, draft = item(OF), item(OF, mandatory=False, confidentiality=Confidentiality.sponsor_only)
    for each in (one, draft):
        each.close()
        assert each.turn() == set()
    assert (one.parties, draft.parties) == ([OF.sending_partner_id], [])


def test_what_is_usual_is_asked_for_once() -> None:
    assert set(missing_of_standard(TransferKind.process_and_analytical, [])) == set(PackageCategory)
    assert PackageCategory.methods not in missing_of_standard(TransferKind.process, [])
    listed = [item(OF, category=each) for each in PackageCategory]
    assert set(chain(*(missing_of_standard(kind, listed) for kind in TransferKind))) == set()
    optional = [item(OF, category=PackageCategory.methods, mandatory=False)]
    assert PackageCategory.methods in missing_of_standard(TransferKind.analytical, optional)


def test_the_gate_names_each_item_that_is_not_accepted_and_whose_turn_it_is() -> None:
    due_on = NOW.date()
    provided, pending = in_state(ItemState.provided, due_on=due_on), in_state(ItemState.pending, due_on=due_on)
    optional = in_state(ItemState.pending, mandatory=False)
    items = [provided, pending, optional, in_state(ItemState.accepted), in_state(ItemState.waived)]
    asked = package(Dossier(transfer=OF, today=NOW.date(), package_items=items))
    assert [(each.unit, each.due_on, each.record and each.record.id) for each in asked] == [
        ("receiving", None, provided.id),
        ("sending", due_on, pending.id),
    ]
    (nothing,) = package(Dossier(transfer=OF, today=NOW.date(), package_items=[optional]))
    assert (nothing.unit, nothing.since) == ("sponsor", OF.created_at)


def test_of_a_closed_package_no_item_is_named() -> None:
    ended = transfer()
    ended.state, ended.cancelled_at = TechTransferState.cancelled, NOW
    (closed,) = package(Dossier(transfer=ended, today=NOW.date(), package_items=[item(OF)]))
    assert (closed.record, closed.since) == (None, NOW)
    with pytest.raises(RuleViolated, match="cancelled"):
        item(ended)
