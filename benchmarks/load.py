"""A load generator that costs little: prebuilt HTTP/1.1 requests over kept-alive connections."""

import asyncio
import time
from collections.abc import Callable


def request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """The bytes of one request. Underscores in header names become hyphens."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes) -> tuple[int, bytes]:
    """Send one request and read its answer: status and body."""
    writer.write(message)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.split("content-length:", 1)[1].split("\r\n", 1)[0])
    return int(head.split(" ", 2)[1]), await reader.readexactly(length)


async def drive(port: int, make: Callable[[int], bytes], seconds: float, connections: int = 8) -> float:
    """Successful requests per second over some seconds. Raises RuntimeError for any answer that is not 2xx."""
    until, done = time.perf_counter() + seconds, 0
    counter = iter(range(10**9))

    async def connection() -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            status, body = await exchange(reader, writer, make(next(counter)))
            if status >= 300:
                raise RuntimeError(f"{status}: {body[:300]!r}")
            done += 1
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(connection() for _ in range(connections)))
    return done / (time.perf_counter() - began)
