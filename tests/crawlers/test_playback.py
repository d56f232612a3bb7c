"""The server that plays saved sites: strict, conditional, and told apart by host."""

import http.client
from pathlib import Path

import pytest

from crawlers.playback import Playback, Route, SavedSiteError, load_site
from tests.support.loopback import FIRST_DAY, SECOND_DAY


def ask(
    site: Playback, host: str, path: str, method: str = "GET", body: bytes = b"", **headers: str
) -> tuple[int, bytes, str | None]:
    connection = http.client.HTTPConnection(site.address, timeout=5)
    connection.request(method, path, body, {"Host": host, **headers})
    answer = connection.getresponse()
    result = answer.status, answer.read(), answer.headers["ETag"]
    connection.close()
    return result


def test_hosts_paths_and_queries_are_told_apart() -> None:
    routes = [
        Route("https://a.example/x", b"a"),
        Route("https://b.example/x", b"b"),
        Route("https://b.example/x?p=1", b"b1"),
    ]
    with Playback(routes) as site:
        assert ask(site, "a.example", "/x")[1] == b"a"
        assert ask(site, "b.example", "/x")[1] == b"b"
        assert ask(site, "b.example", "/x?p=1")[1] == b"b1"
        assert ask(site, "b.example", "/x?p=2")[0] == 404
        assert site.unknown == ["GET b.example/x?p=2"]
        assert set(site.connect) == {"a.example", "b.example"}


def test_what_has_not_changed_is_a_304() -> None:
    with Playback([Route("https://a.example/", b"a")]) as site:
        mark = ask(site, "a.example", "/")[2]
        assert mark is not None
        assert ask(site, "a.example", "/", **{"If-None-Match": mark})[:2] == (304, b"")


def test_bodies_may_decide_and_answers_may_run_out() -> None:
    routes = [
        Route("https://a.example/", b"typed", method="POST", body_contains=("json",)),
        Route("https://a.example/", b"first", method="POST", times=1),
        Route("https://a.example/", b"then", method="POST"),
    ]
    with Playback(routes) as site:
        answers = [ask(site, "a.example", "/", "POST", body)[1] for body in (b"json", b"", b"")]
    assert answers == [b"typed", b"first", b"then"]


def test_a_later_day_extends_an_earlier_one() -> None:
    first, second = load_site(FIRST_DAY), load_site(SECOND_DAY)
    assert second.expect == first.expect
    changed = {route.question for route in second.routes if route not in first.routes}
    kept = {route.question for route in second.routes if route in first.routes}
    assert changed
    assert kept
    assert {route.question for route in first.routes} <= changed | kept
    assert len(second.routes) == len(changed | kept)


@pytest.mark.parametrize(
    "text",
    ["[[route]]\nurl = 1\nfile = 'none.html'", "[[route]]\nurl = 'x'\ncolour = 1", "rout = 1", "="],
)
def test_a_wrong_site_file_is_one_clear_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "site.toml").write_text(text)
    with pytest.raises(SavedSiteError, match=r"site\.toml"):
        load_site(tmp_path)
