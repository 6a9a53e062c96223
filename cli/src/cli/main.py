"""The ``entente`` command."""

from typing import Any

import typer
from typer.core import TyperGroup

from cli.commands import (
    audit,
    backup,
    demo,
    doctor,
    explain,
    feed,
    install,
    kpi,
    ledger,
    login,
    parked,
    rebuild,
    replay,
    restore,
    retention,
    sign,
    token,
)
from cli.failures import Failure
from cli.output import complain, print_json


class _Friendly(TyperGroup):
    """A command that fails says why and what to do, and ends with exit status 2."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta["as_json"] = "--json" in args
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Failure as failure:
            if ctx.meta["as_json"]:
                print_json({"error": failure.why, "what_to_do": failure.advice})
            complain(failure.why, failure.advice)
            raise typer.Exit(2) from failure


app = typer.Typer(
    cls=_Friendly,
    help="Entente: a drug sponsor and its contract manufacturers and laboratories share facts.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("token")(token.token)
app.command("login")(login.login)
app.command("sign")(sign.sign)
app.command("replay")(replay.replay)
app.command("rebuild")(rebuild.rebuild)
app.command("retention")(retention.retention)
app.add_typer(backup.commands, name="backup")
app.add_typer(restore.commands, name="restore")
app.add_typer(ledger.commands, name="ledger")
app.add_typer(feed.commands, name="feed")
app.add_typer(install.commands, name="install")
app.add_typer(parked.commands, name="parked")
app.add_typer(kpi.commands, name="kpi")
app.add_typer(audit.commands, name="audit")
app.add_typer(explain.commands, name="explain")
