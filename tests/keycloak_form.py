"""Keycloak's sign-in form, as a browser of this machine fills it in."""

import html
import re
from typing import Any

import httpx


def filled_in(page: httpx.Response, username: str, password: str) -> dict[str, Any]:
    """What is to be posted for the form that a page shows: ``client.post(**filled_in(...))``.

    Its cookies are sent by hand: they want HTTPS, which browsers do not ask of this machine, and httpx does.
    """
    found = re.search(r'<form[^>]*id="kc-form-login"[^>]*action="([^"]+)"', page.text)
    assert found, page.text
    cookies = "; ".join(line.split(";")[0] for line in page.headers.get_list("set-cookie"))
    given = {"username": username, "password": password}
    return {"url": html.unescape(found[1]), "data": given, "headers": {"Cookie": cookies}}
