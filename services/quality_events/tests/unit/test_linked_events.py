"""What a deviation may be linked to, and who reads the link."""

from dataclasses import replace
from uuid import uuid4

import pytest

from contracts import Side
from quality_events.deviations.linked import LinkState
from runtime.problems import RuleViolated
from tests.quality_records import NOW, deviation, linkable


def test_a_link_is_read_by_the_partner_where_that_sees_both_ends() -> None:
    one = deviation()
    change = linkable(one.partner_id)
    assert one.link_event(change, "ana", Side.owner).parties == [one.partner_id]
    hidden = one.link_event(replace(change, parties=[]), "tom", Side.sponsor)
    assert (hidden.parties, hidden.partner_id, hidden.linked_by) == ([], one.partner_id, "tom")


def test_neither_itself_nor_what_is_another_partners_is_linked() -> None:
    one = deviation()
    change = linkable(one.partner_id)
    with pytest.raises(RuleViolated, match="itself"):
        one.link_event(replace(change, id=one.id), "ana", Side.owner)
    for partners in ([uuid4()], []):
        with pytest.raises(RuleViolated, match="same partner"):
            one.link_event(replace(change, partners=partners), "ana", Side.owner)


def test_the_side_that_made_a_link_withdraws_it_and_the_sponsor() -> None:
    one = deviation()
    owners, sponsors = [one.link_event(linkable(one.partner_id), "ana", each) for each in (Side.owner, Side.sponsor)]
    with pytest.raises(RuleViolated, match="the sponsor linked it"):
        one.withdraw_link([sponsors], "another's", "bo", Side.owner, NOW)
    one.withdraw_link([owners], "another's", "bo", Side.owner, NOW)
    assert (owners.state, owners.withdrawn_by, owners.withdrawal_reason) == (LinkState.withdrawn, "bo", "another's")
    again = one.link_event(linkable(one.partner_id), "ana", Side.owner)
    one.withdraw_link([again, sponsors], "another's", "tom", Side.sponsor, NOW)
    assert {each.state for each in (again, sponsors)} == {LinkState.withdrawn}
