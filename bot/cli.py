"""The command line: serve, demo, doctor, and the commands for the database and for jobs that were given up."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from bot import log, settings
from bot.errors import ConfigurationError, StorageUnavailable

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
db = typer.Typer(no_args_is_help=True, help="Bring the database up to date, or check it.")
app.add_typer(db, name="db")
jobs = typer.Typer(help="List the jobs that were given up, or have them run again.")
app.add_typer(jobs, name="jobs")
sandbox = typer.Typer(no_args_is_help=True, help="Work with what the demo's Slack workspace recorded.")
app.add_typer(sandbox, name="sandbox")


def main() -> None:
    """Run the command line. Configuration problems are one readable line each, never a traceback."""
    log.configure("CRITICAL", "console")  # those that serve set their own
    try:
        app()
    except ConfigurationError as wrong:
        _complain(wrong.problems)
    except StorageUnavailable as wrong:
        _complain([wrong.problem])


@app.command()
def serve() -> None:
    """Run Tasklane until it is stopped."""
    chosen = settings.load()
    log.configure(chosen.log_level, chosen.log_format)

    from bot.app.serving import serve as run

    asyncio.run(run(chosen))


@app.command()
def demo(
    script: Annotated[bool, typer.Option(help="Play a story, print it, and end.")] = False,
    live: Annotated[bool, typer.Option(help="Let the real model answer; needs ANTHROPIC_API_KEY.")] = False,
    port: Annotated[int, typer.Option(help="Where the workspace's page is served.")] = 8765,
    fast: Annotated[bool, typer.Option(help="Play the story without the pauses of a person.")] = False,
    story: Annotated[bool, typer.Option(help="Play the story once the page is open.")] = True,
    faults: Annotated[Path | None, typer.Option(help="Order trouble by this YAML file; see docs/sandbox.md.")] = None,
    record: Annotated[Path | None, typer.Option(help="Write every call and event to this file, as JSON lines.")] = None,
) -> None:
    """Try Tasklane in a Slack workspace on this machine: no account, no network."""
    log.configure("ERROR", "console")

    from bot.demo import run

    playing = run.demo(script=script, live=live, port=port, fast=fast, story=story, faults=faults, record=record)
    raise typer.Exit(asyncio.run(playing))


@app.command()
def doctor() -> None:
    """Check the configuration: one line a problem, and exit code 1 when there is any."""
    chosen = settings.load()

    from bot.app.doctor import examine

    if found := asyncio.run(examine(chosen)):
        _complain(found)
    typer.echo("Everything is in place. Start with `tasklane serve`.")


@db.command()
def upgrade() -> None:
    """Bring the tables to what this version needs."""
    from bot.app import database

    database.upgrade(settings.load())
    typer.echo("The database is up to date.")


@db.command()
def check() -> None:
    """Tell whether the tables are those of this version. Exit code 1 when not."""
    from bot.app import database

    if not asyncio.run(database.ready(settings.load())):
        _complain(["The database is behind this version. Run `tasklane db upgrade`."])
    typer.echo("The database is up to date.")


@jobs.callback(invoke_without_command=True)
def listed(context: typer.Context) -> None:
    """List the jobs that were given up, newest first."""
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console
    from rich.table import Table

    from bot.app.jobs import failed

    found = asyncio.run(failed(settings.load()))
    if not found:
        typer.echo("No job was given up.")
        return
    table = Table("id", "job", "workspace", "session", "attempts", "reason", "reference", "given up", box=None)
    for one in found:
        when = datetime.fromtimestamp(one.failed_at or 0.0, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        session = str(one.optional("session") or "")
        row = (one.id, one.name, one.tenant.team, session, one.attempts, one.reason, one.reference, when)
        table.add_row(*map(str, row))
    Console(highlight=False, soft_wrap=True).print(table)


@jobs.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="As `tasklane jobs` lists them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every job that was given up.")] = False,
) -> None:
    """Have jobs run once more, with all their attempts before them. Exit code 1 when there is no such job."""
    from bot.app.jobs import retry as again

    if bool(ids) == every:
        _complain(["Name the ids of jobs, or --all."])
    done = asyncio.run(again(settings.load(), None if every else ids))
    typer.echo(f"{len(done)} of {len(ids or done)} will run again.")
    if missing := sorted(set(ids or ()) - set(done)):
        _complain([f"No job of the id {id} was given up." for id in missing])


@sandbox.command()
def replay(file: Annotated[Path, typer.Argument(help="What `tasklane demo --record` wrote.")]) -> None:
    """Print the conversation that a record holds."""
    from rich.console import Console

    from bot.sandbox import replay as player
    from bot.sandbox.printing import Printer

    try:
        player.replay(file, Printer(Console(highlight=False)))
    except player.BadRecord as wrong:
        _complain([str(wrong)])


def _complain(found: list[str]) -> NoReturn:
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    sys.exit(1)
