"""Run Tasklane, try it, check it, and work with what it keeps."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, NoReturn

import typer

from bot import log, settings
from bot.errors import ConfigurationError, StorageUnavailable

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
db = typer.Typer(no_args_is_help=True, help="Bring the database up to date, or check it.")
app.add_typer(db, name="db")
jobs = typer.Typer(help="List the jobs that were given up, or have them run again.")
app.add_typer(jobs, name="jobs")
data = typer.Typer(no_args_is_help=True, help="Hand out or erase what is kept of a person or of a session.")
app.add_typer(data, name="data")
keys = typer.Typer(no_args_is_help=True, help="Work with the keys that encrypt what is secret.")
app.add_typer(keys, name="keys")
sandbox = typer.Typer(no_args_is_help=True, help="Work with what the demo's Slack workspace recorded.")
app.add_typer(sandbox, name="sandbox")
_MOST_DAYS = 36_500


def main() -> None:
    """Run the command line. Configuration problems are one readable line each, never a traceback."""
    log.configure("CRITICAL", "console")  # those that serve set their own
    try:
        app()
    except ConfigurationError as wrong:
        _complain(wrong.problems)
    except StorageUnavailable as wrong:
        _complain([wrong.problem])


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("tasklane"))
        raise typer.Exit


@app.callback()
def _any(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and end.")
    ] = False,
) -> None:
    """Take what every command takes."""


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
def manifest(
    host: Annotated[str | None, typer.Option(help="The name at which Slack reaches the app over HTTP.")] = None,
    transport: Annotated[
        Literal["socket", "http"] | None, typer.Option(help="The default is http with --host.")
    ] = None,
    oauth: Annotated[
        bool, typer.Option("--oauth", help="Let many workspaces install the app. Set by SLACK_CLIENT_ID, too.")
    ] = False,
) -> None:
    """Print the manifest of the Slack app, to be pasted under Create New App, From a manifest."""
    from bot.app.manifest import written

    many = oauth or settings.load().oauth
    typer.echo(written(transport or ("http" if host else "socket"), host, oauth=many), nl=False)


@app.command()
def setup(
    transport: Annotated[Literal["socket", "http"], typer.Option(help="How Slack reaches the app.")] = "socket",
    file: Annotated[Path, typer.Option(help="Where the values are written.")] = Path(".env"),
) -> None:
    """Ask for the tokens and the key, try each at once, and write them to .env."""
    from bot.app import setup as wizard

    values: dict[str, str] = {}
    for name in wizard.asked(transport, settings.load().tasklane_provider):
        for _ in range(wizard.TRIES):
            values[name] = typer.prompt(f"{name}: {wizard.QUESTIONS[name]}", hide_input=True).strip()
            found = asyncio.run(wizard.check(name, values))
            if not found:
                typer.echo(f"{name} works.")
                break
            for problem in found:
                typer.echo(problem, err=True)
        else:
            _complain([f"{name} was not taken {wizard.TRIES} times. Nothing was written."])
    wizard.write(file, values)
    typer.echo(f"Written to {file}. Start with `tasklane serve`.")


@app.command()
def doctor(
    host: Annotated[str | None, typer.Option(help="Also try whether Slack can reach the app at this name.")] = None,
) -> None:
    """Check the configuration: one line a problem, and exit code 1 when there is any."""
    chosen = settings.load()

    from bot.app.doctor import examine

    if found := asyncio.run(examine(chosen, host=host)):
        _complain(found)
    typer.echo("Everything is in place. Start with `tasklane serve`.")


@app.command()
def probe(
    channel: Annotated[str, typer.Argument(help="Where to try things: #name, or the id of a channel.")] = "",
    rates: Annotated[bool, typer.Option(help="Try the limits, too. That uses up a minute of the workspace's.")] = False,
    slow: Annotated[bool, typer.Option(help="Try what takes more than five minutes, too.")] = False,
    model: Annotated[bool, typer.Option(help="Try the model instead.")] = False,
) -> None:
    """Check whether this Slack, or this model, behaves as Tasklane assumes. Exit code 1 when something differs."""
    from rich.console import Console
    from rich.table import Table

    from bot.app import probing
    from bot.sandbox import ASSUMPTIONS

    if model == bool(channel):
        _complain(["Name a channel, as in `tasklane probe '#channel'`, or give --model."])
    chosen = settings.load()
    if model:
        findings = asyncio.run(probing.model(chosen))
    else:
        findings = asyncio.run(probing.slack(chosen, channel, ASSUMPTIONS, rates=rates, slow=slow))
    table = Table("assumption", "result", "what it says", "why", box=None)
    for one in findings:
        table.add_row(one.name, one.result, one.statement, one.why)
    Console(highlight=False).print(table)
    if any(one.result == "differs" for one in findings):
        raise typer.Exit(1)


@app.command(name="eval")
def evaluate(
    model: Annotated[
        list[str] | None,
        typer.Option(help="A model, as `provider:model`; several are compared."),
    ] = None,
    prompt: Annotated[list[Path] | None, typer.Option(help="A file with a system text to compare.")] = None,
    session: Annotated[list[str] | None, typer.Option(help="Only the session of this name.")] = None,
    sessions: Annotated[Path | None, typer.Option(help="A folder with sessions of your own.")] = None,
) -> None:
    """Score the ticket notes that models write of twenty sessions. Exit code 1 when the scoring overlooks an error."""
    from bot.app import evaluating
    from bot.eval import table
    from bot.eval.field import SESSIONS

    asked = evaluating.Asked(models=model or (), prompts=prompt or (), only=session or (), folder=sessions or SESSIONS)
    done = asyncio.run(evaluating.run(settings.load(), asked))
    table.show(done.tallies)
    if done.planted:
        typer.echo(f"{done.planted - len(done.overlooked)} of {done.planted} planted errors were found.")
    if done.overlooked:
        _complain(list(done.overlooked))


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


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where the copy is written. It must not be there yet.")]) -> None:
    """Copy the database, also while it is served from. For PostgreSQL, name the command that does."""
    from bot.app import keeping

    keeping.backup(settings.load(), file)
    typer.echo(f"Copied to {file}.")


_User = Annotated[str | None, typer.Option(help="A Slack user id (U…).")]
_Session = Annotated[str | None, typer.Option(help="A session's id, as the log and `tasklane trace` name it.")]


@data.command()
def export(user: _User = None, session: _Session = None) -> None:
    """Print everything that is kept of a person or of a session, as JSON."""
    from bot.app import keeping

    typer.echo(asyncio.run(keeping.export(settings.load(), keeping.Subject(user=user, session=session))))


@data.command()
def delete(
    user: _User = None, session: _Session = None, yes: Annotated[bool, typer.Option(help="Do not ask.")] = False
) -> None:
    """Erase everything that is kept of a person or of a session. What stands in Slack stays there."""
    from bot.app import keeping

    subject = keeping.Subject(user=user, session=session)
    if not yes:
        typer.confirm(f"Erase all that is kept of {user or session}? It cannot be taken back.", abort=True)
    count = asyncio.run(keeping.delete(settings.load(), subject))
    typer.echo(f"{count} rows were erased. Messages in Slack and older backups are not touched.")


@data.command()
def retention(
    days: Annotated[
        str, typer.Argument(help="A number of days, `forever`, or `default` for TASKLANE_RETENTION_DAYS.")
    ] = "",
    workspace: Annotated[str | None, typer.Option(help="Its id (T…); the only one need not be named.")] = None,
) -> None:
    """Show for how long each workspace keeps concluded sessions, or set it for one. A running app heeds it."""
    from bot.app import keeping

    if not days:
        for line in asyncio.run(keeping.retentions(settings.load())) or ["There is no workspace yet."]:
            typer.echo(line)
        return
    known = {"forever": 0, "default": None}
    if days not in known and not (days.isascii() and days.isdigit() and 0 < int(days) <= _MOST_DAYS):
        _complain([f"{days!r} is no number of days from 1 to {_MOST_DAYS:,}. It can also be `forever` or `default`."])
    team = asyncio.run(keeping.set_retention(settings.load(), workspace, known[days] if days in known else int(days)))
    typer.echo(f"{team} is set. What has been kept for longer is erased while `tasklane serve` runs.")


@app.command()
def trace(
    reference: Annotated[str, typer.Argument(help="A session, turn, thread, job, request or error reference.")],
    log: Annotated[Path | None, typer.Option(help="Also search this log file (LOG_FORMAT=json).")] = None,
) -> None:
    """Print a session's life from the database, and from a log file. Exit code 1 when nothing is known."""
    from bot.app import keeping

    lines = asyncio.run(keeping.trace(settings.load(), reference, log))
    if not lines:
        _complain([f"Nothing is known of {reference}."])
    for line in lines:
        typer.echo(line)


@keys.command()
def rotate() -> None:
    """Encrypt everything anew with the first key of TASKLANE_SECRET_KEY."""
    from bot.app.keys import rotate as anew

    count = asyncio.run(anew(settings.load()))
    typer.echo(f"{count} encrypted with the first key. The others can be taken out of TASKLANE_SECRET_KEY now.")


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
