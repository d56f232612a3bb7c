"""Hours beside dates: with and without minutes, and numbers that count something else."""

import pytest

from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text

CASES = [
    ("it", "Domande ancora per la prima ora 12 progetti entro il 3 marzo 2024.", "2024-03-03"),
    ("en", "Apply for the first time 5 projects by 3 March 2024", "2024-03-03"),
    ("it", "Le domande vanno presentate entro il 30 aprile 2024, ore 16", "2024-04-30T16:00"),
    ("it", "Si finanziano fino a 5 progetti entro il 3 marzo 2024.", "2024-03-03"),
    ("it", "Domande entro le ore 12 del 30 aprile 2024", "2024-04-30T12:00"),
    ("it", "Domande entro le 12 del 30 aprile 2024", "2024-04-30T12:00"),
    (
        "it",
        "Il contributo va alle 12 imprese migliori, domande entro il 30 aprile 2024.",
        "2024-04-30",
    ),
    ("it", "Presentare domanda entro il 30 aprile 2024 alle 12.", "2024-04-30T12:00"),
    ("it", "Domande entro il 30 aprile 2024 alle 12 imprese", "2024-04-30"),
    ("pl", "Wnioski można składać do 30 kwietnia 2024 r. do godz. 16", "2024-04-30T16:00"),
    (
        "pl",
        "Wnioski można składać do 30 kwietnia 2024 r. do godz. 16 w urzędzie",
        "2024-04-30T16:00",
    ),
    ("pl", "Wnioski do 5 projektów do 3 marca 2024 r.", "2024-03-03"),
    ("pl", "Nabór trwa do godz. 16 dnia 30 kwietnia 2024 r.", "2024-04-30T16:00"),
    ("pl", "Wnioski można składać do 30 kwietnia 2024 r. o 16.", "2024-04-30T16:00"),
    ("es", "El plazo de solicitudes finaliza el 30 de abril de 2024 a las 14", "2024-04-30T14:00"),
    ("es", "Plazo de solicitudes hasta las 14 del 30 de abril de 2024.", "2024-04-30T14:00"),
    ("es", "Las 5 mejores propuestas se presentan hasta el 3 de marzo de 2024.", "2024-03-03"),
    ("es", "Plazo de presentación hasta el 30 de abril de 2024 a las 14 horas", "2024-04-30T14:00"),
    ("hr", "Rok za prijavu je 30. travnja 2024. u 16", "2024-04-30T16:00"),
    ("hr", "Rok za prijavu je 30. travnja 2024. u 16 sati", "2024-04-30T16:00"),
    ("hr", "Rok za prijavu do 5 projekata do 3. ožujka 2024.", "2024-03-03"),
    ("hr", "Prijave se podnose u 3 primjerka do 30. travnja 2024.", "2024-04-30"),
    ("hr", "Rok za prijavu je do 16 sati 30. travnja 2024.", "2024-04-30T16:00"),
    ("hr", "Prijave se podnose do 30. travnja 2024. u 3 primjerka", "2024-04-30"),
    ("hr", "Rok za prijavu je 30. travnja 2024. do 16 h", "2024-04-30T16:00"),
    ("fr", "Date limite : 30 avril 2024 à 16 heures", "2024-04-30T16:00"),
    ("fr", "Date limite : 30 avril 2024 à 16h", "2024-04-30T16:00"),
    ("fr", "Date limite : 30 avril 2024 à 16", "2024-04-30T16:00"),
    ("fr", "Jusqu'à 5 projets avant le 3 mars 2024", "2024-03-03"),
    ("fr", "La date limite est fixée à 16 heures le 30 avril 2024", "2024-04-30T16:00"),
    ("de", "Die Antragsfrist endet am 30. April 2024 um 16 Uhr", "2024-04-30T16:00"),
    ("de", "Die Antragsfrist endet um 16 Uhr am 30. April 2024", "2024-04-30T16:00"),
    ("de", "Anträge für bis zu 5 Projekte bis 3. März 2024", "2024-03-03"),
    ("de", "Antragsfrist ist der 30. April 2024 um 16", "2024-04-30T16:00"),
    ("pt", "O prazo de candidaturas decorre até 30 de abril de 2024 às 16h", "2024-04-30T16:00"),
    ("pt", "O prazo de candidaturas decorre até às 16h de 30 de abril de 2024", "2024-04-30T16:00"),
    (
        "pt",
        "O prazo de candidaturas decorre até 30 de abril de 2024, até às 16",
        "2024-04-30T16:00",
    ),
    ("pt", "Candidaturas até 5 projetos até 3 de março de 2024", "2024-03-03"),
    ("ro", "Termenul limită este 30 aprilie 2024, până la ora 16", "2024-04-30T16:00"),
    ("ro", "Termen limită: ora 16, 30 aprilie 2024", "2024-04-30T16:00"),
    ("ro", "Se finanțează până la 5 proiecte până la 3 martie 2024", "2024-03-03"),
    ("sl", "Rok za oddajo vlog je 30. april 2024 ob 16. uri", "2024-04-30T16:00"),
    ("sl", "Rok za oddajo vlog je do 16. ure 30. aprila 2024", "2024-04-30T16:00"),
    ("sl", "Rok za oddajo vlog je 30. april 2024 do 16. ure", "2024-04-30T16:00"),
    ("sl", "Vloge za do 5 projektov do 3. marca 2024", "2024-03-03"),
    ("sl", "Rok za oddajo vlog je 30. april 2024 ob 16", "2024-04-30T16:00"),
    ("en", "The deadline is 30 April 2024 at 4 pm", "2024-04-30T16:00"),
    ("en", "Apply by 4 pm on 30 April 2024", "2024-04-30T16:00"),
    ("en", "Apply for up to 5 projects by 3 March 2024", "2024-03-03"),
    ("en", "Apply for up to 1000 euros by 3 March 2024", "2024-03-03"),
    ("en", "Apply for up to 5.50 euros by 3 March 2024", "2024-03-03"),
    ("en", "Deadline: 30 April 2024 at 16", "2024-04-30T16:00"),
    ("en", "Apply at 16 on 30 April 2024", "2024-04-30T16:00"),
    ("en", "The deadline is 30 April 2024 at 4 places", "2024-04-30"),
    ("en", "Apply by 5pm (UK time), 30 April 2024", "2024-04-30T17:00"),
]


@pytest.mark.parametrize(("language", "text", "moment"), CASES)
def test_an_hour_is_read_and_a_count_is_none(language: str, text: str, moment: str) -> None:
    call = normalise(read_text(text), Hints(language=language, languages=(language,)))
    assert [deadline.moment.isoformat() for deadline in call.deadlines] == [moment]
