"""Rare tokens of a text: words without end are none, and a hostile text takes no more time."""

import time

import pytest

from linking.rare_tokens import RareToken, TokenKind, find_rare_tokens

HOSTILE = {
    "one path": "https://x.test/" + "a/" * 100_000,
    "one word": "A1" * 100_000,
    "spaces in a quote": "“" + " " * 200_000 + "x",
    "addresses of nobody": "a." * 100_000 + "@",
    "quotes": '" ' * 100_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_looked_through_at_once(name: str) -> None:
    began = time.process_time()
    find_rare_tokens(HOSTILE[name])
    assert time.process_time() - began < 5


def test_what_stands_beside_a_word_without_end_is_found() -> None:
    found = find_rare_tokens(f"ClusterXchange {'x' * 50_000} ClusterXchange")
    assert found == {RareToken(TokenKind.NAME, "clusterxchange"): "ClusterXchange"}
