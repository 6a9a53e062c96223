"""What a protocol asks of each attribute, what counts as asking for less, and how results are judged by it."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from contracts.method_transfers import AttributeOutcome as Outcome
from contracts.method_transfers import CriterionKind as Kind
from contracts.partner_feeds import Qualifier
from tech_transfer.method_transfers.criteria import Band, Criterion, widened
from tech_transfer.method_transfers.judging import Found, Judged, TransferSide, judge, outcome
from tech_transfer.method_transfers.protocol import StatedCriterion
from tech_transfer.statistics.equivalence import Design
from tech_transfer.statistics.precision import Feasibility

ASSAY = Criterion.usual("assay", Kind.assay, "%")
QUALIFIERS = {
    "<": Qualifier.below_quantitation,
    "~": Qualifier.not_detected,
    "=": Qualifier.at_most,
    ">": Qualifier.above,
    "!": Qualifier.too_numerous,
}
SENDING, RECEIVING = "99.6 100.1 99.9 100.4 99.8 100.2", "100.3 100.9 100.0 100.7 100.6 100.2"


def of(side: str, values: str, attribute: str = "assay", lot: str = "A") -> Iterator[Found]:
    about: dict[str, Any] = {"side": TransferSide(side), "attribute": attribute, "lot": lot}
    for place, value in enumerate(values.split(), 1):
        if value[0] in QUALIFIERS:
            more: dict[str, Any] = {"value": Decimal(value[1:]), "qualifier": QUALIFIERS[value[0]]}
        elif value.replace(".", "").isdigit():
            more = {"value": Decimal(value)}
        else:
            more = {"text": value}
        yield Found(**about, run=place, replicate=1, **more)


def judged(criterion: Criterion, sending: str, receiving: str) -> Judged:
    name = criterion.attribute
    return judge(criterion, [*of("sending", sending, name), *of("receiving", receiving, name)])


@pytest.mark.parametrize(
    ("kind", "mean", "limit"),
    [
        (Kind.assay, 99.8, 2.0),
        (Kind.impurity, 0.08, 0.05),
        (Kind.impurity, 0.15, 0.05),
        (Kind.impurity, 0.9, 0.09),
        (Kind.dissolution, 84.9, 10),
        (Kind.dissolution, 85, 5),
    ],
)
def test_usual_limits_follow_the_level(kind: Kind, mean: float, limit: float) -> None:
    found = Criterion.usual("x", kind).limits_at(mean)
    assert (found.lower, found.upper) == pytest.approx((-limit, limit))


def test_of_an_impurity_the_wider_limit_counts() -> None:
    alone = Criterion(attribute="x", kind=Kind.impurity, bands=(Band(relative_percent=Decimal(25)),))
    assert alone.distance_at(0.1) == pytest.approx(0.025)
    assert Criterion.usual("x", Kind.impurity).distance_at(0.1) == 0.05


def test_an_assay_that_passes_and_is_too_few_to_show_precision() -> None:
    found = judged(ASSAY, SENDING, RECEIVING).told
    assert (found.verdict, found.why) == (
        Outcome.failed,
        "the receiving laboratory may be less precise than the limit lets it be",
    )
    assert found.ci90 == pytest.approx((Decimal("0.119105020584"), Decimal("0.780894979416")))
    assert found.precision_upper95 == pytest.approx(Decimal("2.62947541760"))
    alone = judged(replace(ASSAY, precision_limit=None), SENDING, RECEIVING)
    assert (alone.told.verdict, outcome([alone])) == (Outcome.passed, True)
    narrow = replace(ASSAY, precision_limit=None, bands=(Band(absolute=Decimal("0.75")),))
    assert judged(narrow, SENDING, RECEIVING).told.why == "the 90 % interval is not inside the limits"


def test_what_cannot_be_assessed_does_not_pass() -> None:
    few = judged(ASSAY, "99.1 99.2", "99.1 99.3")
    assert (few.told.verdict, outcome([few])) == (Outcome.not_assessed, False)
    same = judged(ASSAY, "99 99 99", "99 99 99")
    assert same.told.verdict is Outcome.not_assessed
    flat = judged(ASSAY, "99 99 99", "99.1 98.9 99.0")
    assert (flat.told.verdict, flat.told.difference) == (Outcome.not_assessed, Decimal(0))
    assert judge(ASSAY, of("sending", SENDING)).told.verdict is Outcome.not_assessed
    words = judged(ASSAY, SENDING, "100.3 complies 100.0")
    assert words.told.verdict is Outcome.not_assessed
    assert not outcome([])


def test_below_quantitation_the_same_verdict_is_asked_for() -> None:
    impurity = Criterion.usual("impurity B", Kind.impurity, "%")
    assert judged(impurity, "<0.05 <0.05 <0.05", "<0.05 <0.05 <0.05").told.verdict is Outcome.passed
    mixed = judged(impurity, "<0.05 <0.05 <0.05", "<0.05 0.06 <0.05").told
    assert (mixed.verdict, mixed.difference) == (Outcome.failed, None)
    blind = "<5 <5 <5"
    assert judged(impurity, "<0.05 <0.05 <0.05", blind).told.verdict is Outcome.not_assessed, "it would miss it"
    assert judged(impurity, blind, "<0.05 <0.05 <0.05").told.verdict is Outcome.passed
    reported = replace(impurity, reporting_threshold=Decimal(5))
    assert judged(reported, "<0.05 <0.05 <0.05", blind).told.verdict is Outcome.passed


@pytest.mark.parametrize("sign", "=>!")
def test_what_says_no_value_cannot_be_compared(sign: str) -> None:
    impurity = Criterion.usual("impurity B", Kind.impurity, "%")
    found = judged(impurity, f"{sign}0.05 {sign}0.05 {sign}0.05", f"{sign}5 {sign}5 {sign}5").told
    assert found.verdict is Outcome.not_assessed
    assert judged(impurity, "~0.01 ~0.01 ~0.01", "~0.01 ~0.01 ~0.01").told.verdict is Outcome.passed


def test_lots_below_quantitation_let_no_other_lot_pass() -> None:
    impurity = replace(Criterion.usual("impurity B", Kind.impurity, "%"), precision_limit=None)
    clean = [*of("sending", "<0.05 <0.05", impurity.attribute), *of("receiving", "<0.05 <0.05", impurity.attribute)]
    spiked = [*of("sending", "0.20 0.21 0.22", impurity.attribute, "B")]
    apart = judge(impurity, [*clean, *spiked, *of("receiving", "9.0 9.1 9.2", impurity.attribute, "B")]).told
    assert apart.verdict is Outcome.failed
    alike = judge(impurity, [*clean, *spiked, *of("receiving", "0.20 0.22 0.21", impurity.attribute, "B")]).told
    assert (alike.verdict, alike.difference) == (Outcome.passed, Decimal(0))
    assert judge(impurity, [*clean, *spiked]).told.verdict is Outcome.not_assessed


def test_below_the_reporting_threshold_nothing_is_compared() -> None:
    impurity = replace(Criterion.usual("impurity B", Kind.impurity, "%"), reporting_threshold=Decimal("0.10"))
    assert judged(impurity, "0.02 0.03 0.02", "0.08 0.09 0.08").told.verdict is Outcome.passed
    assert judged(impurity, "0.02 0.03 0.02", "0.18 0.19 0.18").told.verdict is Outcome.failed


@pytest.mark.parametrize(
    ("other", "same"),
    [
        *(("conforme à la référence", True), ("conforme a\u0300 la re\u0301fe\u0301rence", True)),
        *(("Conforme\u00a0à  la\tRÉFÉRENCE", True), ("ｃｏｎｆｏｒｍｅ à la référence", True)),
        *(("c\u043enforme à la référence", False), ("conforme à la référence.", False)),
    ],
)
def test_verdicts_in_words_are_compared_as_people_read_them(other: str, same: bool) -> None:
    """A Cyrillic o is another letter, and a full stop says that somebody wrote something else."""
    said = dict(zip(TransferSide, ("conforme à la référence", other), strict=True))
    found = [Found(side=side, attribute="identity", lot="L-1", text=text) for side, text in said.items()]
    verdict = judge(Criterion.usual("identity", Kind.identification), found).told.verdict
    assert verdict == (Outcome.passed if same else Outcome.failed)


def test_identification_is_one_verdict_of_both_for_each_lot() -> None:
    identity = Criterion.usual("identity", Kind.identification)
    assert judged(identity, "complies Complies", "COMPLIES complies").told.verdict is Outcome.passed
    assert judged(identity, "complies complies", "complies fails").told.verdict is Outcome.failed
    lots = [*of("sending", "complies", "identity"), *of("receiving", "complies", "identity")]
    lots += [*of("sending", "fails", "identity", "B"), *of("receiving", "fails", "identity", "B")]
    assert judge(identity, lots).told.verdict is Outcome.passed, "a spiked lot is to fail at both"


def test_numbers_are_no_verdict_of_a_limit_test() -> None:
    metals = Criterion.usual("heavy metals", Kind.limit_test)
    assert judged(metals, "1", "900").told.verdict is Outcome.not_assessed
    assert judged(metals, "<10", "<10").told.verdict is Outcome.not_assessed, "of what limit it speaks nobody says"
    assert judged(metals, "complies", "5").told.verdict is Outcome.not_assessed
    about: dict[str, Any] = {"attribute": "heavy metals", "lot": "A", "qualifier": Qualifier.not_detected}
    unseen = [Found(side=side, **about) for side in TransferSide]
    assert judge(metals, unseen).told.verdict is Outcome.passed


def test_recovery_is_a_ratio() -> None:
    counts = replace(Criterion.usual("count", Kind.microbiology, "{CFU}/g"), precision_limit=None)
    found = judged(counts, "100 110 90", "80 88 72").told
    assert found.limit == (Decimal("0.5"), Decimal(2))
    assert found.difference == pytest.approx(Decimal("0.8"))
    assert found.verdict is Outcome.passed
    assert judged(counts, "100 110 90", "40 44 36").told.verdict is Outcome.failed


@pytest.mark.parametrize(
    ("mean", "spread", "upper", "passes"), [("1.15", "1.0", "1.782945", True), ("0.87", "1.25", "2.228681", False)]
)
def test_precision_of_a_ratio_is_that_of_logarithms(mean: str, spread: str, upper: str, passes: bool) -> None:
    """Of ten results of each side: sqrt(F(0.95; 9, 9)) = 1.782945 times the ratio of the spreads of logarithms."""
    found = [Decimal(each) for each in ["1.00", "1.06", "0.95", "1.03", "0.97", "1.01", "0.94", "1.04", "1.02", "0.98"]]
    level = sum((each.ln() for each in found), Decimal(0)) / len(found)
    about: dict[str, Any] = {"attribute": "potency", "lot": "A"}
    apart = [Decimal(mean) * ((each.ln() - level) * Decimal(spread)).exp() for each in found]
    results = [Found(side=TransferSide.sending, value=each, **about) for each in found]
    results += [Found(side=TransferSide.receiving, value=each, **about) for each in apart]
    told = judge(Criterion.usual("potency", Kind.bioassay, "1"), results).told
    assert told.precision_upper95 == pytest.approx(Decimal(upper), abs=Decimal("1e-5"))
    assert (told.verdict is Outcome.passed) == passes


@pytest.mark.parametrize(("kind", "unit"), [("assay", "mg"), ("dissolution", "1"), ("impurity", "mg/g")])
def test_the_usual_limits_hold_in_their_own_unit_alone(kind: str, unit: str) -> None:
    about = {"attribute": "x", "kind": kind}
    assert StatedCriterion.model_validate(about | {"unit": "%"}).known.bands
    with pytest.raises(ValueError, match=f"bands: the usual limits of {kind} are in %: state those in {unit}"):
        StatedCriterion.model_validate(about | {"unit": unit})
    stated = StatedCriterion.model_validate(about | {"unit": unit, "bands": [{"absolute": "0.1"}]})
    assert stated.known.distance_at(0.5) == 0.1
    with pytest.raises(ValueError, match="banana"):
        StatedCriterion.model_validate(about | {"unit": "banana", "bands": [{"absolute": "0.1"}]})
    assert StatedCriterion.model_validate({"attribute": "x", "kind": "bioassay", "unit": "1"}).known.ratio


@pytest.mark.parametrize("values", ["1e-400 1e-400 2e-400", "1e-30 1 1e30", "0 1 2"])
def test_what_has_no_ratio_in_floats_is_not_assessed(values: str) -> None:
    counts = Criterion.usual("count", Kind.microbiology, "{CFU}/g")
    about: dict[str, Any] = {"attribute": "count", "lot": "A"}
    results = [Found(side=side, value=Decimal(each), **about) for side in TransferSide for each in values.split()]
    assert judge(counts, results).told.verdict is Outcome.not_assessed


def test_pairs_meet_by_unit_and_not_by_order() -> None:
    paired = replace(ASSAY, design=Design.paired, precision_limit=None)
    results = [*of("sending", SENDING), *of("receiving", RECEIVING)]
    assert judge(paired, results).told == judge(paired, results[::-1]).told
    unnumbered = [replace(each, run=None) for each in results]
    assert judge(paired, unnumbered).told.verdict is Outcome.not_assessed
    assert judge(paired, results[:-1]).told.verdict is Outcome.not_assessed


def test_each_of_several_lots_is_shown() -> None:
    results = [*of("sending", SENDING), *of("receiving", RECEIVING), *of("sending", SENDING, lot="B")]
    assert judge(ASSAY, results).told.why == "the laboratories did not test the same lots"
    found = judge(ASSAY, [*results, *of("receiving", RECEIVING, lot="B")])
    assert [each["lot"] for each in found.lots] == ["A", "B"]
    assert found.told.difference == Decimal("0.45")
    assert found.row()["lots"][0]["difference"] == "0.45"


@pytest.mark.parametrize(
    ("later", "why"),
    [
        (ASSAY, []),
        (replace(ASSAY, bands=(Band(absolute=Decimal(1)),)), []),
        (replace(ASSAY, precision_limit=Decimal("1.5"), design=Design.pooled), []),
        (replace(ASSAY, bands=(Band(absolute=Decimal(3)),)), ["assay: the difference may go further"]),
        (
            replace(
                ASSAY, bands=(Band(absolute=Decimal(1)), Band(mean_from=Decimal(500), relative_percent=Decimal(1)))
            ),
            ["assay: the difference may go further"],
        ),
        (replace(ASSAY, precision_limit=None), ["assay: less precision is asked for"]),
        (replace(ASSAY, precision_limit=Decimal(3)), ["assay: less precision is asked for"]),
        (replace(ASSAY, reporting_threshold=Decimal(1)), ["assay: the reporting threshold is higher"]),
        (replace(ASSAY, unit="mg"), ["assay is judged in mg and not in %: the limits cannot be compared"]),
        (replace(ASSAY, attribute="other"), ["assay is not asked for any more"]),
        (Criterion.usual("assay", Kind.dissolution), ["assay is judged as dissolution and not as assay"]),
    ],
)
def test_a_later_protocol_that_asks_for_less_is_seen(later: Criterion, why: list[str]) -> None:
    assert widened([ASSAY], [later]) == why


def test_wider_limits_of_a_ratio_are_seen() -> None:
    usual = Criterion.usual("potency", Kind.bioassay)
    wider = replace(usual, ratio=(Decimal("0.7"), Decimal("1.25")))
    assert widened([usual], [wider]) == ["potency: the limits of the ratio are wider"]
    assert widened([wider], [usual]) == []


def test_what_a_plan_can_show_of_precision() -> None:
    six = ASSAY.feasibility(1, 6)
    assert six is not None
    assert (six.equal_spread_passes, six.needed) == (False, 8)
    assert Criterion.usual("identity", Kind.identification).feasibility(1, 1) is None


def test_a_plan_of_fewer_results_than_any_verdict_needs_says_how_many_it_takes() -> None:
    few = ASSAY.feasibility(1, 2)
    assert few == Feasibility(None, equal_spread_passes=False, needed=8)
    only_equivalence = replace(ASSAY, precision_limit=None)
    for lots, of_each in ((1, 2), (3, 1)):
        assert only_equivalence.feasibility(lots, of_each) == Feasibility(None, equal_spread_passes=False, needed=3)
    assert (only_equivalence.feasibility(1, 3), only_equivalence.feasibility(2, 2)) == (None, None)
