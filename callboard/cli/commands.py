"""The commands and what each does, in one line: known without importing any."""

COMMANDS = {
    "run": "Crawl, process, translate, link and write the digest: what cron calls.",
    "crawl": "Fetch the portals' inventories into the archive.",
    "process": "Read the archive into notices, versions and events.",
    "extract": "Print the facts of files or JSON lines; needs no database.",
    "translate": "Put what is still pending into English, offline.",
    "models": "Translation models: list, install, check, remove, build.",
    "link": "Recognise the same call across portals and languages.",
    "calls": "List calls.",
    "show": "Show one call with every value's source and words.",
    "digest": "Write the digest of what happened.",
    "portals": "The catalogue of portals.",
    "status": "Health of each portal: which one went silent, and why.",
    "doctor": "What is wrong or missing in this installation, with the remedy.",
    "db": "Create, upgrade, check or rebuild the database.",
    "schedule": "Print a crontab line and a systemd timer for this installation.",
    "demo": "Run the main job on sample portals, without internet.",
}
