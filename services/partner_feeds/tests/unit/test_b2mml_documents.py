"""Documents of batch records as a whole: in which order things stand, and whose they are."""

import pytest

from partner_feeds.records.batch_records import MaterialUse
from partner_feeds.records.model import ProcessData
from tests.batch_records import AT, errors, read, record, records

FORCE = "<Parameter><ID>Force</ID><Value><ValueString>3</ValueString></Value></Parameter>"


@pytest.mark.parametrize(
    "inside",
    [
        f"<ID>Mix</ID><InstanceCount>3</InstanceCount><EndTime>{AT}</EndTime>{FORCE}",
        f"<InstanceCount>3</InstanceCount><EndTime>{AT}</EndTime><ID>Mix</ID>{FORCE}",
        f"{FORCE}<EndTime>{AT}</EndTime><InstanceCount>3</InstanceCount><ID>Mix</ID>",
        f"<RecipeElement><ID>Inner</ID></RecipeElement>{FORCE}<ID>Mix</ID><EndTime>{AT}</EndTime>"
        "<InstanceCount>3</InstanceCount>",
    ],
)
def test_in_which_order_a_step_is_written_makes_no_difference(inside: str) -> None:
    text = record(f"<RecipeElements><RecipeElement>{inside}</RecipeElement></RecipeElements>")
    (force,) = records(read(text), ProcessData)
    assert (force.record_id, force.step) == ("EBR-1/Mix[3]/Force", "Mix[3]")
    assert force.occurred_at.isoformat() == AT


def test_so_many_steps_are_written_backwards_that_they_cannot_all_be_kept() -> None:
    step = f"<RecipeElement>{FORCE}<ID>Mix</ID></RecipeElement>"
    ((field, _, reason),) = errors(read(record("<RecipeElements>", step * 10_001, "</RecipeElements>")))
    assert field == "BatchProductionRecord/RecipeElement/ID"
    assert reason == "stands behind the step's entries: write it before"


def test_one_that_is_refused_does_not_give_its_id_to_the_next() -> None:
    material = (
        "<MaterialActual><MaterialDefinitionID>API</MaterialDefinitionID><MaterialLotID>{}</MaterialLotID>"
        "<MaterialUse>Consumed</MaterialUse></MaterialActual>"
    )
    one, other = (
        record(material.format(""), material.format("A5")),
        record(material.format("A4"), material.format("A5")),
    )
    assert [[each.record_id for each in records(read(text), MaterialUse)] for text in (one, other)] == [
        ["EBR-1/MaterialActual[2]"],
        ["EBR-1/MaterialActual", "EBR-1/MaterialActual[2]"],
    ]
