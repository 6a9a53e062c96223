"""Units of what is reported of a batch: a yield in percent is in percent, and a quantity is one."""

import pytest

from partner_feeds.language import Mapping, MappingInvalid, load

MAPPING = """
code: x
version: 1
columns:
  lot: {{holds: text}}
  made: {{holds: date, format: YYYY-MM-DD}}
  value: {{holds: number{unit}}}
  other: {{holds: text}}
lots:
  batch: {{material: "{{other}}", number: "{{lot}}"}}
records:
  - {{record: {record}, id: "{{lot}}", occurred_at: made, lot: batch, {field}: {value}}}
"""


def mapping(field: str, unit: str) -> Mapping:
    return load(
        MAPPING.format(
            field=field,
            unit=unit,
            record="BatchStart" if field == "planned_quantity" else "BatchCompletion",
            value="[value]" if field == "stage_yields" else "value",
        )
    )


@pytest.mark.parametrize(
    ("field", "unit", "reason"),
    [
        ("yield_percent", ", unit: '1'", "yield_percent: is in %, and value in 1"),
        ("yield_percent", ", unit: kg", "yield_percent: is in %, and value in kg: say stage_yields"),
        ("yield_percent", ", unit_column: other", "yield_percent: is in %, and value has the unit of each row"),
        ("actual_quantity", ", unit: '%'", "actual_quantity: value is in %, and a quantity is a mass, a volume or"),
        ("planned_quantity", ", unit: '[ppm]'", "planned_quantity: value is in [ppm]"),
        ("planned_quantity", ", unit: Cel", "planned_quantity: value is in Cel"),
        ("stage_yields", ", unit: '[degF]'", "stage_yields: value is in [degF], and a yield is no temperature"),
    ],
)
def test_a_unit_that_it_cannot_have_does_not_load(field: str, unit: str, reason: str) -> None:
    with pytest.raises(MappingInvalid) as raised:
        mapping(field, unit)
    assert reason in str(raised.value)


@pytest.mark.parametrize(
    ("field", "unit"),
    [
        ("yield_percent", ""),
        ("yield_percent", ", unit: '%'"),
        ("stage_yields", ", unit: kg"),
        ("stage_yields", ", unit: '1'"),
        ("actual_quantity", ", unit: '10*3'"),
        ("actual_quantity", ", unit: m2"),
        ("actual_quantity", ", unit_column: other"),
    ],
)
def test_a_unit_that_it_can_have_loads(field: str, unit: str) -> None:
    assert mapping(field, unit).code == "x"
