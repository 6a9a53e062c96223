"""Proposals of files that a test writes, and what a person would answer to them."""

from pathlib import Path
from typing import Any

from cli.feeds.sketch import propose
from partner_feeds.language.load import load


def sketched(folder: Path, content: str | bytes, name: str = "results of June.csv") -> str:
    """The proposal for a file with this content."""
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return propose(file)


def answered(document: str) -> Any:
    """The mapping that a proposal is, once lot, date, units and the order of dates are said, which nothing tells."""
    columns = ["columns:"]
    if "occurred_at: DATE" in document:
        columns.append("  DATE: {holds: date, received: true}")
    if "{LOT}" in document:
        columns.append("  LOT: {holds: text, constant: 26-0117}")
    said = document.replace("\ncolumns:", "\n" + "\n".join(columns), 1).replace("unit: ASK", 'unit: "1"')
    return load(said.replace("format: ASK", "format: D/M/YYYY"))


def said_of(document: str, column: str) -> str:
    """The line of a proposal about a column, with its reason."""
    return next(line for line in document.splitlines() if line.strip().removeprefix('"').startswith(column))
