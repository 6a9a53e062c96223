"""Manufacturers and their laboratory at work: batches are made and tested, and now and then something goes wrong."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from cli.demo import cast
from cli.demo.cast import Product
from cli.demo.past import measured
from cli.demo.systems import BATCHES, CODES, Partners, event, newest
from cli.installation import Installation

_BATCHES_AT_ONCE = 8
_SHARE_OUT_OF_SPECIFICATION = 0.04
_BATCH_SIZE = 240_000
_TROUBLE = (
    ("Room humidity above its limit during compression", "environment"),
    ("Tablet press stopped for a broken punch", "equipment"),
    ("In-process weight check done later than planned", "procedure"),
    ("Label of a bulk container incomplete", "documentation"),
    ("Yield of a stage outside its expected range", "process"),
)


class Manufacturing:
    """What the manufacturers' and the laboratory's systems send."""

    def __init__(self, platform: Installation, partners: Partners, chance: Random) -> None:
        self._platform, self._partners, self._chance = platform, partners, chance
        # A lot's number must be new after a restart as well.
        self._lot = int(time.time())
        self._completed: set[str] = set()
        """What the platform may not have heard yet: a manufacturer tells of a completion once."""

    def go_on(self) -> None:
        """Start a batch while few are being made, else finish the oldest one and have it tested."""
        shown = [b for code in CODES for b in newest(self._platform, BATCHES, state="in_process", material=code)]
        under_way = [batch for batch in shown if batch["number"] not in self._completed]
        if len(under_way) < self._chance.randint(1, _BATCHES_AT_ONCE):
            self._start(self._chance.choice(cast.SIMULATED_PRODUCTS))
        else:
            batch = min(under_way, key=lambda each: str(each["created_at"]))
            product = next(each for each in cast.SIMULATED_PRODUCTS if each.code == batch["material"])
            self._complete(product, str(batch["number"]))

    def _start(self, product: Product) -> None:
        self._lot += 1
        number = f"{product.code[:3]}{self._lot}"
        self._partners.mes[cast.MADE_AT[product.code]].send(
            event(
                "BatchStart",
                f"{number}/start",
                lot={"material": product.code, "number": number},
                planned_quantity={"value": _BATCH_SIZE, "unit": "1"},
                inputs=[{"material": f"{product.code}-api", "number": f"A{self._lot // 40}"}],
            )
        )

    def _complete(self, product: Product, number: str) -> None:
        lot = {"material": product.code, "number": number}
        self._completed.add(number)
        made = Decimal(self._chance.randint(940, 995)) / 10
        completion = event(
            "BatchCompletion",
            f"{number}/completion",
            lot=lot,
            completed_at=datetime.now(UTC).isoformat(),
            actual_quantity={"value": int(_BATCH_SIZE * made / 100), "unit": "1"},
            yield_percent=str(made),
        )
        self._partners.mes[cast.MADE_AT[product.code]].send(completion)
        results = [
            event(
                "TestResult",
                f"{number}/{limit['test']}",
                lot=lot,
                test=limit["test"],
                stage=limit["stage"],
                value=str(measured(limit, self._chance, _SHARE_OUT_OF_SPECIFICATION)),
                unit=limit["unit"],
            )
            for limit in product.limits
        ]
        self._partners.lims[cast.MADE_AT[product.code]].send(*results)

    def depart(self) -> None:
        """Something departs from a procedure, on one of the newest batches, and the partner says so."""
        product = self._chance.choice(cast.SIMULATED_PRODUCTS)
        batches = newest(self._platform, BATCHES, material=product.code, limit=5)
        if not batches:
            return
        self._lot += 1
        title, category = self._chance.choice(_TROUBLE)
        aware = datetime.now(UTC) - timedelta(hours=self._chance.uniform(0.2, 20))
        report = event(
            "Deviation",
            f"D{self._lot}",
            title=title,
            description=f"{title}. Found by the operator and reported to the shift leader.",
            category=category,
            lots=[{"material": product.code, "number": self._chance.choice(batches)["number"]}],
            occurred_at=aware.isoformat(),
            partner_aware_at=aware.isoformat(),
            proposed_classification=self._chance.choices(("minor", "major", "critical"), (7, 3, 0.5))[0],
        )
        self._partners.mes[cast.MADE_AT[product.code]].send(report)
