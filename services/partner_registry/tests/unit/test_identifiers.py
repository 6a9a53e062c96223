"""How identifiers are written, and which are refused, without I/O."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from partner_registry.identifiers.model import Identifier
from partner_registry.identifiers.schemas import RecordIdentifier
from partner_registry.identifiers.schemes import Scheme, written
from runtime.bodies import countries
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("scheme", "given", "kept"),
    [
        ("duns", "15-048-3782", "150483782"),
        ("lei", "213800kud8lajwsq9d15", "213800KUD8LAJWSQ9D15"),
        ("fei", "3002808081", "3002808081"),
        ("fei", "1234567", "1234567"),
        ("ema_organisation", "org-100012345", "ORG-100012345"),
        ("ema_location", "LOC 100012345", "LOC-100012345"),
        ("vat", "ATU 57194903", "ATU57194903"),
        ("vat", "EL 094259216", "EL094259216"),
        ("vat", "GR 094259216", "EL094259216"),
        *(("vat", f"CHE-107.787.577 {tax}", "CHE107787577MWST") for tax in ("MWST", "TVA", "IVA", "TPV")),
        ("vat", "GB 980 7806 84", "GB980780684"),
        ("vat", "XI 980 7806 84", "GB980780684"),
        ("vat", "US12-3456789", "US123456789"),
    ],
)
def test_a_number_is_kept_as_its_scheme_writes_it(scheme: Scheme, given: str, kept: str) -> None:
    assert written(Scheme(scheme), given) == kept
    assert written(Scheme(scheme), kept) == kept


@pytest.mark.parametrize(
    ("scheme", "given", "why"),
    [
        ("duns", "15048378", "a DUNS has 9 digits"),
        ("duns", "١٥٠٤٨٣٧٨٢", "digits 0 to 9"),
        ("duns", "15048378X", "a DUNS has 9 digits"),
        ("lei", "213800KUD8LXJWSQ9D15", "check digits"),
        ("lei", "213800KUD8LAJWSQ9D1", "18 letters or digits and two check digits"),
        ("fei", "12345678", "a FEI has 7 or 10 digits"),
        ("ema_organisation", "LOC-100012345", "ORG-100012345"),
        ("ema_location", "LOC-10001234", "LOC-100012345"),
        ("vat", "ATU57194904", "no VAT number of AT"),
        ("vat", "57194903", "begins with its country"),
        ("vat", "US-", "2 to 15"),
        ("vat", "XX123", "begins with its country"),
    ],
)
def test_what_is_no_such_number_is_refused_with_what_is_right(scheme: str, given: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        written(Scheme(scheme), given)


@given(body=st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18), slip=st.integers(1, 96))
def test_an_lei_has_one_pair_of_check_digits_of_mod_97(body: str, slip: int) -> None:
    number = int("".join(str(int(each, 36)) for each in body + "00"))
    check = 98 - number % 97
    assert written(Scheme.lei, f"{body}{check:02}") == f"{body}{check:02}"
    with pytest.raises(ValueError, match="check digits"):
        written(Scheme.lei, f"{body}{(check - 2 + slip) % 97 + 2:02}")


@given(country=st.sampled_from(sorted(countries() | {"EL", "XI"})), rest=st.text("0123456789AZ", max_size=16))
def test_whatever_is_written_behind_a_country_is_kept_or_refused(country: str, rest: str) -> None:
    said = ""
    try:
        kept = written(Scheme.vat, country + rest)
    except ValueError as refused:
        kept, said = "", str(refused)
    begins = {"GR": "EL", "XI": "GB"}.get(country, country)
    assert country in said or (kept[:2], written(Scheme.vat, kept)) == (begins, kept)


def test_a_number_is_of_one_thing_and_the_body_says_which_is_wrong() -> None:
    with pytest.raises(ValidationError, match="of the one or of the other"):
        RecordIdentifier(partner_id=uuid4(), legal_entity_id=uuid4(), site_id=uuid4(), scheme=Scheme.fei, value="1" * 7)
    with pytest.raises(ValidationError, match="a DUNS has 9 digits"):
        RecordIdentifier(partner_id=uuid4(), scheme=Scheme.duns, value="1")


def test_it_ends_after_it_began_and_what_was_withdrawn_never_was() -> None:
    one = Identifier(
        scheme=Scheme.fei, value="1234567", partner_id=uuid4(), valid_from=date(2026, 2, 1), recorded_by="x", parties=[]
    )
    with pytest.raises(RuleViolated, match="valid from 2026-02-01"):
        one.end(date(2026, 1, 31), "closed", NOW)
    with pytest.raises(RuleViolated, match="has not come"):
        one.end(date(2026, 3, 3), "closed", NOW)
    one.end(date(2026, 2, 28), "closed", NOW)
    one.withdraw("a slip")
    with pytest.raises(NotAllowedNow):
        one.end(date(2026, 2, 28), "closed", NOW)
