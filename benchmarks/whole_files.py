"""What a register of one large file costs: a made extract of grants.gov, crawled and processed.

Each stage runs in a process of its own and prints time and peak memory. The made file has the size
of the real one (306 MB of XML, some 80 MB packed) and as few grants that are not archived.
"""

import argparse
import itertools
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from callboard.config import Config, CrawlConfig
from callboard.pipeline import Pipeline
from crawlers.playback import Playback, Route

PORTAL = "us_grants_gov_extract"
HOST = "prod-grants-gov-chatbot.s3.amazonaws.com"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILE = f"GrantsDBExtract{NOW:%Y%m%d}v2.zip"
KEPT = 16
"""One grant in so many is not archived."""
WORDS = 560
"""In a description."""
GRANT = """<OpportunitySynopsisDetail_1_0><OpportunityID>{number}</OpportunityID>
<OpportunityTitle>Grant {number}</OpportunityTitle><OpportunityNumber>G-{number}</OpportunityNumber>
<FundingInstrumentType>G</FundingInstrumentType><CFDANumbers>10.310</CFDANumbers>
<EligibleApplicants>06</EligibleApplicants><EligibleApplicants>12</EligibleApplicants>
<AgencyName>Office</AgencyName><PostDate>10012026</PostDate><CloseDate>01152027</CloseDate>
<LastUpdatedDate>10022026</LastUpdatedDate><AwardCeiling>500000</AwardCeiling>
<EstimatedTotalProgramFunding>4000000</EstimatedTotalProgramFunding>
<Description>&amp;lt;p&amp;gt;{words}&amp;lt;/p&amp;gt;</Description>
<ArchiveDate>0101{archived}</ArchiveDate></OpportunitySynopsisDetail_1_0>
"""


def main() -> None:
    """Run the benchmark, or one stage of it in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=306, help="of XML")
    parser.add_argument("--stage", choices=("crawl", "process"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(run(options.stage, options.folder, options.address)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / FILE, options.megabytes * 1_000_000)
        print(
            f"{(folder / FILE).stat().st_size / 1e6:.0f} MB packed, {options.megabytes} MB of XML"
        )
        command = [sys.executable, "-m", "benchmarks.whole_files", "--folder", name]
        with Playback(routes(folder)) as site:
            for stage in ("crawl", "process"):
                done = subprocess.run(
                    [*command, "--stage", stage, "--address", site.address],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                print(f"{stage:8}", json.loads(done.stdout.splitlines()[-1]))


def routes(folder: Path) -> list[Route]:
    """Return the answers of the host on which the file lies."""
    url = f"https://{HOST}/extracts/{FILE}"
    zipped = {"Content-Type": "application/zip"}
    return [
        Route(f"https://{HOST}/robots.txt", b"User-agent: *"),
        Route(url, (folder / FILE).read_bytes(), headers=zipped),
    ]


def make(path: Path, size: int) -> None:
    """Write an extract whose words are as frequent as words are, so that it packs like text."""
    chance = random.Random(1)  # noqa: S311 - reproducible, not secret
    words = [
        "".join(chance.choices("etaoinshrdlucm", k=chance.randint(2, 10))) for _ in range(3000)
    ]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
    name = path.with_suffix(".xml").name
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as file,
    ):
        namespace = "http://apply.grants.gov/system/OpportunityDetail-V1.0"
        written = file.write(f'<Grants xmlns="{namespace}">'.encode())
        for number in itertools.count():
            if written >= size:
                break
            text = " ".join(chance.choices(words, cum_weights=weights, k=WORDS))
            archived = 2015 if number % KEPT else 2030
            grant = GRANT.format(number=number, words=text, archived=archived)
            written += file.write(grant.encode())
        file.write(b"</Grants>")


def run(stage: str, folder: Path, address: str) -> dict[str, Any]:
    """Run one stage in this process; return what it took."""
    before = most_memory()
    wall, cpu = time.perf_counter(), time.process_time()
    crawled = CrawlConfig(delay=0, connect={HOST: address})
    pipeline = Pipeline(Config(base=folder, now=NOW, crawl=crawled))
    pipeline.prepare()
    if stage == "crawl":
        (report,) = pipeline.crawl([PORTAL])
        notices = report.read
    else:
        notices = pipeline.process().notices
    pipeline.close()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "notices": notices,
        "wall s": round(time.perf_counter() - wall, 1),
        "CPU s": round(time.process_time() - cpu + children.ru_utime + children.ru_stime, 1),
        "MB before": before,
        "MB at most": most_memory(),
        "MB of the largest process it started": children.ru_maxrss // 1024,
    }


def most_memory() -> int:
    """Return the most memory that this process ever held, in MB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0


if __name__ == "__main__":
    main()
