"""The command line: `python -m bot`, or `accanto` where the package is installed.

Exit 2 means the command was used wrongly, with one line that says what to do.
"""

import asyncio
import json
import logging
import sys
import time
from datetime import UTC, date, datetime
from typing import Annotated

import structlog
import typer

from bot import bootstrap, operating, serving
from bot.engine.chat import Role
from bot.flows.onboarding import COUNTRIES, LANGUAGES
from bot.settings import WrongSetting, read_settings
from bot.store.errors import StoreError
from bot.terminal import tour
from bot.terminal.rehearsal import WrongUse, begin_at
from bot.texts.bundle import load
from bot.texts.check import check as check_content
from bot.texts.draw import differences, write
from bot.texts.new_module import NotMade
from bot.texts.new_module import new_module as begin_module
from bot.texts.problems import BrokenContent
from bot.understanding.lexicon import LexiconError
from bot.understanding.reader import understand_line

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Accanto: a psychoeducation chatbot for partners of people with depression.",
)
app.add_typer(operating.app)

_ROLES = {role.value: role for role in (Role.PARTNER, Role.THERAPIST, Role.PATIENT)}


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise WrongUse(f"{name} {value}: use one of {', '.join(allowed)}")
    return value


@app.command()
def talk(
    what: Annotated[str, typer.Argument(help="a flow or module; without it, a fresh chat")] = "",
    lang: Annotated[str, typer.Option(help="it or en")] = "it",
    as_: Annotated[str, typer.Option("--as", help="partner, therapist or patient")] = "partner",
    country: Annotated[str, typer.Option(help="a country with help lines, like IT")] = "",
    db: Annotated[str, typer.Option(help="keep the conversation in this SQLite file")] = "",
    at: Annotated[str, typer.Option(help="begin at this moment, like 2027-03-28T18:00")] = "",
    *,
    in_json: Annotated[bool, typer.Option("--json", help="one JSON object a message")] = False,
) -> None:
    """Talk with the same bot in a terminal; everything but Telegram is real."""
    _one_of("--lang", lang, LANGUAGES)
    role = _ROLES[_one_of("--as", as_, tuple(_ROLES))]
    if country:
        _one_of("--country", country, COUNTRIES)
    with bootstrap.rehearsal(lang, country, begin_at(at), db) as rehearsal:
        rehearsal.stage.speaker = role
        if what:
            rehearsal.seed()
        rehearsal.talk(sys.stdin, sys.stdout, in_json=in_json, what=what)


@app.command()
def demo() -> None:
    """Show the bot offline: a conversation at a terminal, a scripted tour without one."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        lang = bootstrap.system_language()
        with bootstrap.rehearsal(lang, "", begin_at("")) as rehearsal:
            rehearsal.seed()
            for name in ("demo.how", "demo.how_roles", "demo.how_clock", "demo.how_end"):
                typer.echo(rehearsal.words(name))
            rehearsal.talk(sys.stdin, sys.stdout, in_json=False, what="menu")
        return
    for lang in LANGUAGES:
        with bootstrap.rehearsal(lang, "", begin_at("").replace(hour=19, minute=10)) as rehearsal:
            tour.play(rehearsal, sys.stdout)


@app.command()
def run() -> None:
    """Run the bot on Telegram, with the settings of the environment."""
    asyncio.run(serving.serve(read_settings()))


@app.command()
def understand() -> None:
    """Read JSON lines {"id", "lang", "text"} and write what each is understood as."""
    reader = bootstrap.reader_of(load(bootstrap.content_folder()))
    for number, line in enumerate(sys.stdin, start=1):
        if not line.strip():
            continue
        try:
            answer = understand_line(reader, json.loads(line))
        except (ValueError, AttributeError) as error:
            raise WrongUse(f"line {number} of the input: {error}") from None
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


@app.command("train-reader")
def train_reader() -> None:
    """Train the statistical reader on content/<language>/understanding/, and say how it reads."""
    for line in bootstrap.train_reader():
        typer.echo(line)


@app.command("safety-report")
def safety_report(
    given: Annotated[
        str, typer.Option("--messages", help="also measure with this file of labelled messages")
    ] = "",
) -> None:
    """Measure how free text is read, with every slip by kind, into docs/safety/report.md."""
    file, page = bootstrap.safety_report(given, lambda: time.thread_time() * 1_000)
    file.write_text(page, encoding="utf-8")
    typer.echo(f"wrote {file}")


@app.command("invite-therapist")
def invite_therapist(
    practice: Annotated[str, typer.Option(help="the practice's name for you; not shown")] = "main",
) -> None:
    """Print a one-time code with which a therapist registers: /start and the code, in the bot."""
    code, expires = bootstrap.invite_therapist(read_settings(), practice)
    typer.echo(code)
    typer.echo(f"usable once, until {expires:%Y-%m-%d %H:%M} UTC: /start {code}", err=True)


@app.command()
def check(
    release: Annotated[
        bool, typer.Option("--release", help="also ask for what a release needs")
    ] = False,
    on: Annotated[str, typer.Option(help="the day of the check, like 2027-03-28")] = "",
) -> None:
    """List everything that is wrong with the content, each with its file and line."""
    day, folder = _day_of(on), bootstrap.content_folder()
    findings = check_content(folder, bootstrap.program(), on=day, release=release)
    for problem in findings.problems:
        typer.echo(str(problem))
    typer.echo(str(findings))
    if findings.errors:
        raise typer.Exit(1)


def _day_of(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except ValueError:
        raise WrongUse(f"--on {text}: write a day like 2027-03-28") from None


@app.command()
def draw(
    compare: Annotated[
        bool, typer.Option("--check", help="write nothing, say which pages are out of date")
    ] = False,
) -> None:
    """Draw every flow and module into docs/flows/."""
    folder, pages = bootstrap.diagrams()
    if not compare:
        write(folder, pages)
        typer.echo(f"wrote {len(pages)} pages into docs/flows/")
        return
    changed = differences(folder, pages)
    for line in changed:
        typer.echo(f"docs/flows/{line}")
    if changed:
        typer.echo("draw them anew: python -m bot draw")
        raise typer.Exit(1)


@app.command("new-module")
def new_module(
    name: Annotated[str, typer.Argument(metavar="ID", help="a-z, 0-9 and _, at most 16 of them")],
) -> None:
    """Begin a module: write a small sound one in both languages, for you to write over."""
    folder = bootstrap.content_folder()
    taken = {flow.name for flow in bootstrap.conversations(load(folder))}
    for file in begin_module(folder, name, taken):
        typer.echo(str(file))
    typer.echo(f"now edit both; then: python -m bot check, talk {name}, draw")


def main() -> None:
    """Run the command line; known errors are one line and exit 2."""
    # Standard output is for the answer alone: talk and understand are read line by line.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    try:
        app(prog_name="accanto")
    except BrokenContent as broken:
        for problem in broken.problems:
            typer.echo(str(problem), err=True)
        sys.exit(2)
    except (StoreError, WrongSetting, WrongUse, LexiconError, NotMade) as error:
        typer.echo(f"accanto: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
