"""Electronic signatures: a fresh login for one act, bound to exactly what is signed.

21 CFR Part 11, subparts B and C; EU GMP Annex 11, 14. A step that is ``signed`` is first asked for without a signature:
the answer has the text to show, what a signature means, and the digest of what is signed. The client sends the person
to the identity provider (OpenID Connect: ``prompt=login``, ``max_age=0``, the digest as ``nonce``) and asks again with
the ID token.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request
from pydantic import BaseModel

from contracts import seen
from identity.verifier import Verifier
from runtime.lifecycle import Transition
from runtime.principal import FRESH_SECONDS, SIGNATURE
from runtime.problems import Problem
from runtime.work import Versioned, Work
from serving.canonical import canonical_json, sha256
from serving.in_words import among, empty, named, text, words
from serving.shown import Signature

_CHALLENGE = f'Bearer error="insufficient_user_authentication", max_age="{FRESH_SECONDS}"'  # RFC 9470
_FOLLOWS = ["version", "updated_at", "awaited_side", "awaited_partner_id", "awaited_since"]
_FOLLOWS += ["overdue_reported_for", "warned_days"]
"""Columns that follow from the rest, and those by which timers know of what they have told."""
_ADD = """
INSERT INTO signature (table_name, record_id, version, action, meaning, subject, printed_name, signed_at, digest,
                       statement, sealed, token) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_OF_RECORDS = """
SELECT record_id, version, action, meaning, subject AS by, printed_name AS name, signed_at, digest, statement,
       sealed::text
FROM signature WHERE record_id = ANY($1) ORDER BY signed_at, version
"""


@dataclass(frozen=True, slots=True)
class Signing:
    """With what a signed step is asked for."""

    verifier: Verifier
    token: str | None


async def _signing(
    request: Request,
    token: Annotated[
        str | None, Header(alias=SIGNATURE, description="the ID token of a login for this, whose nonce is the digest")
    ] = None,
) -> Signing:
    return Signing(request.app.state.verifier, token)


Given = Annotated[Signing, Depends(_signing)]


async def about(
    work: Work, record: Versioned, row: Transition, body: BaseModel | None, shown: BaseModel
) -> Mapping[str, Any]:
    """What is signed of a step before it is taken: the record as it is now, what is given with the step, and by whom.

    With it stands what the signer reads of the record, as it is ``shown`` to this person: people sign names, no ids.
    """
    (content,) = (await _contents(work, type(record), [record.id])).values()
    said: dict[str, Any] = {"record": type(record).__tablename__, "id": str(record.id), "version": record.version}
    said |= {"action": row.name, "meaning": row.needs.signed, "by": work.principal.subject, "content": content}
    said["given"] = body.model_dump(mode="json", exclude_none=True) if body else {}
    read = shown.model_dump(mode="json", exclude={"allowed", "signatures"})
    said["shown"] = [[word, named(read[field], read)] for word, field in record.signed_as.items()]
    return said


def statement(said: Mapping[str, Any], work: Work) -> str:
    """Exactly what is signed, as canonical JSON: with what the step, as it was just taken, does to other records."""
    return canonical_json({**said, **({} if work.follows is None else {"follows": work.follows})})


async def sign(work: Work, record: Versioned, row: Transition, statement: str, signing: Signing) -> None:
    """Keep the signature under a step that was just taken.

    Raises a 401 Problem, with which the step is undone, where there is no login that serves.
    """
    digest = sha256(statement)
    if not signing.token:
        raise _required("this takes your electronic signature", work, statement)
    try:
        claims = await signing.verifier.login(signing.token, work.principal.subject, digest, work.now.timestamp())
    except Problem as problem:
        if problem.status != 401:
            raise
        raise _required(problem.detail, work, statement) from problem
    await work.session.flush()
    (sealed,) = (await _contents(work, type(record), [record.id], entries=True)).values()
    name = str(claims.get("name") or work.principal.name)
    what = (type(record).__tablename__, record.id, record.version, row.name, row.needs.signed, work.principal.subject)
    await work.connection.execute(_ADD, *what, name, work.now, digest, statement, json.dumps(sealed), signing.token)


async def of(work: Work, records: Sequence[Versioned]) -> Mapping[UUID, Sequence[Signature]]:
    """The signatures under records, by the record's id and in their order, each with what was changed since."""
    found: dict[UUID, list[Signature]] = defaultdict(list)
    rows = await work.connection.fetch(_OF_RECORDS, [record.id for record in records]) if records else ()
    if not rows:
        return found
    model = type(records[0])
    contents = await _contents(work, model, [row["record_id"] for row in rows], entries=True)
    former = await _former(work, model, list(contents))
    for row in rows:
        # What was undone first after it was signed is what it was signed for.
        until = next((each for each in former[row["record_id"]] if each["version"] >= row["version"]), None)
        stood = json.loads(until["content"]) if until else contents[row["record_id"]]
        changed = _differing(model, json.loads(row["sealed"]), stood)
        holds = not changed and sha256(row["statement"]) == row["digest"]
        undone_at = until["created_at"] if until else None
        found[row["record_id"]].append(Signature(**dict(row), changed=changed, holds=holds, undone_at=undone_at))
    return found


