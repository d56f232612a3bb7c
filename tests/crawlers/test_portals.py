"""Portal files are checked strictly: a mistake is one line that names the file and the key."""

from pathlib import Path

import pytest

from crawlers import registry
from crawlers.portals import FOLDER, PortalFileError, load_portal, load_portals
from schema.calls import Status

SOUND = (FOLDER / "it_lombardia.toml").read_text(encoding="utf-8")


def load(tmp_path: Path, text: str, stem: str = "it_lombardia") -> object:
    path = tmp_path / f"{stem}.toml"
    path.write_text(text, encoding="utf-8")
    return load_portal(path)


def test_every_registered_portal_loads() -> None:
    portals = load_portals()
    assert set(portals) == {path.stem for path in FOLDER.glob("*.toml")}
    assert set(portals) == {path.stem for path in FOLDER.glob("??_*.py")}
    lombardia = portals["it_lombardia"]
    assert lombardia.statuses["Aperto"] is Status.OPEN
    assert lombardia.labels["Scade il"] == "deadlines"
    assert lombardia.expect.notices == (1500, 5000)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('zone = "Europe/Rome"', 'zone = "Europe/Rom"', "zone 'Europe/Rom' is unknown"),
        ('zone = "Europe/Rome"', "", "missing key zone"),
        ('country = "IT"', 'country = "Italy"', "country is not two capitals"),
        ('languages = ["it"]', "languages = []", "languages is empty"),
        ('languages = ["it"]', 'languages = "it"', "languages is 'it'"),
        ('role = "original"', 'role = "copy"', "role is not one of original, register, relay"),
        ('status = "trial"', 'status = "done"', "status is not one of"),
        ('schedule = "10 5 * * *"', 'schedule = "daily"', "schedule is not five cron fields"),
        ("https://www.bandi", "http://www.bandi", "home is not an https address"),
        ("notices = [1500, 5000]", "notices = [5000, 1500]", "expect.notices"),
        ("notices = [1500, 5000]", "notices = [1500]", "missing value expect.notices.1"),
        ("notices = [1500, 5000]", "notices = [1, 2, 3]", "expect.notices is [1, 2, 3]: tuple sh"),
        ("notices = [1500, 5000]", "notices = [1.5, 9]", "expect.notices.0 is 1.5: should be a v"),
        (
            "notices = [1500, 5000]",
            "notice = [1500, 5000]",
            "unknown key expect.notice (perhaps notices; known: filled, notices, silent_days)",
        ),
        ("sections = 0.9", "sections = 9.0", "expect.filled holds a share outside 0..1"),
        ("republish = true", 'republish = "yes"', "licence.republish is 'yes': should"),
        ('"Scade il" = "deadlines"', '"Scade il" = "deadline"', "'deadline' (perhaps deadlines;"),
        ('"Chiuso" = "closed"', '"Chiuso" = "shut"', "statuses.Chiuso is 'shut': should"),
        (
            'title = "Bandi',
            'titel = 1\ntitle = "Bandi',
            "unknown key titel (perhaps title;",
        ),
        ('country = "IT"', "country = 2020-02-02", "country is {'date': '2020-02-02'}: should be"),
        ('country = "IT"', "country = 39", "country is 39: should be a valid string"),
        ("sections = 0.9", "sections = nan", "expect.filled holds a share outside 0..1"),
        ('title = "Bandi', "title = Bandi", "it_lombardia.toml: "),
    ],
)
def test_a_mistake_is_one_clear_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in SOUND
    with pytest.raises(PortalFileError) as raised:
        load(tmp_path, SOUND.replace(old, new))
    message = str(raised.value)
    assert message.startswith("it_lombardia.toml: ")
    assert complaint in message
    assert "\n" not in message


def test_a_file_is_named_by_country_and_owner(tmp_path: Path) -> None:
    with pytest.raises(PortalFileError, match="stem is not <cc>_<owner>"):
        load(tmp_path, SOUND, stem="Lombardia")


def test_readers_are_found_by_kind() -> None:
    assert registry.reader("it_lombardia", "call") is not None
    assert registry.reader("it_lombardia", "sitemap") is None
    with pytest.raises(registry.UnknownPortalError):
        registry.reader("xx_none", "call")
