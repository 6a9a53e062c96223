"""``entente login``: a token of a person, from the installation's own issuer."""

from typing import Annotated

import typer

from cli import loopback
from cli.failures import Failure
from cli.installation import AsJson, Installation
from cli.output import print_json, print_line


def login(
    url: Annotated[str, typer.Option("--url", envvar="ENTENTE_URL", help="The installation.")], as_json: AsJson = False
) -> None:
    """Log in with a browser where the page does, and print the token, for ENTENTE_TOKEN. It serves for some minutes."""
    with Installation(url, lambda: "none") as platform:
        token = loopback.sign_in(platform)
    if token is None:
        advice = "A demo's tokens are made by `entente token --role ROLE`."
        raise Failure(f"{url} names no issuer at which to log in", advice)
    if as_json:
        print_json({"token": token})
    else:
        print_line(token)
