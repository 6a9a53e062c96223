"""Gauges whose series come and go together: what is not told any more is not shown any more."""

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class Told(Collector):
    """A gauge by service and further labels, all of whose values for a service are set at once."""

    def __init__(self, name: str, documentation: str, labels: Sequence[str]) -> None:
        self._about = name, documentation, labels
        self._values: dict[str, Mapping[tuple[str, ...], float]] = {}
        REGISTRY.register(self)

    def tell(self, service: str, values: Mapping[tuple[str, ...], float]) -> None:
        """What there is now, by the values of the labels."""
        self._values[service] = dict(values)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The series, for whoever scrapes."""
        name, documentation, labels = self._about
        family = GaugeMetricFamily(name, documentation, labels=["service_name", *labels])
        for service, values in self._values.items():
            for given, value in values.items():
                family.add_metric([service, *given], value)
        yield family

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The gauge without its series."""
        name, documentation, labels = self._about
        yield GaugeMetricFamily(name, documentation, labels=["service_name", *labels])
