"""The installation that a command speaks to: where it is, with whose token, and what its answers mean."""

import re
from collections.abc import Callable, Generator, Iterator, Mapping
from functools import cache
from ssl import SSLContext
from typing import Annotated, Any, Self
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import typer

from cli.data_folder import DataFolder
from cli.failures import Answered, Failure
from cli.signing import SPONSOR_ROLES, Signer
from contracts import Role
from runtime.principal import SIGNATURE

Url = Annotated[
    str | None, typer.Option("--url", envvar="ENTENTE_URL", help="The installation; default: the demo that runs here.")
]
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a bearer token may be (RFC 6750, 2.1)."""


@cache
def _trusted(by_environment: bool) -> SSLContext:
    """The certificates of the world, read once: that takes 40 ms, and a demo is spoken to by twenty people."""
    return httpx.create_ssl_context(trust_env=by_environment)


def _stripped(token: str | None) -> str | None:
    """The token without the line break that a file or a shell left on it. Raises Failure, which never shows it."""
    token = (token or "").strip() or None
    if token and not _TOKEN.fullmatch(token):
        advice = "Give the one line that `entente token --role ROLE` prints, without quotes: ENTENTE_TOKEN or --token."
        raise Failure("the token that was given is none: it holds a sign that no token has", advice)
    return token


GivenToken = Annotated[
    str | None,
    typer.Option(
        "--token", envvar="ENTENTE_TOKEN", callback=_stripped, help="Your token; default: one of the local demo's."
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the audit.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, and nothing else.")]

_ADVICE = {
    401: "Get a fresh token: `entente login`; of a demo `entente token --role ROLE` (with --data for its own folder).",
    403: "Take a token with a role that may do this: log in as who may (`entente login`); of a demo "
    "`entente token --role ROLE`, with `--subject NAME`.",
    404: "Check the name. A partner's token finds only what the partner is a party to.",
    429: "Wait as long as it says, then ask more slowly.",
    503: "It is starting, or its database or Kafka is away: `entente doctor` says which.",
}

_ADVICE_OF_A_TYPE = {
    "urn:entente:problem:not-named": "No role helps: an authorisation has to name the person for regime and site today "
    "(POST /api/partner-registry/v1/qp-capacities; another person confirms it).",
    "urn:entente:problem:second-person-required": "Take the token of another person who may do this: "
    "`entente token --role ROLE --subject NAME`.",
}
"""Of problems for which the status says too little."""


class _Person(httpx.Auth):
    """Sends a token with each request; with ``login`` also a signature, where an answer asks for one."""

    def __init__(self, token: Callable[[], str], login: Callable[[str], str] | None) -> None:
        self._token, self._login = token, login

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        request.headers["Authorization"] = f"Bearer {self._token()}"
        response = yield request
        if self._login and response.status_code == 401:
            response.read()
            if asked := to_sign(problem_of(response)):
                request.headers[SIGNATURE] = self._login(asked["digest"])
                yield request


class Installation:
    """An Entente that answers under a URL. Every failure is a Failure that says what to do."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        *,
        local: DataFolder | None = None,
        login: Callable[[str], str] | None = None,
    ) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise Failure(f"{url!r} is no URL of an installation", "Write it so: http://127.0.0.1:8000")
        self.url = url.rstrip("/")
        self.local = local
        """The data folder, when it is this machine's demo."""
        limits = httpx.Timeout(30, connect=5)
        self.client = httpx.Client(
            base_url=self.url, auth=_Person(token, login), timeout=limits, trust_env=local is None,
            verify=_trusted(local is None),
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def as_partner_system(self, partner_id: UUID) -> "Installation":
        """The same demo, spoken to as a partner's LIMS or MES."""
        if self.local is None:
            raise Failure("only a demo of this machine can make a partner's token", "Give one: --token")
        return signed(self.url, self.local, [Role.partner_system], partner_id)

    def as_another_person(self, person: str = "second-person") -> "Installation":
        """The same demo, spoken to as another person of the sponsor: some things nobody does alone."""
        if self.local is None:
            raise Failure("only a demo of this machine can make another person's token", "Give one: --token")
        return signed(self.url, self.local, list(SPONSOR_ROLES), person=person, signs=True)

    def get(self, path: str, **parameters: Any) -> Any:
        """The answer to a GET, as JSON. Raises Answered or Failure."""
        given = {name: value for name, value in parameters.items() if value is not None}
        return self.request("GET", path, params=given)

    def post(self, path: str, body: Any = None) -> Any:
        """The answer to a POST of JSON, as JSON. Raises Answered or Failure."""
        return self.request("POST", path, json=body)

    def items(self, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        cursor: str | None = None
        while True:
            page = self.get(path, cursor=cursor, **parameters)
            yield from page["items"]
            if (cursor := page["next"]) is None:
                return

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Any request's answer as JSON. Raises Answered or Failure."""
        try:
            response = self.client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        return self.read(response)

    def read(self, response: httpx.Response) -> Any:
        """A response's JSON. Raises Answered when it is a refusal."""
        if response.status_code >= 400:
            raise _refused(response)
        try:
            return response.json()
        except ValueError as error:
            advice = "Is the URL that of an installation (its home page, without a path)?"
            raise Failure(f"{response.url} does not answer with JSON", advice) from error

    def _unreachable(self, error: httpx.HTTPError) -> Failure:
        reason = str(error) or type(error).__name__
        if self.local is not None:
            return Failure(f"the demo at {self.url} does not answer: {reason}", f"Its log: {self.local.log}")
        advice = "Check ENTENTE_URL or --url; `entente doctor` looks closer. A demo starts with `entente demo`."
        return Failure(f"{self.url} cannot be reached: {reason}", advice)


def to_sign(problem: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a service asks to be signed: text, meaning and digest; None where it asks for something else."""
    return problem if problem.get("type") == "urn:entente:problem:signature-required" else None


def problem_of(response: httpx.Response) -> dict[str, Any]:
    """The problem details of a refusal, or nothing."""
    document = response.json() if "json" in response.headers.get("content-type", "") else None
    return document if isinstance(document, dict) else {}


def _refused(response: httpx.Response) -> Answered:
    problem = problem_of(response)
    status, path = response.status_code, response.request.url.path
    detail = problem.get("detail") or response.reason_phrase
    errors = problem.get("errors")
    if isinstance(errors, list):
        listed = ", ".join(str(error.get("field")) for error in errors[:5])  # as an invalid request's detail ends
        told = "; ".join(f"{error.get('field')}: {error.get('reason')}" for error in errors[:5])
        detail = f"{str(detail).removesuffix(f': {listed}')}: {told}"
    advice = _ADVICE_OF_A_TYPE.get(str(problem.get("type"))) or _ADVICE.get(status, "")
    return Answered(f"{status} from {path}: {detail}", advice, status, problem)


def signed(
    url: str,
    folder: DataFolder,
    roles: list[Role],
    partner_id: UUID | None = None,
    *,
    person: str = "",
    signs: bool = False,
) -> Installation:
    """A local installation, spoken to with tokens that are signed as they are needed; a partner's by its own people.

    ``signs``: its invented person signs whatever takes a signature.
    """
    signer = Signer(folder)
    subject = f"local:{person or ('+'.join(roles) if partner_id else 'operator')}" + (
        f"@{partner_id}" if partner_id else ""
    )

    def token() -> str:
        return signer.sign(roles, partner_id=partner_id, subject=subject).text

    def login(digest: str) -> str:
        return signer.login(subject, digest).text

    return Installation(url, token, local=folder, login=login if signs else None)


def find(url: str | None, token: str | None, data: DataFolder | None = None) -> Installation:
    """The installation that is meant: the one named, else the demo that runs on the data folder.

    Raises Failure when there is neither, or no token for the one named.
    """
    folder = data or DataFolder()
    running = folder.running()
    is_local = running is not None and (url is None or _same(url, running["url"]))
    if url is None and running is None:
        advice = "Start one (`entente demo`), or say where one is: ENTENTE_DATA for a demo in a folder of its own, "
        advice += "ENTENTE_URL and ENTENTE_TOKEN, or --url and --token, for an installation."
        raise Failure(f"no demo runs on {folder.path}, and no installation was named", advice)
    where = url or str(running and running["url"])
    if token:
        given = token
        return Installation(where, lambda: given, local=folder if is_local else None)
    if is_local:
        return signed(where, folder, list(SPONSOR_ROLES))
    raise Failure(f"there is no token for {where}", "Give one: ENTENTE_TOKEN or --token; `entente login` prints it.")


def _same(one: str, other: str) -> bool:
    def address(url: str) -> tuple[str, int | None]:
        parts = urlsplit(url)
        return (parts.hostname or "").replace("localhost", "127.0.0.1"), parts.port

    return address(one) == address(other)
