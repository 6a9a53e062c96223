"""What a deviation may be linked to, and who reads the link."""

from dataclasses import replace
from uuid import uuid4

import pytest

from runtime.problems import RuleViolated
from tests.quality_records import deviation, linkable


def test_a_link_is_read_by_the_partner_where_that_sees_both_ends() -> None:
    one = deviation()
    change = linkable(one.partner_id)
    assert one.link_event(change, "ana").parties == [one.partner_id]
    hidden = one.link_event(replace(change, parties=[]), "tom")
    assert (hidden.parties, hidden.partner_id, hidden.linked_by) == ([], one.partner_id, "tom")


def test_neither_itself_nor_what_is_another_partners_is_linked() -> None:
    one = deviation()
    change = linkable(one.partner_id)
    with pytest.raises(RuleViolated, match="itself"):
        one.link_event(replace(change, id=one.id), "ana")
    for partners in ([uuid4()], []):
        with pytest.raises(RuleViolated, match="same partner"):
            one.link_event(replace(change, partners=partners), "ana")
