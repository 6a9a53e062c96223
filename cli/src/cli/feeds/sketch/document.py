"""The text of a proposal: how the file is written, its columns, and the results that they become."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cli.failures import Failure
from cli.feeds.content import EVENTS, XML, content_type_of
from cli.feeds.sketch.cells import shown
from cli.feeds.sketch.columns import Column, Guess
from cli.feeds.sketch.found import Found, found_in
from cli.feeds.sketch.json_records import records_in
from cli.feeds.sketch.keys import columns_of
from cli.feeds.sketch.parts import Parts
from cli.feeds.sketch.records import records_of
from cli.feeds.sketch.yaml_text import in_list, quoted
from partner_feeds.readers.form import JSON, JSON_LINES
from partner_feeds.values.texts import as_compared

_LONGEST_CODE: Final = 100
_B2MML: Final = """\
# XML is read as batch records of B2MML or BatchML. The standard says where everything stands, so their mapping needs no
# sketch: ASK what the maker's words mean, and write it here. See docs/guides/write-a-mapping.md.
format: b2mml
code: {code}
version: 1
# units: {{KG: kg}}            UCUM's own need not be listed
# parameters: {{MainForce: main_force}}   those that become process data
# words: {{Pass: complies}}    results in words
# complete: [Complete]       words of RecordStatus that say that a record lacks nothing
"""


def propose(file: Path) -> str:
    """The document of a mapping for files like this one. Raises Failure where nothing looks like a table."""
    type_ = content_type_of(file)
    code = re.sub(r"[^a-z0-9]+", "-", file.stem.lower())[:_LONGEST_CODE].strip("-") or "files"
    if type_ == XML:
        return _B2MML.format(code=code)
    if type_ in EVENTS:
        raise Failure(f"{file.name} holds events in our own words", "They need no mapping: send them to a feed.")
    found = records_in(file, type_) if type_ in (JSON, JSON_LINES) else found_in(file, type_)
    parts = Parts(columns_of(found))
    if not parts.results and not parts.value:
        names = shown(", ".join(filter(None, found.names)))
        raise Failure(f"no column of {file.name} holds results: it has {names}", "A result is a column of numbers.")
    return "\n".join(
        [
            f"# Proposed from {shown(file.name)}. Each line says why; ask the laboratory what # ASK stands behind.",
            f"code: {code}",
            "version: 1",
            *found.says,
            *_in_all_columns(parts),
            "",
            "columns:",
            *(f"  {quoted(each.key)}: {{{_holds(each, parts)}}}  # {_why(each, parts)}" for each in parts.taken),
            "",
            *_ignored(found, parts),
            *_chosen(parts),
            *records_of(parts, found.labels),
            "",
        ]
    )


def _in_all_columns(parts: Parts) -> Iterator[str]:
    """The decimal sign, and the words for no value, where columns have one."""
    if comma := _commas(parts):
        yield f"decimal: comma  # in {shown(comma)}"
    nothing = dict.fromkeys(cell for each in parts.taken for cell in each.guess.nothing)
    if nothing:
        yield f"missing: {in_list(nothing)}  # ASK: do these say that there is no value?"
    if local := next((each for each in parts.dates if ":mm" in each.guess.holds and "Z" not in each.guess.holds), None):
        yield f"# time_zone: Europe/Vienna  # ASK: in which zone is {shown(local.name)}? Left out, it is the feed's"


def _commas(parts: Parts) -> str:
    """The name of a column with decimal commas, where no column has points."""
    signs = {each.guess.decimal: each.name for each in parts.taken if each.guess.decimal}
    return "" if "point" in signs else signs.get("comma", "")


def _holds(column: Column, parts: Parts) -> str:
    """What the mapping says of a column."""
    found = column.guess
    says = [found.holds]
    if column in parts.results or column is parts.value:
        unit = parts.units.get(column.key)
        says.append(f"unit_column: {quoted(unit.key)}" if unit else f"unit: {_unit(found)}")
        if sign := parts.signs.get(column.key):
            says.append(f"qualifier_column: {quoted(sign.key)}")
    if found.decimal == "comma" and not _commas(parts):
        says.append("decimal: comma")
    return ", ".join(filter(None, [*says, column.where]))


def _unit(found: Guess) -> str:
    """Its unit; where nothing states one a word that keeps the proposal from being loaded, as for a lot or a date."""
    if found.unit is None or (found.unit.ucum == "1" and found.unit.doubt):
        return "ASK"
    return quoted(found.unit.ucum)


def _why(column: Column, parts: Parts) -> str:
    """The reason of a guess, and what must be asked."""
    unit = column.guess.unit if column.key not in parts.units else None
    states = (unit.doubt or f"the unit {unit.ucum}") if unit else ""
    return "; ".join(filter(None, (column.guess.why, states)))


def _ignored(found: Found, parts: Parts) -> Iterator[str]:
    """What is left out: by name, by its place where columns are known so, and of records by its path."""
    reasons = {each.place: _reason(each, parts) for each in parts.left_out}
    taken = {each.place for each in parts.taken}
    ignored, around = dict(found.passed_over), dict[str, str]()
    for place, name in enumerate(found.names):
        if place not in taken and (name or found.by_position):
            reason = reasons.get(place, "it has no name, and is blank")
            member = found.members[place] if found.members else None
            section = around if member and member.is_around else ignored
            section.setdefault(member.path if member else str(place + 1) if found.by_position else name, reason)
    known = {as_compared(name): (name, reason) for name, reason in reversed(ignored.items())}
    for word, lines in (("ignored", dict(reversed(known.values()))), ("ignored_around", around)):
        yield from (
            (f"{word}:", *(f"  {quoted(name)}: {quoted(why)}" for name, why in lines.items()), "") if lines else ()
        )


def _reason(column: Column, parts: Parts) -> str:
    """Why a column is left out; of one that is taken once already, which other is."""
    why, other = column.guess.why, parts.instead_of(column)
    if other:
        return f"ASK whether it is meant, and not {shown(other.key)}, which is taken"
    return why if why.startswith("ASK") else f"ASK whether somebody needs it: {why}"


def _chosen(parts: Parts) -> Iterator[str]:
    """Rows that are perhaps of no sample, and those of a state in which a result is reported."""
    for word, asked in (("skip", "ASK: are these no samples?"), ("take", "")):
        chosen = [(each, each.guess.left_out if word == "skip" else each.guess.only) for each in parts.taken]
        lines = [f"  {quoted(each.key)}: {in_list(of)}  # {asked or each.guess.why}" for each, of in chosen if of]
        yield from ([f"{word}:", *lines, ""] if lines else ())
