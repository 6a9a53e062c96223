"""Gauges whose series come and go together."""

from prometheus_client import REGISTRY

from telemetry.told import Told


def test_what_is_not_told_any_more_is_gone_and_another_service_keeps_its_own() -> None:
    told = Told("told_things", "Things", ["colour"])
    try:
        told.tell("one", {("red",): 1, ("blue",): 2})
        told.tell("two", {("red",): 3})
        told.tell("one", {("blue",): 4})
        (family,) = told.collect()
        assert {
            (sample.labels["service_name"], sample.labels["colour"]): sample.value for sample in family.samples
        } == {("one", "blue"): 4, ("two", "red"): 3}
    finally:
        REGISTRY.unregister(told)
