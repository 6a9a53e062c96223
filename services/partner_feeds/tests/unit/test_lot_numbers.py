"""Numbers of lots as files write them: what is none, or two, or another one than it seems, is refused."""

import pytest

from partner_feeds.values.lots import lot_number
from partner_feeds.values.texts import CannotRead


@pytest.mark.parametrize(
    "text",
    [
        *("Mean", "RSD %", "n.a.", "TBD", "-"),
        *("26-0117, 26-0118", "26-0117 + 26-0118", "26-0117*", "26-0117 (tablets)", "#26-0117", '"26-0117"'),
        *("12:30", "2026\u5e743\u6708", "26-0117?", "26-0117.", "\u00d8 26-0118", "1.234.567"),
        *("Blank1", "BLANK 2", "Std 2", "Standard 1", "SST-1", "26-0117/26-0118", "AB26-0117 / AB26-0118"),
        *("\u041026-0117", "26-\u039f117"),
        *(
            "Lot 26-0117",
            "LOT: 26-0117",
            "Batch No. 26-0117",
            "Ch.-B. 26-0117",
            "Charge 26-0117",
            "Lote 26-0117",
            "Los 26-0117",
        ),
        *(
            "Chargen-Nr. 26-0117",
            "\u6279\u53f7 26-0117",
            "\u30ed\u30c3\u30c826-0117",
            "Lot#26-0117",
            "N\u00b0 lot 26-0117",
            "No. 26-0117",
            "Chargen-Bez. 26-0117",
        ),
        *(
            "26-0117 neu",
            "26-0117 NEW",
            "26-0117 - retest",
            "26-0117 Wiederholung",
            "26-0117 \u590d\u6d4b",
            "26-0117 old",
        ),
        *("(26-0117)", "[26-0117]", "26 - 0117", "26- 0117", "Spec 95.0-105.0", "NLT 95", "QC-2", "ditto", "\u3003"),
        *("0", "000", "\u5e73\u5747\u503c", "\u00c9cart-type", "Promedio", "SD"),
    ],
)
def test_what_is_no_lot_or_another_is_refused(text: str) -> None:
    with pytest.raises(CannotRead):
        lot_number(text, of_a_lot=True)


@pytest.mark.parametrize(
    "text",
    [
        *("26-0117", "26-0117-R1", "26/0117", "L 7", "\u0416\u0410-17", "24.0117"),
        *("A12/34", "L1", "STD-0117", "2401/2402", "26-0117/1", "12/34", "\u00d826-0118", "24.0117.01", "Standard123"),
        *(
            "LOT-0117",
            "Lot0117",
            "L-NEW-01",
            "26-0117-NEU",
            "NEW 26-0117",
            "B 26 0117",
            "CH-B26",
            "Batchelor-1",
            "Min-26-1",
        ),
        *("0.123.456", "SST2601", "26-01/26-02", "12345", "B:12", "2026"),
    ],
)
def test_a_lot_is_taken_as_it_is(text: str) -> None:
    assert lot_number(text, of_a_lot=True) == text


def test_a_pattern_says_that_it_may_look_so() -> None:
    assert lot_number("MEAN", as_it_is=True, of_a_lot=True) == "MEAN"


def test_a_materials_code_need_not_have_a_digit() -> None:
    assert lot_number("VEL (EU)") == "VEL (EU)"


def test_a_blank_is_a_blank() -> None:
    assert lot_number("26\u00a00117", of_a_lot=True) == "26 0117"
