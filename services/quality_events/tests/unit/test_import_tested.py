"""What is imported is tested after it, unless the tests of where it was made are recognised."""

import pytest

from quality_events.readiness.conditions import judge
from quality_events.readiness.model import check_stateable
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from tests.dossiers import TODAY, WORLD, batch, told, usual, verdict
from tests.releasing import recognised, specified
from tests.world import site_registered


def test_what_is_made_elsewhere_is_tested_after_import() -> None:
    facts = [each for each in usual() if getattr(each, "site_id", None) != WORLD.site or hasattr(each, "activity")]
    abroad = site_registered(WORLD.site, WORLD.maker).model_copy(update={"country": "IN"})
    bench = site_registered(WORLD.laboratory_site, WORLD.laboratory).model_copy(update={"country": "IN"})
    assert verdict(batch(told(*facts, abroad)), "import_tested") == Verdict.met
    away = [each for each in facts if getattr(each, "country", "") == ""]
    assert verdict(batch(told(*away, abroad, bench)), "import_tested") == Verdict.not_met
    assert verdict(batch(told(*away, abroad, bench)), "import_tested", "US") == Verdict.not_applicable


@pytest.mark.parametrize(
    ("country", "kinds_in", "kinds_out", "expected"),
    [
        ("EU", (), (), Verdict.met),
        ("SI", (), (), Verdict.met),
        ("AT", (), (), Verdict.not_met),
        ("EU", (), ("vaccine",), Verdict.unknown),
        ("EU", ("chemical",), (), Verdict.unknown),
    ],
)
def test_what_the_union_tested_great_britain_recognises_and_of_some_kinds_a_person_has_to_say(
    country: str, kinds_in: tuple[str, ...], kinds_out: tuple[str, ...], expected: Verdict
) -> None:
    made_in = site_registered(WORLD.site, WORLD.maker).model_copy(update={"country": "SI"})
    bench = site_registered(WORLD.laboratory_site, WORLD.laboratory).model_copy(update={"country": "SI"})
    facts = [each for each in usual() if getattr(each, "country", "") == ""]
    row = recognised("gb", country, kinds_in=kinds_in, kinds_out=kinds_out)
    dossier = batch(told(*facts, specified(WORLD, "GB", "assay"), made_in, bench, row))
    condition = next(each for each in judge(dossier, "GB", TODAY) if each.name == "import_tested")
    assert (condition.verdict, condition.stateable) == (expected, expected == Verdict.unknown)
    if expected == Verdict.unknown:
        check_stateable(condition)
        assert "of which kind this product is no fact tells" in condition.texts[0]
