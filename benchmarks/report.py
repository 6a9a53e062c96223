"""Results as a table for people and JSON for machines."""

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measurement:
    """One rate of ours beside its floor's, both higher-is-better, and the ratio aimed at."""

    name: str
    ours: float
    floor: float
    unit: str
    aim: float

    @property
    def ratio(self) -> float:
        """Ours over the floor's."""
        return self.ours / self.floor


@dataclass(frozen=True, slots=True)
class Latencies:
    """Percentiles in milliseconds; the 99th is aimed at."""

    name: str
    rate: float
    p50: float
    p95: float
    p99: float
    aim: float


def show(rates: list[Measurement], latencies: list[Latencies]) -> None:
    """Print the results."""
    table = Table("benchmark", "ours", "floor", "unit", "ratio", "aim")
    for item in rates:
        met = "green" if item.ratio >= item.aim else "red"
        table.add_row(
            item.name,
            f"{item.ours:,.0f}",
            f"{item.floor:,.0f}",
            item.unit,
            f"[{met}]{item.ratio:.2f}[/]",
            str(item.aim),
        )
    times = Table("benchmark", "facts/s", "p50 ms", "p95 ms", "p99 ms", "aim")
    for timing in latencies:
        met = "green" if timing.p99 <= timing.aim else "red"
        figures = (f"{timing.rate:,.0f}", f"{timing.p50:.0f}", f"{timing.p95:.0f}", f"[{met}]{timing.p99:.0f}[/]")
        times.add_row(timing.name, *figures, f"< {timing.aim:.0f}")
    console = Console()
    for shown, given in ((table, rates), (times, latencies)):
        if given:
            console.print(shown)
