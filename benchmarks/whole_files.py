# ruff: noqa: PLC0415 - each part imports only what it measures
"""What a register of one large file costs: a made extract of grants.gov, crawled and processed.

Each stage runs in a process of its own and prints time and peak memory. The made file has the size
of the real one (306 MB of XML, some 80 MB packed) and as few grants that are not archived.
"""

import argparse
import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(run(options.stage, options.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder / FILE, options.megabytes * 1_000_000)
        print(
            f"{(folder / FILE).stat().st_size / 1e6:.0f} MB packed, {options.megabytes} MB of XML"
        )
        for stage in ("crawl", "process"):
            command = [sys.executable, "-m", "benchmarks.whole_files", "--stage", stage]
            done = subprocess.run(
                [*command, "--folder", name], check=True, capture_output=True, text=True
            )
            print(f"{stage:8}", json.loads(done.stdout.splitlines()[-1]))


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


def run(stage: str, folder: Path) -> dict[str, Any]:
    """Run one stage in this process; return what it took."""
    from callboard.config import Config, CrawlConfig
    from callboard.pipeline import Pipeline

    before = peak()
    wall, cpu = time.perf_counter(), time.process_time()
    if stage == "crawl":
        command = [sys.executable, "-c", SERVER.format(file=str(folder / FILE), host=HOST)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            connect = {HOST: server.stdout.readline().strip()}
            crawled = CrawlConfig(delay=0, connect=connect)
            pipeline = Pipeline(Config(base=folder, now=NOW, crawl=crawled))
            pipeline.prepare()
            (outcome,) = pipeline.crawl([PORTAL])
            server.terminate()
        notices = outcome.read
    else:
        pipeline = Pipeline(Config(base=folder, now=NOW))
        notices = pipeline.process().notices
    pipeline.close()
    return {
        "notices": notices,
        "wall s": round(time.perf_counter() - wall, 1),
        "CPU s": round(time.process_time() - cpu, 1),
        "MB before": before,
        "MB at most": peak(),
    }


def peak() -> int:
    """Return the most memory that this process has had so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


SERVER = """
import time
from pathlib import Path
from crawlers.playback import Playback, Route
file = Path({file!r})
headers = {{"Content-Type": "application/zip"}}
routes = [
    Route("https://{host}/robots.txt", b"User-agent: *"),
    Route(f"https://{host}/extracts/{{file.name}}", file.read_bytes(), headers=headers),
]
with Playback(routes) as site:
    print(site.address, flush=True)
    time.sleep(3600)
"""

if __name__ == "__main__":
    main()
