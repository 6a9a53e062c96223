"""What is told of rows that a rule leaves out: by which texts, in a memory that does not grow with the file."""

from datetime import date

from partner_feeds.language import load
from partner_feeds.records.answers import Notice
from partner_feeds.translation.files import translate
from partner_feeds.translation.selection import MOST_COUNTED
from tests.laboratory_files import HEADER, NOW, document


def told(*states: str) -> str:
    """What is told of rows of these states, of which the mapping takes one."""
    columns = {"Stand": {"holds": "text"}}
    mapping = load(document({"take": {"Stand": ["frei"]}}, columns, {}, "{Charge}"))
    rows = [f"B1;{date(2026, 5, 4):%d.%m.%Y};98,7;{state}" for state in (*states, "frei")]
    content = "\n".join([f"{HEADER};Stand", *rows]).replace("04.05.", "4.5.").encode()
    (text,) = [each.text for each in translate(mapping, [content], now=NOW) if isinstance(each, Notice)]
    return text


def test_the_texts_by_which_most_rows_were_left_out_are_told_first() -> None:
    text = told("b", *(f"{n}" for n in range(30)), "a", "b", "x" * 5000, "b", "a")
    assert text.startswith("left out by take of Stand 'b': 3; take of Stand 'a': 2; take of Stand '0': 1; ")
    assert text.endswith("; and 13 texts more")
    assert "x" * 80 not in text


def test_a_text_that_stands_in_many_rows_is_told_wherever_it_begins() -> None:
    many = [f"{n:04}" for n in range(2 * MOST_COUNTED)]
    text = told(*many, *["Freigegeben"] * 50)
    assert text.startswith("left out by take of Stand 'Freigegeben': 50; ")
    assert text.endswith(f"; and in {2 * MOST_COUNTED} rows more by further texts")
