"""The tree of commands."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import orderwright
from orderwright.cli.audits import audit
from orderwright.cli.benches import bench
from orderwright.cli.imports import imports
from orderwright.cli.keys import keys
from orderwright.cli.merchants import merchants
from orderwright.cli.people import people
from orderwright.cli.running import AsJson, print_json, told
from orderwright.cli.serving import demo, migrate, serve, work


class _Commands(TyperGroup):
    """The root: errors that people can do something about end in a sentence, not in a stack trace."""

    def invoke(self, ctx: Any) -> Any:
        with told():
            return super().invoke(ctx)


app = typer.Typer(
    name="orderwright",
    cls=_Commands,
    help="Order management: takes every order, promises stock, ships it from the right place, on one PostgreSQL.\n\n"
    "New here? [bold]orderwright demo[/bold] shows it with made-up customers; [bold]orderwright serve[/bold] is "
    "the real thing.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # would print the values of variables, which may be personal data
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, serve, work, migrate, audit, bench):
    app.command()(command)
app.add_typer(merchants, name="merchant")
app.add_typer(keys, name="key")
app.add_typer(people, name="user")
app.add_typer(imports, name="import")


@app.command()
def version(as_json: AsJson = False) -> None:
    """Print the version."""
    if as_json:
        print_json({"version": orderwright.__version__})
    else:
        print(orderwright.__version__)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(orderwright.__version__)
        raise typer.Exit


@app.callback()
def _root(
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    pass
