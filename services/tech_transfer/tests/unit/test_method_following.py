"""How another attempt may differ from the one before, and how a method's code is written."""

from typing import Any

import pytest

from services.tech_transfer.tests.unit.test_lifecycles import NOW, method_transfer
from tech_transfer.method_transfers.codes import same_code, written_otherwise
from tech_transfer.method_transfers.following import differs
from tech_transfer.method_transfers.protocol import Protocol

STATED: dict[str, Any] = {
    "method_version": "2.1",
    "kind": "comparative",
    "protocol": "MTP-1",
    "protocol_digest": "0b" * 32,
    "lots": [{"name": "L-1"}, {"name": "L-2"}],
    "exclusions": "a run whose system suitability failed",
    "criteria": [{"attribute": "assay", "kind": "assay", "unit": "%"}],
}
DIFFERENT: list[tuple[dict[str, Any], str]] = [
    ({"lots": [{"name": "L-1"}]}, "other lots are tested than L-1, L-2"),
    ({"lots": [{"name": "L-1"}, {"name": "L-2", "preparation": "aged"}]}, "other lots are tested than L-1, L-2"),
    ({"exclusions": "whatever fails"}, "other exclusions are stated than a run whose system suitability failed"),
    ({"exclusions": None}, "other exclusions are stated than a run whose system suitability failed"),
]


@pytest.mark.parametrize(("more", "why"), DIFFERENT)
def test_other_lots_and_exclusions_need_a_reason_of_science(more: dict[str, Any], why: str) -> None:
    before = method_transfer()
    for name, value in Protocol(**STATED).columns().items():
        setattr(before, name, value)
    after = Protocol(**(STATED | more))
    assert differs(before, after) == [], "a first draft may have others"
    before.frozen_at = NOW
    assert differs(before, after) == [why]
    before.frozen_at, before.follows_id = None, before.id
    assert differs(before, after) == [why], "nor does the draft of a repetition"
    same = {"lots": STATED["lots"][::-1], "exclusions": f"{STATED['exclusions']} ".replace(" ", "  ")}
    assert differs(before, Protocol(**(STATED | same))) == []


@pytest.mark.parametrize(
    "written", ["hplc-014", "HPLC\u2010014", "HPLC 014", "HPLC014", "HPLC \u2013 014", "HPLC\u2212014", "ＨPLC-014"]
)
def test_a_code_that_is_written_otherwise_is_the_same(written: str) -> None:
    assert written_otherwise(written, ["UV-1", "HPLC-014"]) == "HPLC-014"
    assert written_otherwise(written, ["HPLC-014", written]) is None, "it is used as it is written"


@pytest.mark.parametrize(("one", "other"), [("HPLC-014", "HPLC-015"), ("M-1-12", "M-11-2"), ("TP-1", "TP-1-1")])
def test_codes_that_differ_in_more_are_others(one: str, other: str) -> None:
    assert not same_code(one, other)
