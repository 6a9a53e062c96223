"""A record on paper, with the signatures under it: name, time and meaning as on the screen (21 CFR 11.50(b))."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

from contracts import seen
from serving.in_words import empty, text, words
from serving.shown import Shown, Signature

_FORM = (Path(__file__).parent / "record.typ").read_bytes()
_OF_THE_SCREEN = {"allowed", "signatures"}
_LATIN = 0x250
"""Characters below it are in every font that is used."""


@dataclass(frozen=True, slots=True)
class Table:
    """What belongs to a record, under a heading of its own."""

    heading: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    note: str = ""
    """What is said before the rows, or where there are none."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a kind of record is laid out on paper, where that is more than its fields one below the other."""

    title: str
    lines: Mapping[str, str]
    """Where there are none, the record's fields."""
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    tables: Sequence[Table] = ()
    """What follows on that."""
    signers: Mapping[str, str] = field(default_factory=dict)
    """What people are called on paper who are known by more than their login, such as on an authorisation."""


def pdf(title: str, shown: Shown, by: str, now: datetime, form: Form | None = None) -> bytes:
    """The record as its reader sees it, as PDF/A-2b. Characters that cannot be printed stand as their code points."""
    data = {
        "title": title,
        "day": [now.year, now.month, now.day],
        "footer": f"{title}, version {shown.version}, printed by {by} at {_utc(now)}",
        "note": "",
        "lines": [[*line] for line in ((form and form.lines) or fields(shown)).items()],
        "tables": [_table(each) for each in _tables(form)],
        "signatures": [_signature(each, form.signers if form else {}) for each in shown.signatures],
    }
    data = _each(data, seen)
    try:
        return _compiled(data)
    except typst.TypstError:  # PDF/A is refused where a character has no glyph: none is left out in silence
        note = "Characters that this form cannot print stand as their code points, such as <U+5317>."
        return _compiled(_each(data, _printable) | {"note": note})


def _compiled(data: Mapping[str, Any]) -> bytes:
    made = typst.compile(_FORM, sys_inputs={"data": json.dumps(data)}, format="pdf", pdf_standards=["a-2b"])
    if not isinstance(made, bytes):
        raise TypeError("one document is one file")
    return made


def fields(shown: Shown, *without: str) -> dict[str, str]:
    """A record's fields in words, ``without`` those that are laid out in another way."""
    record = shown.model_dump(mode="json", exclude={*_OF_THE_SCREEN, *without})
    return {words(name): text(value) for name, value in record.items() if not empty(value)}


def called(login: str, name: str | None) -> str:
    """A person by the name that is printed, with the login that it is."""
    return f"{name} ({login})" if name and name != login else login


def _tables(form: Form | None) -> Sequence[Table]:
    if form is None:
        return ()
    return (*([Table("", form.columns, form.rows)] if form.columns else []), *form.tables)


def _table(table: Table) -> Mapping[str, Any]:
    rows = [[*row] for row in table.rows]
    return {"heading": table.heading, "note": table.note, "columns": [*table.columns], "rows": rows}


def _signature(signature: Signature, signers: Mapping[str, str]) -> list[str]:
    broken = f"no: changed since: {', '.join(signature.changed)}" if signature.changed else "no"
    name = called(signature.name, signers.get(signature.by))
    until = f", until it was undone: {_utc(signature.undone_at)}" if signature.undone_at else ""
    return [name, _utc(signature.signed_at), signature.meaning, "yes" + until if signature.holds else broken]


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _each(value: Any, written: Callable[[str], str]) -> Any:
    """The same, with each text of it as it is to be written."""
    match value:
        case Mapping():
            return {name: _each(each, written) for name, each in value.items()}
        case list():
            return [_each(each, written) for each in value]
        case str():
            return written(value)
    return value


def _printable(text: str) -> str:
    """Without what a font may lack."""
    return "".join(each if ord(each) < _LATIN else f"<U+{ord(each):04X}>" for each in text)
