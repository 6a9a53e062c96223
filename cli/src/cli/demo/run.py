"""The demo from start to stop."""

import asyncio
import contextlib
import os
import shlex
import signal
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from cli import installation
from cli.data_folder import DataFolder
from cli.demo import agreements, issuer, past, seed, servers, simulator, story, transfer
from cli.demo.steps import Steps
from cli.failures import Failure
from cli.installation import Installation
from cli.output import notes, print_line
from cli.signing import SPONSOR_ROLES, Signer
from runtime.settings import Settings
from serving import logs
from serving.server import serving

_READY_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    port: int
    operations_port: int
    broker: str
    simulator: bool
    seed: int


def run(options: Options, folder: DataFolder) -> None:
    """Run the demo until Ctrl-C or SIGTERM. Raises Failure where it cannot start."""
    with folder.held(), _port(options.port) as listener, _port(options.operations_port) as operations:
        logs.configure(folder.log.open("a", buffering=1))  # not the terminal, which stays readable
        asyncio.run(_until_told(_demo(options, folder, listener, operations)))


async def _until_told(demo: Any) -> None:
    """The demo as a task that the first signal cancels; the second ends the process, and guards end the servers."""
    task, explained = asyncio.create_task(demo), False

    def stop() -> None:
        nonlocal explained
        if explained:
            os._exit(130)
        explained = True
        notes.print("stopping")
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    try:
        await task
    except asyncio.CancelledError:
        if not explained:
            raise


async def _demo(options: Options, folder: DataFolder, listener: socket.socket, operations: socket.socket) -> None:
    steps = Steps()
    url = _url(listener)
    signer = Signer(folder)
    platform = asyncio.create_task(asyncio.to_thread(_load_platform))
    try:
        async with servers.running(options.broker, folder, steps) as ready, contextlib.AsyncExitStack() as stack:
            with steps.step("services", "services behind one port"):
                origin = (await platform)(ready.settings)
                issuer.install(origin, folder)
                running = await stack.enter_async_context(serving(origin, ready.settings, listener, operations))
                await _ready(_url(operations))
            platform_api = installation.signed(url, folder, list(SPONSOR_ROLES))
            stack.enter_context(platform_api)
            with steps.step("partners and products", "") as step:
                step.done = await _in_thread(seed.plant, platform_api)
            with steps.step("what is agreed", "") as step:
                step.done = await _in_thread(agreements.plant, platform_api)
            if options.simulator:
                with steps.step("half a year of batches", "") as step:
                    sent = await asyncio.to_thread(past.plant, platform_api, options.seed, datetime.now(UTC))
                    step.done = f"{sent} batches of half a year" if sent else "half a year of batches found as it was"
                with steps.step("what waits for somebody", "") as step:
                    step.done = await _in_thread(story.plant, platform_api)
                with steps.step("a transfer on its way", "") as step:
                    step.done = await _in_thread(transfer.plant, platform_api)
                await stack.enter_async_context(_simulating(platform_api, options.seed))
            token = signer.sign(list(SPONSOR_ROLES), subject="demo", name="Demo").text
            kafka = ready.settings.kafka_bootstrap_servers
            where = {"url": url, "operations": _url(operations)}
            folder.note_state(**where, pid=os.getpid(), kafka=kafka, durable=ready.durable)
            _say_where(where, token, steps.elapsed, folder)
            await asyncio.wait([running])
        raise Failure("the services ended by themselves", f"The log says why: {folder.log}")
    finally:
        steps.close()


def _load_platform() -> Callable[[Settings], Any]:
    """Import the services, which takes a second or two, while the servers start."""
    from cli.origin.app import create

    return create


async def _ready(operations: str) -> None:
    """Wait for the services to say that they are ready. Raises Failure with what they lack."""
    reason = "no answer"
    async with httpx.AsyncClient(base_url=operations, timeout=5, trust_env=False) as client:
        deadline = asyncio.get_running_loop().time() + _READY_WITHIN
        while asyncio.get_running_loop().time() < deadline:
            try:
                answer = await client.get("/readyz")
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
            else:
                if answer.status_code == 200:
                    return
                reason = answer.text
            await asyncio.sleep(0.05)
    raise Failure(f"the services are not ready after {_READY_WITHIN:.0f} s: {reason}", "`entente doctor` looks closer.")


async def _in_thread(work: Callable[[Installation, threading.Event], str], platform: Installation) -> str:
    """Blocking work over HTTP, which is told to end when this task is cancelled."""
    stopping = threading.Event()
    try:
        return await asyncio.to_thread(work, platform, stopping)
    finally:
        stopping.set()


@contextlib.asynccontextmanager
async def _simulating(platform: Installation, number: int) -> AsyncIterator[None]:
    stopping = threading.Event()
    thread = threading.Thread(target=simulator.run, args=(platform, number, stopping), name="simulator", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        await asyncio.to_thread(thread.join, 5)


@contextlib.contextmanager
def _port(number: int) -> Iterator[socket.socket]:
    """The port, taken at once, so that nobody else gets it while the servers start."""
    try:
        listener = socket.create_server(("127.0.0.1", number))
    except OSError as error:
        raise Failure(
            f"port {number} of 127.0.0.1 cannot be had: {error.strerror}", f"Choose another: --port {number + 123}"
        ) from error
    with listener:
        yield listener


def _url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


def _say_where(where: dict[str, str], token: str, seconds: float, folder: DataFolder) -> None:
    url = where["url"]
    notes.print(f"[bold green]ready[/bold green] after {seconds:.1f} s; data in {folder.path}")
    print_line(f"\nPage   {url}/#token={token}\n")
    print_line(f"Token  {token}\n")
    print_line(f"Sign   with the passphrase {folder.passphrase()}: entente sign --help\n")
    print_line(f"Try    curl -s -H 'Authorization: Bearer {token}' {url}/api/quality-events/v1/oos-investigations\n")
    print_line(f"Health {where['operations']}/readyz and /metrics, apart from what partners reach\n")
    if folder.must_be_named:
        named = f"export ENTENTE_DATA={shlex.quote(str(folder.path))}"
        print_line(f"Other  commands, in a second terminal, find it after: {named}\n")
    notes.print("Ctrl-C stops it; started again, it finds its data.")
