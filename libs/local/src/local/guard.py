"""Runs beside a server: when the process that started the server is gone, it ends the server too.

Standard input is a pipe whose other end only that process holds. A byte in it means that the server was
stopped in good order; its end without one means that nobody is left to stop it.
"""

import os
import signal
import sys
import time


def alive(pid: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def main(pid: int, first: int) -> None:
    """Ask the server to end with the signal it understands, then insist."""
    if sys.stdin.buffer.read(1):
        return
    for number, patience in ((first, 5.0), (int(signal.SIGKILL), 1.0)):
        if not alive(pid):
            return
        os.kill(pid, number)
        deadline = time.monotonic() + patience
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.05)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
