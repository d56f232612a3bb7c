"""The status page: every portal's health as one HTML file that needs nothing else to be read.

What was scraped is escaped; a link leads only to the web. Signs are words as well as colours.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from exports.labels import plain
from processing.health import NEVER, Health
from schema.crawls import CrawlState
from schema.issues import Issue, Severity

SHOWN_ISSUES = 12
TONES = {
    CrawlState.COMPLETE.value: "good",
    NEVER: "idle",
    CrawlState.BLOCKED.value: "bad",
    CrawlState.EMPTY.value: "bad",
    CrawlState.FAILED.value: "bad",
    CrawlState.UNREACHABLE.value: "bad",
}
"""Colour of a sign; every other sign has the colour ``look``."""
STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #fff; --line: #d8dee4;
  --good: #1a7f37; --look: #7d4e00; --bad: #b3261e; --idle: #57606a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b1; --paper: #14181d;
  --line: #30363d; --good: #56d364; --look: #e3b341; --bad: #ff8a80; --idle: #9da7b1; } }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 76rem; }
h1 { font-size: 1.6rem; margin: 0; }
.lead { font-size: 1.1rem; margin: .25rem 0 1.5rem; }
.soft, caption, th { color: var(--soft); }
caption { text-align: left; padding-bottom: .5rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .55rem .9rem .55rem 0;
  border-bottom: 1px solid var(--line); }
thead th { font-weight: 600; font-size: .85rem; white-space: nowrap; }
tbody th { font-weight: 400; min-width: 16rem; }
tbody th strong { display: block; color: var(--ink); }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
time { white-space: nowrap; }
.sign { display: inline-block; font-weight: 600; white-space: nowrap; }
.good { color: var(--good); } .look { color: var(--look); } .bad { color: var(--bad); }
.idle { color: var(--idle); }
.why { min-width: 14rem; max-width: 40rem; }
.why p { margin: 0 0 .25rem; overflow-wrap: break-word; }
.recent { letter-spacing: .1em; white-space: nowrap; }
details { font-size: .9rem; } summary { cursor: pointer; color: var(--soft); }
details ul { margin: .25rem 0; padding-left: 1.1rem; }
a { color: inherit; }
"""
MARKS = {"good": "●", "look": "◐", "bad": "○", "idle": "–"}


def render_status_page(found: Sequence[Health], now: datetime) -> str:
    """Return the page; portals that need a look come first, as they were given."""
    ill = [each for each in found if not each.is_well and NEVER not in each.signs]
    never = sum(NEVER in each.signs for each in found)
    well = sum(each.is_well for each in found)
    lead = f"{well} of {len(found)} portals are well"
    lead += f", {len(ill)} need a look" if ill else ""
    lead += f", {never} were never crawled" if never else ""
    rows = "\n".join(_row(each) for each in found if NEVER not in each.signs)
    waiting = ", ".join(each.portal.stem for each in found if NEVER in each.signs)
    never_crawled = f"<p>Never crawled: {_text(waiting)}.</p>" if waiting else ""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{_text(f"Callboard: {lead}")}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
<h1>Callboard: portals</h1>
<p class="lead">{_text(lead)}. <span class="soft">As of {now:%Y-%m-%d %H:%M} UTC.</span></p>
<div class="wide" role="region" aria-labelledby="caption" tabindex="0">
<table>
<caption id="caption">Portals in use; those that need a look come first.</caption>
<thead><tr>
<th scope="col">Portal</th><th scope="col">Health</th><th scope="col">Why</th>
<th scope="col">Latest crawl</th><th scope="col">Last complete</th><th scope="col">Last news</th>
<th scope="col">Notices</th><th scope="col">Recent crawls</th>
</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
{never_crawled}
<p class="soft">{_key()}</p>
</main>
</body>
</html>
"""


def _row(health: Health) -> str:
    portal, state = health.portal, health.state
    signs = "<br>".join(_sign(sign) for sign in health.signs)
    why = "".join(f"<p>{_text(reason)}</p>" for reason in health.reasons)
    languages = ", ".join(portal.languages)
    return (
        f'<tr id="{_text(portal.stem)}">'
        f'<th scope="row"><strong>{_link(portal.home, portal.title)}</strong> '
        f"{_text(portal.stem)} · {_text(portal.country)} · {_text(languages)}</th>"
        f"<td>{signs}</td>"
        f'<td class="why">{why}{_issues(health.issues)}</td>'
        f"<td>{_moment(state.finished_at)}</td>"
        f"<td>{_moment(state.last_complete_at)}</td>"
        f"<td>{_moment(state.last_news_at)}</td>"
        f'<td class="number">{state.standing:,}</td>'
        f'<td class="recent">{_recent(health)}</td>'
        "</tr>"
    )


def _sign(sign: str) -> str:
    tone = TONES.get(sign, "look")
    return f'<span class="sign {tone}"><span aria-hidden="true">{MARKS[tone]}</span> {sign}</span>'


def _recent(health: Health) -> str:
    if not health.recent:
        return '<span class="soft">none</span>'
    words = ", ".join(f"{at:%Y-%m-%d} {state.value}" for at, state in health.recent)
    marks = "".join(
        f'<span class="{TONES.get(state.value, "look")}" title="{at:%Y-%m-%d}: {state.value}">'
        f"{MARKS[TONES.get(state.value, 'look')]}</span>"
        for at, state in health.recent
    )
    return f'<span role="img" aria-label="Oldest first: {words}">{marks}</span>'


def _issues(issues: Sequence[Issue]) -> str:
    if not issues:
        return ""
    grave = sum(each.severity is Severity.ERROR for each in issues)
    count = f"{len(issues)} issue{'s' * (len(issues) != 1)}"
    count += f" ({grave} error{'s' * (grave != 1)})" if grave else ""
    items = "".join(f"<li>{_issue(each)}</li>" for each in issues[:SHOWN_ISSUES])
    if len(issues) > SHOWN_ISSUES:
        items += f"<li>and {len(issues) - SHOWN_ISSUES} more</li>"
    return f"<details><summary>{count}</summary><ul>{items}</ul></details>"


def _issue(issue: Issue) -> str:
    where = f" {_link(issue.url, 'example')}" if issue.url else ""
    concerns = f" [{_text(issue.field)}]" if issue.field else ""
    return f"{_text(issue.kind)}{concerns}: {_text(issue.message)}{where}"


def _key() -> str:
    meanings: Iterable[tuple[str, str]] = (
        ("good", "complete"),
        ("look", "partial, or another sign that asks for a look"),
        ("bad", "nothing could be read"),
    )
    return " · ".join(
        f'<span class="{tone}" aria-hidden="true">{MARKS[tone]}</span> {words}'
        for tone, words in meanings
    )


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return '<span class="soft">never</span>'
    return f'<time datetime="{moment.isoformat()}">{moment:%Y-%m-%d}</time>'


def _link(url: str | None, words: str) -> str:
    if url is None or urlsplit(url).scheme not in ("http", "https"):
        return _text(words)
    return f'<a href="{escape(url, quote=True)}" rel="noreferrer">{_text(words)}</a>'


def _text(words: str | None) -> str:
    return escape(plain(words), quote=True)
