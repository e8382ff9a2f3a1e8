"""The commands and their options. Each does one thing that lives in a module of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from counterpart.cli import demo as demo_firm
from counterpart.cli import folder, imports, manage, overview, tokens
from counterpart.cli import up as up_command
from counterpart.cli.place import Product, data_folder
from counterpart.cli.say import Stop, err

commands = typer.Typer(
    name="counterpart",
    help="Practice Management and Legal Accounting, kept in step.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
demo_commands = typer.Typer(
    help="The demonstration firm: people to sign in as, a few contacts and matters.", no_args_is_help=True
)
token_commands = typer.Typer(help="Tokens for programs that use the API.", no_args_is_help=True)
commands.add_typer(demo_commands, name="demo")
commands.add_typer(token_commands, name="token")

Data = Annotated[
    Path | None,
    typer.Option(help="Folder with databases and secrets (else COUNTERPART_DATA, else ./counterpart-data)."),
]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Remembered in the data folder.")]
ForProduct = Annotated[Product, typer.Option(help="Which product.")]
PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def app() -> None:
    """Runs the command; a refusal is one sentence on standard error and its status."""
    try:
        commands()
    except Stop as refusal:
        if str(refusal):
            err.print(str(refusal), markup=False, style="red")
        sys.exit(refusal.status)


@commands.command()
def up(
    data: Data = None,
    practice_port: Port = None,
    accounting_port: Port = None,
    no_demo: Annotated[
        bool,
        typer.Option("--no-demo", help="Begin with an administrator (admin@example.com) and nothing else."),
    ] = False,
    only: Annotated[
        Product | None, typer.Option(help="Run this product alone; the other is on another machine.")
    ] = None,
) -> None:
    """Run both products and keep them in step, until Ctrl-C. Begins the data folder if there is none."""
    chosen = folder.place(data_folder(data), practice_port, accounting_port)
    up_command.run(chosen, with_demo=not no_demo, only=only)


@demo_commands.command("load")
def demo_load(data: Data = None) -> None:
    """Add the demonstration people, contacts and matters to both products; what is there already stays."""
    demo_firm.load_and_tell(folder.existing_place(data_folder(data)))


@demo_commands.command("remove")
def demo_remove(data: Data = None) -> None:
    """Delete the demonstration contacts and matters and switch the demonstration people off, in both products."""
    demo_firm.remove_and_tell(folder.existing_place(data_folder(data)))


@commands.command("import-contacts")
def import_contacts(
    file: Annotated[Path, typer.Argument(help="CSV file; the first line names the columns.")],
    product: ForProduct,
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row and write nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Import a file that was imported before.")] = False,
) -> None:
    """Import contacts from a CSV file; interrupted, the same command goes on where it stopped."""
    imports.contacts(folder.existing_place(data_folder(data)), product, file, dry_run=dry_run, again=again)


@commands.command("import-matters")
def import_matters(
    file: Annotated[Path, typer.Argument(help="CSV file with one row per party; the first line names the columns.")],
    client_role: Annotated[str, typer.Option(help="Whoever has this role in the file is a client.")] = "Client",
    assigned_to: Annotated[
        str | None,
        typer.Option(help="E-mail of who gets the matters that name nobody here; else an administrator."),
    ] = None,
    matter_type: Annotated[str | None, typer.Option(help="Type of matters that name none; else the first one.")] = None,
    docket_as_reference: Annotated[
        bool, typer.Option("--docket-as-reference", help="Make the docket number the File Reference.")
    ] = False,
    data: Data = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check every row and write nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Import a file that was imported before.")] = False,
) -> None:
    """Import matters with their parties into Practice Management; interrupted, the same command goes on."""
    imports.matters(
        folder.existing_place(data_folder(data)),
        file,
        dry_run=dry_run,
        again=again,
        client_role=client_role,
        assigned_to=assigned_to or "",
        matter_type=matter_type or "",
        docket_as_reference=docket_as_reference,
    )


@token_commands.command("create")
def token_create(
    product: ForProduct,
    user: Annotated[str, typer.Option(help="E-mail of the person the token acts as.")],
    data: Data = None,
    scope: Annotated[list[str] | None, typer.Option(help="read, write; both when not given.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="Days until it expires.")] = 90,
) -> None:
    """Make an API token. The last line printed is the token alone; it is shown this once."""
    tokens.create(folder.existing_place(data_folder(data)), product, user, scope or ["read", "write"], days)


@commands.command()
def check(data: Data = None) -> None:
    """Check the connection between the products, both ways, and say what is wrong."""
    overview.check(folder.existing_place(data_folder(data)))


@commands.command()
def compare(data: Data = None) -> None:
    """Compare every record of both products: compared, different, repaired, unrepaired."""
    overview.compare(folder.existing_place(data_folder(data)))


@commands.command()
def status(data: Data = None) -> None:
    """Say what runs, and how many records are in which state."""
    overview.status(folder.existing_place(data_folder(data)))


@commands.command("practice", context_settings=PASS_THROUGH, add_help_option=False)
def practice(context: typer.Context) -> None:
    """Django's own commands in Practice Management, such as: counterpart practice migrate."""
    manage.run(Product.PRACTICE, context.args)


@commands.command("accounting", context_settings=PASS_THROUGH, add_help_option=False)
def accounting(context: typer.Context) -> None:
    """Django's own commands in Legal Accounting, such as: counterpart accounting migrate."""
    manage.run(Product.ACCOUNTING, context.args)
