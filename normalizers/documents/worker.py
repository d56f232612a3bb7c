"""The process that reads one document: bytes on standard input, JSON on standard output.

``python -m normalizers.documents.worker '<limits as JSON>'``. It limits itself before it looks at
a byte, so that a hostile document takes nothing down but this process.
"""

import json
import logging
import resource
import sys
from dataclasses import asdict

from normalizers.documents.formats import read_document
from normalizers.documents.limits import Limits


def main() -> None:
    """Read, write, end."""
    limits = Limits(**json.loads(sys.argv[1]))
    sys.dont_write_bytecode = True
    logging.disable()  # pypdf tells of every flaw that it puts up with
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds))
    answer = read_document(sys.stdin.buffer.read(), limits)
    sys.stdout.buffer.write(json.dumps(asdict(answer)).encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
