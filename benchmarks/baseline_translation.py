"""The other side of ``benchmarks.translation``: argostranslate's own ``translate()``.

Run by the benchmark with the Python of an environment of its own: reads notices as JSON lines of
text from standard input, prints one JSON object. Sentences are split at the same places on both
sides: a stub stands for stanza, which would open a network connection, and for the splitter's
model, which would be downloaded.
"""

import json
import sys
import time
import types


def main() -> None:
    """Translate and print the figures."""
    language = sys.argv[1]
    notices = [json.loads(line) for line in sys.stdin]
    sys.modules["stanza"] = types.ModuleType("stanza")
    from argostranslate import sbd, translate  # noqa: PLC0415 - after the stub

    sbd.MiniSBDSentencizer.split_sentences = lambda _, text: [text]
    translation = translate.get_translation_from_codes(language, "en")
    translation.translate("1")
    began, cpu = time.perf_counter(), time.process_time()
    english = [translation.translate(notice) for notice in notices]
    found = {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "english": english,
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
