"""The ``entente`` command as a process of its own."""

import gc


def main() -> None:
    """Run the command that was typed. What imports make stays: to go through it meanwhile took a fifth of a start."""
    gc.disable()
    from cli.main import app

    gc.freeze()
    gc.enable()
    app()
