"""The commands and their options. Each does one thing that lives in a module of its own."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from counterpart.cli import carrying, folder, golive, imports, manage, overview, tokens
from counterpart.cli import demo as demo_firm
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
golive_commands = typer.Typer(
    help="Pair two products that both have records: report, approval, and on to live. Goes on wherever it stopped.",
    no_args_is_help=True,
)
token_commands = typer.Typer(help="Tokens for programs that use the API.", no_args_is_help=True)
commands.add_typer(demo_commands, name="demo")
commands.add_typer(golive_commands, name="go-live")
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


DryRun = Annotated[bool, typer.Option("--dry-run", help="Try every row and write nothing.")]
Again = Annotated[bool, typer.Option("--again", help="Import a file that was imported before.")]
Undo = Annotated[bool, typer.Option("--undo", help="Take the newest import of this file back.")]
Hold = Annotated[bool, typer.Option("--hold", help="Hold back from the other product until released at its page.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", metavar="HEADING=FIELD", help="What a column is, where its heading does not say it."),
]


@commands.command("import-contacts")
def import_contacts(
    file: Annotated[Path, typer.Argument(help="Text table (CSV), spreadsheet (XLSX) or address book (vCard).")],
    product: ForProduct,
    data: Data = None,
    mode: Annotated[str, typer.Option(help="create, update (those that are here) or both.")] = "create",
    match_by: Annotated[
        str, typer.Option(help="external_reference, reference, email or id: how a row finds whom it changes.")
    ] = "",
    duplicates: Annotated[
        str, typer.Option(help="Rows that look like somebody who is here: create, skip or update.")
    ] = "create",
    blanks: Annotated[str, typer.Option(help="What an empty cell does to a field: keep or clear.")] = "keep",
    column: Columns = None,
    hold: Hold = False,
    dry_run: DryRun = False,
    undo: Undo = False,
    again: Again = False,
) -> None:
    """Import contacts from what another program wrote; interrupted, the same command goes on where it stopped."""
    imports.contacts(
        folder.existing_place(data_folder(data)),
        product,
        file,
        mode=mode,
        match_by=match_by,
        duplicates=duplicates,
        blanks=blanks,
        column=column or [],
        hold=hold,
        dry_run=dry_run,
        undo=undo,
        again=again,
    )


@commands.command("import-matters")
def import_matters(
    file: Annotated[Path, typer.Argument(help="Text table or spreadsheet: a row is a matter, or a party of one.")],
    client_role: Annotated[str, typer.Option(help="Whoever has this role in the file is a client.")] = "Client",
    assigned_to: Annotated[
        str | None,
        typer.Option(help="E-mail of who gets the matters that name nobody here; else an administrator."),
    ] = None,
    matter_type: Annotated[str | None, typer.Option(help="Type of matters that name none; else the first one.")] = None,
    docket_as_reference: Annotated[
        bool, typer.Option("--docket-as-reference", help="Make the docket number the File Reference.")
    ] = False,
    mode: Annotated[str, typer.Option(help="create, update (those that are here) or both.")] = "create",
    day_first: Annotated[bool, typer.Option("--day-first", help="3/4/2026 is the third of April.")] = False,
    data: Data = None,
    column: Columns = None,
    hold: Hold = False,
    dry_run: DryRun = False,
    undo: Undo = False,
    again: Again = False,
) -> None:
    """Import matters with their parties into Practice Management; interrupted, the same command goes on."""
    imports.matters(
        folder.existing_place(data_folder(data)),
        file,
        dry_run=dry_run,
        undo=undo,
        again=again,
        hold=hold,
        column=column or [],
        mode=mode,
        day_first=day_first,
        client_role=client_role,
        assigned_to=assigned_to or "",
        matter_type=matter_type or "",
        docket_as_reference=docket_as_reference,
    )


@commands.command("export")
def export_everything(
    target: Annotated[Path, typer.Argument(help="A folder that is not there yet, or a file that ends in .zip.")],
    product: Annotated[Product | None, typer.Option(help="This product alone; else both, as of one moment.")] = None,
    data: Data = None,
) -> None:
    """Write everything the firm owns into open files with a manifest. Both products may go on running."""
    carrying.export(folder.existing_place(data_folder(data)), target, [product] if product else list(Product))


@commands.command("load")
def load_everything(
    source: Annotated[Path, typer.Argument(help="What 'counterpart export' wrote: a folder or a .zip file.")],
    data: Data = None,
    administrator: Annotated[
        str, typer.Option(help="E-mail of an administrator who is given a new password, printed once.")
    ] = "",
) -> None:
    """Bring an export back into a new data folder (or new, empty databases); all of it or nothing."""
    carrying.load(folder.place(data_folder(data)), source, administrator)


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


@golive_commands.command("rehearse")
def golive_rehearse(data: Data = None) -> None:
    """Everything up to the report, and nothing written: who is the same, what would be created, what would differ."""
    golive.start(folder.existing_place(data_folder(data)), rehearse=True, stands="later")


@golive_commands.command("start")
def golive_start(
    data: Data = None,
    stands: Annotated[str, typer.Option(help="Whose value stands where both differ: la, pm or later.")] = "later",
) -> None:
    """Begin, or go on after an interruption, until the report is there."""
    golive.start(folder.existing_place(data_folder(data)), rehearse=False, stands=stands)


@golive_commands.command("approve")
def golive_approve(
    data: Data = None,
    classes: Annotated[str, typer.Option(help="Proposals to confirm: A, B, C.")] = "A,B,C",
    include: Annotated[
        str, typer.Option(help="Whose single records are created in the other: all, practice, accounting, none.")
    ] = "none",
    clashes: Annotated[str, typer.Option(help="Numbers given before: later, or renumber.")] = "later",
    stands: Annotated[str, typer.Option(help="la, pm or later; as at the start when not given.")] = "",
) -> None:
    """Confirm the report and write: pair, create, compare, live. Interrupted, the same command goes on watching."""
    place = folder.existing_place(data_folder(data))
    golive.approve(place, classes=classes, include=include, clashes=clashes, stands=stands)


@golive_commands.command("status")
def golive_status(data: Data = None) -> None:
    """How it stands."""
    golive.status(folder.existing_place(data_folder(data)))


@golive_commands.command("stop")
def golive_stop(data: Data = None) -> None:
    """Let it stand where it is."""
    golive.act(folder.existing_place(data_folder(data)), "stop")


@golive_commands.command("resume")
def golive_resume(data: Data = None) -> None:
    """Go on where it was stopped."""
    golive.act(folder.existing_place(data_folder(data)), "resume")


@golive_commands.command("end")
def golive_end(data: Data = None) -> None:
    """Give it up before anything was written."""
    golive.act(folder.existing_place(data_folder(data)), "end")


@commands.command()
def check(data: Data = None) -> None:
    """Check the connection between the products, both ways, and say what is wrong."""
    overview.check(folder.existing_place(data_folder(data)))


@commands.command()
def sweep(data: Data = None) -> None:
    """Compare every record of both products from their columns and repair what differs: the nightly sweep, now."""
    overview.sweep(folder.existing_place(data_folder(data)))


@commands.command(hidden=True)
def compare(data: Data = None) -> None:
    """The former name of `counterpart sweep`."""
    overview.sweep(folder.existing_place(data_folder(data)))


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
