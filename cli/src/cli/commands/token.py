"""``entente token``: a token of the local installation."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from cli import installation
from cli.data_folder import DataFolder
from cli.failures import Failure
from cli.installation import AsJson, Url
from cli.output import notes, print_json, print_line
from cli.signing import SPONSOR_ROLES, Signer, check
from contracts import Role

Data = Annotated[
    Path | None, typer.Option("--data", metavar="FOLDER", help="The demo's data folder (also ENTENTE_DATA).")
]


def token(
    role: Annotated[list[str], typer.Option("--role", help="May be given more than once.")],
    partner: Annotated[
        str | None, typer.Option("--partner", metavar="NUMBER", help="A partner's number or id, for partners' roles.")
    ] = None,
    subject: Annotated[
        str, typer.Option("--subject", metavar="NAME", help="Another person: some things nobody does alone.")
    ] = "",
    data: Data = None,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Make a token, signed with the key in the data folder. It serves for 12 hours."""
    roles = [_role(name) for name in role]
    check(roles, has_partner=partner is not None)
    folder = DataFolder(data)
    partner_id = _partner_id(partner, folder, url) if partner else None
    signer = Signer(folder)
    made = signer.sign(roles, partner_id=partner_id, subject=subject)
    until = datetime.fromtimestamp(made.expires_at, UTC)
    if signer.is_new:
        lines = (
            f"made a new signing key in {folder.path}: it counts where this folder's jwks.json does, and nowhere else"
        )
        notes.print(lines, markup=False)
    if as_json:
        print_json({"token": made.text, "roles": roles, "partner_id": partner_id, "expires_at": until.isoformat()})
        return
    print_line(made.text)
    if notes.is_terminal:
        notes.print(f"[dim]for {', '.join(roles)}; until {until:%Y-%m-%d %H:%M} UTC[/dim]")


def _role(name: str) -> Role:
    try:
        return Role(name)
    except ValueError as error:
        raise Failure(f"there is no role {name!r}", "Roles: " + ", ".join(Role)) from error


def _partner_id(partner: str, folder: DataFolder, url: str | None) -> UUID:
    """The id itself, or looked up by number in the running installation."""
    try:
        return UUID(partner)
    except ValueError:
        pass
    where = url or (folder.running() or {}).get("url")
    if where is None:
        advice = "Start it (`entente demo`), name the folder of the one that runs (--data, or ENTENTE_DATA), "
        advice += "or give the partner's id instead of its number."
        raise Failure(f"the partner {partner} cannot be looked up: no demo runs on {folder.path}", advice)
    with installation.signed(where, folder, list(SPONSOR_ROLES)) as registry:
        found = list(registry.items("/api/partner-registry/v1/partners", number=partner))
        if found:
            return UUID(found[0]["id"])
        known = [each["number"] for each in registry.get("/api/partner-registry/v1/partners", limit=10)["items"]]
    raise Failure(f"there is no partner {partner}", f"There are, for example: {', '.join(sorted(known)) or 'none'}")
