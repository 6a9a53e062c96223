"""`python -m serving quality_events.main:create --port 8001`: run a service until SIGTERM or Ctrl-C."""

import gc

if __name__ == "__main__":
    gc.disable()  # what imports make stays: to go through it again and again took a fifth of a start
    from serving.process import main

    raise SystemExit(main())
