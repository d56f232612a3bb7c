"""The issuer's whole name, also where it goes on in small letters up to the verb."""

import pytest

from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text


@pytest.mark.parametrize(
    ("language", "sentence", "issuer"),
    [
        (
            "hr",
            "Ministarstvo gospodarstva i održivog razvoja objavilo je poziv za mala poduzeća.",
            "Ministarstvo gospodarstva i održivog razvoja",
        ),
        (
            "hr",
            "Ministarstvo kulture i medija je objavilo javni poziv.",
            "Ministarstvo kulture i medija",
        ),
        ("hr", "Agencija za plaćanja objavila je natječaj.", "Agencija za plaćanja"),
        (
            "it",
            "Regione Lombardia e Unioncamere hanno pubblicato il bando.",
            "Regione Lombardia e Unioncamere",
        ),
    ],
)
def test_an_issuer_is_named_whole(language: str, sentence: str, issuer: str) -> None:
    call = normalise(read_text(sentence), Hints(language=language))
    assert call.issuer == issuer
    assert call.evidence["issuer"][0].quote == issuer
