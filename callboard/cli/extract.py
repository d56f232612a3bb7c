"""``callboard extract``: the stateless, public contract. Text or HTML in, facts out."""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import IO, Any

import click

from callboard.cli.session import operator_errors

LARGEST_EXIT = 100
"""Exit codes above 125 belong to the shell; a count beyond this is reported as this."""


@click.command
@click.argument("files", nargs=-1, type=click.File("rb"))
@click.option("--jsonl", is_flag=True, help="Read and write JSON lines on standard input/output.")
@click.option("--html/--text", "html", default=None, help="Say what the files are [default: look].")
@click.option("--language", help="Language hint (BCP 47), e.g. hr.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day for which the status is computed [default: today, UTC].",
)
@click.option("--why", is_flag=True, help="Explain each choice, one line a candidate.")
def command(
    files: tuple[IO[bytes], ...],
    jsonl: bool,
    html: bool | None,
    language: str | None,
    today: datetime | None,
    why: bool,
) -> None:
    r"""Print the facts of notices as JSON: text or HTML files, or - for standard input.

    With --jsonl, each input line is an object {"id", "text" or "html", "url"?, "language"?,
    "fetched_on"?}; each output line is its facts, in the same order. A line that can't be read
    becomes {"id", "error"}.

    The exit code is the number of inputs that could not be read (at most 100).
    """
    now = (today.replace(tzinfo=UTC) if today else datetime.now(UTC)).replace(microsecond=0)
    if jsonl and why:
        raise click.UsageError("--why explains files; it does not go with --jsonl.")
    if not jsonl and not files:
        raise click.UsageError("Name a file, - for standard input, or --jsonl.")
    unreadable = 0
    with operator_errors():
        if jsonl:
            for answer in _answers(files or (sys.stdin.buffer,), now, language):
                unreadable += "error" in answer
                sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        else:
            unreadable = sum(not _print(file, now, html, language, why) for file in files)
    sys.exit(min(unreadable, LARGEST_EXIT))


def _answers(
    files: tuple[IO[bytes], ...], now: datetime, language: str | None
) -> Iterator[dict[str, Any]]:
    for file in files:
        for line in file:
            if line.strip():
                yield _answer(line, now, language)


def _answer(line: bytes, now: datetime, language: str | None) -> dict[str, Any]:
    from callboard import extract, to_dict

    identity: Any = None
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            return {"id": None, "error": "not a JSON object"}
        identity = request.get("id")
        content, is_html = request.get("text"), False
        if content is None:
            content, is_html = request.get("html"), True
        if not isinstance(content, str):
            return {"id": identity, "error": 'needs "text" or "html", a string'}
        call = extract(
            text=None if is_html else content,
            html=content if is_html else None,
            url=_optional(request, "url"),
            language=_optional(request, "language") or language,
            fetched_on=_day(_optional(request, "fetched_on")),
        )
        return to_dict(call, id=identity, now=now)
    except (ValueError, RecursionError) as error:
        return {"id": identity, "error": str(error)}


def _optional(request: dict[str, Any], key: str) -> str | None:
    value = request.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'"{key}" is not a string')
    return value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value[:10]) if value else None


def _print(
    file: IO[bytes], now: datetime, html: bool | None, language: str | None, why: bool
) -> bool:
    from callboard import extract, to_dict

    raw = file.read()
    name = getattr(file, "name", "-")
    is_html = _looks_like_html(raw) if html is None else html
    content = _decode(raw, is_html=is_html)
    if content is None:
        click.echo(f"{name}: not text in UTF-8; convert it first", err=True)
        return False
    text, page = (None, content) if is_html else (content, None)
    if why:
        from callboard.api.extraction import read_content
        from normalizers.explanations import explain
        from normalizers.normalise import Hints

        original = read_content(text, page)
        click.echo("\n".join(explain(original, Hints(language=language))))
        return True
    call = extract(text=text, html=page, language=language)
    click.echo(json.dumps(to_dict(call, id=name, now=now), ensure_ascii=False, indent=2))
    return True


def _decode(raw: bytes, *, is_html: bool) -> str | None:
    """Return the text: HTML in the charset that it declares or betrays, anything else in UTF-8."""
    if is_html:
        from bs4.dammit import UnicodeDammit

        return UnicodeDammit(raw, is_html=True).unicode_markup
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _looks_like_html(raw: bytes) -> bool:
    start = raw[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<?xml")) or b"</" in start
