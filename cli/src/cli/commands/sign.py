"""``entente sign``: take a step that is signed, with a login for it."""

import json
import sys
from typing import Annotated, Any
from urllib.parse import parse_qs, urlsplit

import typer

from cli import installation, loopback
from cli.demo.issuer import PATH
from cli.failures import Answered, Failure
from cli.installation import AsJson, GivenToken, Installation, Reason, Url, problem_of, to_sign
from cli.output import notes, print_json, print_line
from cli.signing import SIGNING_CLIENT
from runtime.principal import SIGNATURE


def sign(
    path: Annotated[str, typer.Argument(help="The step, as `allowed` of the record names it: /api/...")],
    body: Annotated[str, typer.Option("--body", metavar="JSON", help="What the step takes.")] = "",
    reason: Reason = "",
    passphrase: Annotated[
        str, typer.Option("--passphrase", envvar="ENTENTE_PASSPHRASE", help="The demo's; else it is asked for.")
    ] = "",
    id_token: Annotated[
        str, typer.Option("--id-token", help="Of a login that you made yourself; else a browser opens for it.")
    ] = "",
    url: Url = None,
    token: GivenToken = None,
    as_json: AsJson = False,
) -> None:
    """Show what is to be signed, log the person of the token in for it, and take the step."""
    content = _read(body)
    with installation.find(url, token) as platform:
        asked = _asked(platform, path, content, reason)
        if asked is None:
            print_line(f"done: {path} takes no signature")
            return
        notes.print(asked["text"], markup=False)
        login = id_token or logged_in(platform, asked["digest"], passphrase)
        headers = {SIGNATURE: login} | ({"X-Reason": reason} if reason else {})
        record = platform.request("POST", path, json=content, headers=headers)
    signature = record["signatures"][-1]
    if as_json:
        print_json(signature)
    else:
        print_line(f"{signature['name']} signed at {signature['signed_at']}: {signature['meaning']}")


def _read(body: str) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError as error:
        raise Failure(f"--body is no JSON: {error}", """Write it so: --body '{"conclusion": "confirmed"}'""") from error


def _asked(platform: Installation, path: str, content: Any, reason: str) -> Any:
    """What is to be signed; None where the step takes no signature, and was done. Raises Answered: it is refused."""
    try:
        platform.request("POST", path, json=content, headers={"X-Reason": reason} if reason else {})
    except Answered as refused:
        if asked := to_sign(refused.problem):
            return asked
        raise
    return None


def _typed(subject: str) -> str:
    """The passphrase, as it is typed. Raises Failure where nobody can type it."""
    if not sys.stdin.isatty():
        advice = "Give it by ENTENTE_PASSPHRASE or --passphrase (the demo prints it as it starts), or give --id-token."
        raise Failure(f"the passphrase of {subject} is asked for at a terminal, and there is none", advice)
    return str(typer.prompt(f"passphrase of {subject}", hide_input=True, err=True))


def logged_in(platform: Installation, digest: str, passphrase: str) -> str:
    """The ID token that the demo's issuer sends back with the person."""
    if platform.local is None:
        if login := loopback.sign(platform, digest):
            return login
        advice = f"Log in at your identity provider with nonce={digest}, prompt=login and max_age=0 "
        advice += f"(client {SIGNING_CLIENT}), and sign again within two minutes with --id-token."
        raise Failure("this installation names no issuer at which to log in", advice)
    subject = platform.get("/api/me")["subject"]
    given = passphrase or _typed(subject)
    asked = {"response_type": "id_token", "client_id": SIGNING_CLIENT, "nonce": digest, "redirect_uri": platform.url}
    form = {"subject": subject, "passphrase": given}
    answer = platform.client.post(PATH, params=asked | {"prompt": "login", "max_age": "0"}, data=form)
    if answer.status_code != 303:
        why = problem_of(answer).get("detail", "the passphrase is not the demo's")
        raise Failure(str(why), "The demo prints it when it starts; it is in its data folder, too.")
    return parse_qs(urlsplit(answer.headers["location"]).fragment)["id_token"][0]
