"""What happened outside of our records, and which floors follow."""

import pytest

from contracts.oversight import OutsideEventKind
from partner_registry.risk.floors import OUTSIDE


@pytest.mark.parametrize(
    ("kind", "floors"),
    [
        ("insolvency_notice", {("financial", "critical"), ("continuity", "critical")}),
        ("rating_cut", {("financial", "medium"), ("continuity", "medium")}),
        ("sanctions", {("geographic", "high")}),
        ("export_ban", {("geographic", "high")}),
        ("force_majeure", {("geographic", "high")}),
        ("capacity_gap", {("capacity", "high"), ("continuity", "high")}),
    ],
)
def test_each_kind_holds_up_what_the_table_says(kind: str, floors: set[tuple[str, str]]) -> None:
    assert {(each.dimension, each.band) for each in OUTSIDE[OutsideEventKind(kind)]} == floors


def test_every_kind_has_floors() -> None:
    assert set(OUTSIDE) == set(OutsideEventKind)
