"""Languages: function words first, the hint only breaks ties, neighbours keep their names."""

import pytest

from normalizers.languages import find_language, title_language

TEXTS = {
    "hr": "Prijave se podnose do 30. lipnja. Prihvatljivi prijavitelji su udruge koje djeluju u kulturi.",  # noqa: E501
    "sl": "Vloge je treba oddati do 30. junija. Upravičenci so društva, ki delujejo v občini.",
    "sr": "Konkurs je otvoren do 30. juna. Pravo učešća imaju preduzeća i opštine u Srbiji pod istim uslovima.",  # noqa: E501
    "it": "Le domande possono essere presentate entro il 30 giugno dalle imprese della regione.",
    "ro": "Proiectele se depun până la data de 30 iunie de către organizații din județ.",
    "es": "Las solicitudes se podrán presentar hasta el 30 de junio por las entidades del municipio.",  # noqa: E501
    "pt": "As candidaturas podem ser submetidas até 30 de junho pelas entidades do município.",
    "fr": "Les dossiers sont à déposer avant le 30 juin par les associations de la région.",
    "de": "Die Anträge sind bis zum 30. Juni von den Vereinen der Region einzureichen.",
    "pl": "Wnioski można składać do 30 czerwca przez organizacje z terenu województwa.",
    "en": "Applications must be submitted by 30 June by organisations that are based in the region.",  # noqa: E501
}


@pytest.mark.parametrize("code", TEXTS)
def test_a_sentence_is_told(code: str) -> None:
    assert find_language(TEXTS[code]).code == code


@pytest.mark.parametrize("hint", ["it", "en", "hr", None, "xx"])
def test_words_win_over_the_hint(hint: str | None) -> None:
    assert find_language(TEXTS["sl"], hint).code == "sl"


def test_serbian_is_read_with_the_croatian_lexicon() -> None:
    assert find_language(TEXTS["sr"]).nearest == "hr"


def test_the_hint_decides_where_words_say_nothing() -> None:
    assert find_language("2021", "pl").code == "pl"


def test_the_answer_is_always_the_same() -> None:
    assert len({find_language("Scade il 2 febbraio 2021").code for _ in range(20)}) == 1


def test_an_english_title_in_a_croatian_page_stays_english() -> None:
    assert (
        title_language("Call for proposals: support for the development of clusters", "hr") == "en"
    )
    assert title_language("Javni poziv za jačanje klastera", "hr") == "hr"


def test_a_language_that_nobody_here_reads_never_poses_as_english() -> None:
    text = "Pályázati felhívás mikrovállalkozások számára. A benyújtás határideje szeptember 30."
    assert find_language(text, "hu", ("hu",)).code == "hu"
    assert find_language(text, "hu").code == "hu"
    assert find_language("Πρόσκληση υποβολής").code == "und"
