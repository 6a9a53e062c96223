"""``entente parked``: facts that could not be applied, over all services."""

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from cli import installation
from cli.failures import Answered, Failure
from cli.installation import AsJson, GivenToken, Installation, Reason, Url
from cli.output import notes, print_json, print_line, print_table
from cli.services import WITH_A_LEDGER, with_a_ledger

commands = typer.Typer(help="Facts that a service could not apply.", no_args_is_help=True)

OneService = Annotated[str | None, typer.Option("--service", help=f"One of {', '.join(WITH_A_LEDGER)}.")]
_NO_SUCH_SERVICE = 404


@commands.command("list")
def list_(service: OneService = None, url: Url = None, token: GivenToken = None, as_json: AsJson = False) -> None:
    """List what is parked, oldest first, in every service or in one."""
    with installation.find(url, token) as platform:
        items = list(_parked(platform, service))
    if as_json:
        print_json({"items": items})
        return
    if not items:
        notes.print("nothing is parked")
        return
    rows = [(i["service"], i["id"], i["parked_at"][:19], i["type"], i["key"], i["reason"]) for i in items]
    print_table(("service", "id", "since (UTC)", "fact", "key", "reason"), rows)


@commands.command()
def explain(
    id: Annotated[int, typer.Argument(help="As `parked list` shows it.")],
    service: OneService = None,
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Say why one fact is parked, and show the record itself."""
    with installation.find(url, token) as platform:
        owner = _owner(platform, id, service)
        found = {"service": owner, **platform.get(f"/api/{owner}/v1/parked/{id}")}
    if as_json:
        print_json(found)
        return
    _show(found)
    print_line(f"Once the cause is mended: entente parked retry {id} --service {owner}")


@commands.command()
def retry(
    id: Annotated[int | None, typer.Argument(help="One fact and what follows on its key; default: all.")] = None,
    service: OneService = None,
    reason: Reason = "",
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Apply parked facts in their order; a key stops at its first failure. Exit status 1: some still fail."""
    with installation.find(url, token) as platform:
        owners = [_owner(platform, id, service)] if id is not None else _chosen(service)
        outcome: dict[str, Any] = {"applied": 0, "failed": []}
        for owner in owners:
            answer = _ask(platform, "POST", owner, "/parked/retries", json={"id": id, "reason": reason})
            outcome["applied"] += answer.get("applied", 0)
            outcome["failed"] += [{"service": owner, **failed} for failed in answer.get("failed", [])]
    if as_json:
        print_json(outcome)
    else:
        print_line(f"{outcome['applied']} applied, {len(outcome['failed'])} still fail")
        for failed in outcome["failed"]:
            print_line(f"  {failed['service']} {failed['id']}: {failed['reason']}")
    if outcome["failed"]:
        raise typer.Exit(1)


def _show(fact: dict[str, Any]) -> None:
    """Why, and where in the code; then the record as it is in Kafka."""
    blocks = "yes, later facts of the key wait behind it" if fact.get("blocks") else "no, it parks alone"
    for name in ("service", "id", "type", "parked_at", "attempts"):
        _show_line(name, fact.get(name))
    _show_line("blocks", blocks)
    _show_line("reason", fact.get("reason"))
    if fact.get("detail"):
        print_line(f"\n{fact['detail'].rstrip()}\n")
    for name in ("topic", "partition", "offset", "key"):
        _show_line(name, fact.get(name))
    for name, value in (fact.get("headers") or {}).items():
        _show_line(name, value)
    print_line(f"\n{fact.get('value')}\n")


def _show_line(name: str, value: object) -> None:
    print_line(f"{name:<16} {value}")


def _chosen(service: str | None) -> tuple[str, ...]:
    return WITH_A_LEDGER if service is None else (with_a_ledger(service),)


def _ask(platform: Installation, method: str, service: str, path: str, **options: Any) -> dict[str, Any]:
    """A service's answer; nothing from one that this installation does not run."""
    try:
        answer: dict[str, Any] = platform.request(method, f"/api/{service}/v1{path}", **options)
    except Answered as refusal:
        if refusal.status == _NO_SUCH_SERVICE:
            return {}
        raise
    return answer


def _parked(platform: Installation, service: str | None) -> Iterator[dict[str, Any]]:
    for name in _chosen(service):
        try:
            yield from ({"service": name, **item} for item in platform.items(f"/api/{name}/v1/parked", limit=500))
        except Answered as refusal:
            if refusal.status != _NO_SUCH_SERVICE:
                raise


def _owner(platform: Installation, id: int, service: str | None) -> str:
    """The service in which that fact is parked; numbers are each service's own."""
    owners = [name for name in _chosen(service) if _ask(platform, "GET", name, f"/parked/{id}")]
    if not owners:
        raise Failure(f"no fact is parked under {id}", "`entente parked list` shows what is.")
    if len(owners) > 1:
        raise Failure(f"{id} is parked in {' and in '.join(owners)}", "Say which: --service")
    return owners[0]
