"""Scrapy's settings, for ``callboard crawl`` and for ``scrapy crawl STEM`` alike.

Scrapy runs on asyncio without a Twisted reactor, because a reactor cannot be started again in the
same process (docs/decisions/0010-crawl-without-a-reactor.md).
"""

from crawlers.http.transport import HostTurns

BOT_NAME = "callboard"
SPIDER_MODULES = ["crawlers.spiders"]
USER_AGENT = "Callboard/0.1 (reads public funding calls; set a contact in callboard.toml)"

TWISTED_REACTOR_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawlers.http.transport.Transport",
    "https": "crawlers.http.transport.Transport",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
CALLBOARD_CONNECT: dict[str, str] = {}
CALLBOARD_TURNS = HostTurns()
CALLBOARD_LONGEST_CRAWL_DELAY = 30.0
CALLBOARD_BACKOFF = 5.0
CALLBOARD_LONGEST_WAIT = 120.0

# Politeness: one request at a time with a delay in between, and a longer one for a slow server.
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # for every page, Scrapy starts this many tasks
DOWNLOAD_DELAY = 1.0
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 0.0
AUTOTHROTTLE_MAX_DELAY = 30.0
RETRY_TIMES = 3
RETRY_HTTP_CODES = [429, 500, 502, 503, 504]
RETRY_EXCEPTIONS = [
    "scrapy.exceptions.DownloadConnectionRefusedError",
    "scrapy.exceptions.DownloadFailedError",
    "scrapy.exceptions.DownloadTimeoutError",
    "scrapy.exceptions.ResponseDataLossError",
]
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
REDIRECT_MAX_TIMES = 5

# Safety: no remote control, no cookies or credentials, certificates verified, sizes limited.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
DOWNLOAD_VERIFY_CERTIFICATES = True
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
HTTPPROXY_ENABLED = False
COMPRESSION_ENABLED = False  # the transport decompresses, to apply the size limit
DOWNLOAD_MAXSIZE = 20_000_000
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 60.0
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml,application/json;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}

DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawlers.http.middlewares.hosts.HomeHostsMiddleware": 50,
    "crawlers.http.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawlers.http.middlewares.retries.PatientRetryMiddleware": 550,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawlers.http.middlewares.redirects.StraightRedirectMiddleware": 600,
    # Next to the transport, so that redirects and answers that are retried are archived, too.
    "crawlers.http.middlewares.archive.ArchiveMiddleware": 900,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,  # PortalSpider does it
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,  # sends no address of another page
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,  # drops requests silently
}

# Speed: no statistics of Scrapy's, since CrawlRecord has its own.
DOWNLOADER_STATS = False
STATS_CLASS = "scrapy.statscollectors.DummyStatsCollector"
EXTENSIONS = {
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
    "scrapy.extensions.logstats.LogStats": None,
    "scrapy.extensions.memusage.MemoryUsage": None,
}
WARN_ON_GENERATOR_RETURN_VALUE = False  # parses the callback's source code for every page
LOG_LEVEL = "WARNING"
FEED_EXPORT_ENCODING = "utf-8"
