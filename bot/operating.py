"""The operator's commands: doctor, backup, restore, withdrawals, quarantine, keys."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import chance, database_of, parts_over, system_time
from bot.examination import examine
from bot.flows.house import ALIASES
from bot.messenger.buttons import verify
from bot.messenger.updates import arrival
from bot.precautions import log_without_secrets
from bot.services import backup as backups
from bot.services import quarantine, rotation
from bot.services.doctor import exit_code
from bot.services.heard import Heard
from bot.settings import read_settings
from bot.store.database import Database
from bot.store.encryption import Keyring
from bot.terminal.rehearsal import WrongUse

app = typer.Typer()
keys_app = typer.Typer(no_args_is_help=True, help="The keys that encrypt what people typed.")
quarantine_app = typer.Typer(no_args_is_help=True, help="Updates that could not be turned.")
app.add_typer(keys_app, name="keys")
app.add_typer(quarantine_app, name="quarantine")

UpdateId = Annotated[int, typer.Argument(metavar="ID", help="as `quarantine list` shows it")]


@contextmanager
def _database() -> Iterator[Database]:
    """Give the database of the settings; whatever is logged goes beside what is asked for."""
    settings = read_settings()
    log_without_secrets(settings)
    database = database_of(settings)
    try:
        yield database
    finally:
        database.close()


@app.command()
def doctor(
    *, in_json: Annotated[bool, typer.Option("--json", help="one JSON object a finding")] = False
) -> None:
    """Say how everything is, one line a finding; exit 0 all well, 1 to look at, 2 to mend."""
    settings = read_settings()
    log_without_secrets(settings)
    findings = asyncio.run(examine(settings))
    for finding in findings:
        typer.echo(json.dumps(asdict(finding)) if in_json else str(finding))
    raise typer.Exit(exit_code(findings))


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="the sealed file to write")]) -> None:
    """Write a sealed backup of this moment, while the bot runs."""
    with _database() as database:
        rows = backups.backup(database, file, system_time())
    typer.echo(f"{file}: {rows} rows")


@app.command()
def withdrawals(file: Annotated[Path, typer.Argument(help="the sealed file to write")]) -> None:
    """Write the list of what was withdrawn, for a restore: erasures, revocations and the like."""
    with _database() as database:
        number = backups.list_withdrawals(database, file, system_time())
    typer.echo(f"{file}: {number} withdrawals")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="the backup")],
    listed: Annotated[
        Path | None,
        typer.Option("--withdrawals", help="the list of withdrawals, if not beside the backup"),
    ] = None,
    *,
    none_known: Annotated[
        bool, typer.Option("--no-withdrawals", help="the list is lost; take none into account")
    ] = False,
) -> None:
    """Restore a backup into an empty database; stop the bot first. Nothing old is sent."""
    if listed and none_known:
        raise WrongUse("restore: --withdrawals and --no-withdrawals exclude each other")
    if not none_known:
        listed = listed or backups.beside(file)
    with _database() as database:
        done = backups.restore(database, file, listed, system_time())
    for what, number in done.items():
        typer.echo(f"{number:>8}  {what}")


@quarantine_app.command("list")
def list_aside(
    *, in_json: Annotated[bool, typer.Option("--json", help="one JSON object an update")] = False
) -> None:
    """List what was set aside: id, when, tries, kind of error; never what was written."""
    with _database() as database:
        for one in quarantine.listed(database):
            when = f"{one.received_at:%Y-%m-%dT%H:%M:%SZ}"
            if in_json:
                typer.echo(json.dumps({**asdict(one), "received_at": when}))
            else:
                typer.echo(f"{one.update_id}  {when}  {one.tries}  {one.error or '-'}")


@quarantine_app.command()
def retry(update_id: UpdateId) -> None:
    """Turn an update again; its reply is sent by the running bot within a minute."""
    with _database() as database:
        parts = parts_over(database)
        with database.reading() as unit:
            key = unit.secrets.buttons

        def heard_in(update: str) -> Heard | None:
            said = arrival(json.loads(update), ALIASES, lambda who, what: verify(key, who, what))
            return said.heard if isinstance(said.heard, Heard) else None

        try:
            answered = quarantine.retry(parts, update_id, heard_in, system_time(), chance())
        except LookupError as error:
            raise WrongUse(str(error)) from None
    if not answered:
        raise WrongUse(f"quarantine: nothing in {update_id} can be answered; drop it")
    typer.echo(f"{update_id}: turned")


@quarantine_app.command()
def drop(update_id: UpdateId) -> None:
    """Give up on an update: what was in it is erased at once."""
    with _database() as database:
        try:
            quarantine.drop(database, update_id)
        except LookupError as error:
            raise WrongUse(str(error)) from None
    typer.echo(f"{update_id}: dropped")


@keys_app.command("new")
def new_key() -> None:
    """Print a new key for ACCANTO_KEYS; put it before the others, and keep them."""
    typer.echo(Keyring.new_key())


@keys_app.command()
def rotate() -> None:
    """Wrap everything with the first key of the list, while the bot runs with all of them."""
    with _database() as database:
        done = rotation.rotate(database)
    typer.echo(f"{done.wrapped} values wrapped by {database.keyring.names[0]}")
    for name in done.free:
        typer.echo(f"{name} wraps nothing any more: remove it, and keep it with older backups")
    for name in done.in_use:
        typer.echo(f"{name} is still in use: restart every worker with the new list, then again")