async def content_of(work: Work, record: Versioned) -> Mapping[str, Any]:
    """The record and its parts as the database has them: to be kept where a step undoes what was signed."""
    await work.session.flush()
    return (await _contents(work, type(record), [record.id]))[record.id]


async def _former(work: Work, model: type[Versioned], ids: Sequence[UUID]) -> Mapping[UUID, list[Mapping[str, Any]]]:
    """As which the records stood until what was signed was undone, in their order."""
    found: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for table, names_it in model.signed_former.items():
        query = (
            f"SELECT {names_it} AS of_it, version, content::text, created_at FROM {table} WHERE {names_it} = ANY($1)"  # noqa: S608
        )
        for row in await work.connection.fetch(f"{query} ORDER BY version", ids):
            found[row["of_it"]].append(row)
    return found


def _differing(model: type[Versioned], sealed: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What of a record, or of its parts, is not as it was signed.

    Of parts that an earlier release did not seal, and of entries that who asks does not read, a signature says nothing.
    """
    parts = model.signed_with.keys() | model.signed_entries.keys()
    own, own_now = ({name: each[name] for name in each.keys() - parts} for each in (sealed, now))
    changed = _changed(own, own_now, model.signed_apart, model.signed_later)
    for part in parts & sealed.keys() & now.keys():
        before, after = ({each["id"]: each for each in rows[part]} for rows in (sealed, now))
        stays = part in model.signed_entries
        beside = () if stays else (model.signed_apart, model.signed_later)
        other = before.keys() - after.keys() if stays else before.keys() ^ after.keys()
        if other or any(_changed(each, after[id], *beside) for id, each in before.items()):
            changed.append(part)
    return sorted(changed)


def _changed(
    sealed: Mapping[str, Any], now: Mapping[str, Any], apart: Collection[str] = (), later: Collection[str] = ()
) -> list[str]:
    """The columns of a row that are not as they were; what a later release added is, while nothing stands in it."""
    compared = (sealed.keys() | now.keys()).difference(apart, _FOLLOWS)  # an earlier release sealed them, too
    filled = {name for name in compared & {*later} if _nothing(sealed.get(name))}
    return [
        name
        for name in compared - filled
        if (sealed[name] != now.get(name) if name in sealed else not _nothing(now[name]))
    ]


def _nothing(value: Any) -> bool:
    return value in (None, [], {}, False)


def as_read(signed: Mapping[str, Any]) -> str:
    """What a person reads of a statement: what it means to sign it, the record in words, what is given and follows."""
    number = signed["content"].get("number", signed["id"])
    of = [("this is", f"{words(signed['record'])} {number}, version {signed['version']}"), *signed["shown"]]
    told = [(word, value) for word, value in (*of, ("given", signed["given"])) if not empty(value, brief=True)]
    lines = [f"{word}: {text(value, brief=True)}" for word, value in told]
    if "follows" in signed:
        each = ["; ".join(f"{word}: {among(value, brief=True)}" for word, value in one) for one in signed["follows"]]
        lines += [f"follows: {one}" for one in each or ["nothing"]]
    return seen("\n".join([signed["meaning"], *lines]))


def _required(detail: str, work: Work, statement: str) -> Problem:
    signed = json.loads(statement)
    shown = {"text": f"{seen(work.principal.name)} signs: {as_read(signed)}", "meaning": signed["meaning"]}
    shown |= {"digest": sha256(statement), "statement": statement}
    return Problem(401, "signature-required", detail, headers={"WWW-Authenticate": _CHALLENGE}, **shown)


async def _contents(
    work: Work, model: type[Versioned], ids: Sequence[UUID], *, entries: bool = False
) -> Mapping[UUID, Mapping[str, Any]]:
    """What the database holds of records, their parts, and entries for who reads them; numbers as written there."""
    record, naming = model.__tablename__, {part: {names_it: "id"} for part, names_it in model.signed_with.items()}
    if entries and not work.principal.partner_id:
        naming |= {entry: {**named_by} for entry, named_by in model.signed_entries.items()}
    columns = [f"to_jsonb({record}) - $2::text[]"]
    for part, names in naming.items():
        kept = f"to_jsonb({part}) - $2::text[]" if part in model.signed_with else f"to_jsonb({part})"
        of_it = " OR ".join(f"{part}.{name} = {record}.{own}" for name, own in names.items())
        select = f"SELECT coalesce(jsonb_agg({kept} ORDER BY {part}.id), '[]') FROM {part} WHERE {of_it}"  # noqa: S608
        columns.append(f"jsonb_build_object('{part}', ({select}))")
    query = f"SELECT id, ({' || '.join(columns)})::text AS content FROM {record} WHERE id = ANY($1)"  # noqa: S608
    rows = await work.connection.fetch(query, ids, [*_FOLLOWS, *model.signed_apart])
    return {row["id"]: json.loads(row["content"], parse_float=str) for row in rows}
