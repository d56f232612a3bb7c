"""``callboard schedule``: a crontab line and a systemd timer for this installation."""

import shlex
from pathlib import Path

import click

from callboard.cli.invocation import program_path
from callboard.cli.session import open_config

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")

LINES = """# crontab -e
{daily}
{weekly}

# ~/.config/systemd/user/callboard.service
[Unit]
Description=Callboard: collect funding calls
[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={run}

# ~/.config/systemd/user/callboard.timer    (systemctl --user enable --now callboard.timer)
[Unit]
Description=Callboard, every day
[Timer]
OnCalendar=*-*-* {at}:00
Persistent=true
[Install]
WantedBy=timers.target

# ~/.config/systemd/user/callboard-digest.service
[Unit]
Description=Callboard: weekly digest
[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={digest}

# ~/.config/systemd/user/callboard-digest.timer
[Unit]
Description=Callboard digest, every week
[Timer]
OnCalendar={digest_at}
Persistent=true
[Install]
WantedBy=timers.target"""


@click.command
@click.option(
    "--at", default="06:15", show_default=True, help="Daily time of the run, HH:MM, local."
)
@click.option(
    "--digest-on",
    type=click.Choice(WEEKDAYS),
    default="mon",
    show_default=True,
    help="Day of the weekly digest, written an hour after the run.",
)
@click.pass_obj
def command(config_path: Path | None, at: str, digest_on: str) -> None:
    """Print a crontab line and a systemd timer for this installation. Nothing is installed.

    Runs never overlap: a run that finds another one at work ends with exit code 3.
    """
    from callboard import config

    hour, minute = _clock(at)
    settings = open_config(config_path)
    program = [str(program_path())]
    file = config_path or config.DEFAULT_FILE
    if file.is_file():
        program += ["--config", str(file.absolute())]
    run = shlex.join([*program, "run", "--no-digest"])
    digest = shlex.join([*program, "digest", "--since", "7d"])
    folder = settings.base.absolute()
    data = shlex.quote(str(settings.data))
    log = shlex.quote(str(settings.data / "callboard.log"))
    enter = f"mkdir -p {data} && cd {shlex.quote(str(folder))} && "
    days_later, later = divmod(hour + 1, 24)
    day = (WEEKDAYS.index(digest_on) + days_later) % 7
    click.echo(
        LINES.format(
            daily=_crontab(f"{minute} {hour} * * *", f"{enter}{run} >>{log} 2>&1"),
            weekly=_crontab(f"{minute} {later} * * {day}", f"{enter}{digest} >>{log} 2>&1"),
            folder=folder,
            run=run,
            digest=digest,
            at=f"{hour:02}:{minute:02}",
            digest_at=f"{WEEKDAYS[day].capitalize()} *-*-* {later:02}:{minute:02}:00",
        )
    )


def _clock(at: str) -> tuple[int, int]:
    hour, _, minute = at.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise click.BadParameter(f"{at!r} is not a time like 06:15", param_hint="--at")
    return int(hour), int(minute)


def _crontab(when: str, command: str) -> str:
    # A bare % ends the command in a crontab and feeds the rest to standard input.
    return f"{when} {command}".replace("%", r"\%")
