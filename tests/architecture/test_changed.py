"""Which tests `make test CHANGED=1` runs."""

import pytest

from scripts.changed import chosen

LIBS = {
    "libs/contracts",
    "libs/directory",
    "libs/gxp",
    "libs/identity",
    "libs/installation",
    "libs/local",
    "libs/runtime",
    "libs/serving",
    "libs/telemetry",
}
ALL = {*LIBS, "tests", "cli"} | {
    f"services/{name}"
    for name in (
        *("event_stream", "kpi", "partner_feeds", "partner_registry", "quality_events", "sample_tracking"),
        *("tech_transfer", "contracting"),
    )
}
CASES = {
    "services/kpi/src/kpi/main.py": {"services/kpi", "cli", "tests/architecture"},
    "libs/gxp/src/gxp/clocks.py": {
        "libs/gxp",
        "services/quality_events",
        "services/partner_feeds",
        "services/sample_tracking",
        "services/tech_transfer",
        "services/contracting",
        "cli",
        "tests/architecture",
    },
    "libs/contracts/src/contracts/fact.py": ALL - {"libs/local", "tests"} | {"tests/architecture"},
    "conftest.py": ALL,
    "docs/architecture.md": {"tests/architecture"},
}


@pytest.mark.parametrize("file", CASES)
def test_what_may_see_a_change_is_tested(file: str) -> None:
    assert chosen([file]) == CASES[file]
