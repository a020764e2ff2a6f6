"""The style of each language, on sentences an author might write."""

from pathlib import Path

import pytest

from bot.texts.problems import Report
from bot.texts.rules.sentences import unquoted
from bot.texts.styles import Style, read_style

CONTENT = Path(__file__).parent.parent.parent / "content"


def style_of(lang: str) -> Style:
    """Return the style that the real content is checked against."""
    report = Report(f"content/{lang}/style.yaml")
    style = read_style((CONTENT / lang / "style.yaml").read_text(encoding="utf-8"), report)
    assert report.problems == []
    return style


STYLES = {lang: style_of(lang) for lang in ("it", "en")}


def stopped(lang: str, text: str) -> list[str]:
    """Return the reasons why a text is stopped."""
    bans = STYLES[lang].bans
    return [ban.why for ban in bans if ban.pattern.search(text if ban.quoted else unquoted(text))]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("it", "Accanto cura la depressione."),
        ("it", "Questo programma previene le ricadute."),
        ("it", "I promemoria riducono i sintomi."),
        ("it", "Il bot monitora chi ami."),
        ("it", "Il modulo diagnostica l'anedonia."),
        ("it", "In questo momento il rischio è basso."),
        ("it", "C'è un alto rischio."),
        ("it", "Un metodo clinicamente provato."),
        ("it", "La scienza dimostra che camminare aiuta."),
        ("it", "Vedrai che passerà."),
        ("it", "Ti prometto che andrà tutto bene."),
        ("it", "Ha pensato di commettere suicidio."),
        ("it", "Dopo un tentativo fallito."),
        ("it", "Le persone depresse dormono molto."),
        ("it", "Chi soffre di depressione fa fatica."),
        ("it", "Tuo marito non si alza."),
        ("it", "Prova a parlare con lei."),
        ("it", "Basta dimezzare la dose."),
        ("it", "Di solito sono 20 mg al giorno."),
        ("it", "Hai perso 3 chili."),
        ("it", "Cinque obiettivi, 5 giorni di fila."),
        ("it", "Bravo, ce l'hai fatta!"),
        ("it", "Non so perchè."),
        ("it", "E' tardi, ne parliamo piu' avanti."),
        ("it", 'Prova a dire "va bene".'),
        ("en", "Accanto cures depression."),
        ("en", "This program prevents relapses."),
        ("en", "Reminders reduce the symptoms."),
        ("en", "The bot monitors the person you love."),
        ("en", "This module diagnoses anhedonia."),
        ("en", "Right now the risk is low."),
        ("en", "There is a high risk."),
        ("en", "A clinically proven method."),
        ("en", "Science proves that walking helps."),
        ("en", "Hold on, it will pass."),
        ("en", "I promise that it helps."),
        ("en", "They talked of committing suicide."),
        ("en", "After a failed attempt."),
        ("en", "Depressed people sleep a lot."),
        ("en", "Your husband stays in bed."),
        ("en", "Ask her what she needs."),
        ("en", "It is safe to stop taking the tablets."),
        ("en", "The usual dose is 20 mg."),
        ("en", "Keep your streak going."),
        ("en", "Well done!"),
        ("en", "Notice the behavior, not the color."),
    ],
)
def test_what_is_never_said_is_stopped_with_a_reason(lang: str, text: str) -> None:
    """Claims, levels of risk, promises, labels, doses, guilt, assumed sex, slips of spelling."""
    assert stopped(lang, text)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("it", "Accanto non fa diagnosi e non sostituisce chi segue la terapia."),
        ("it", "Questo programma non cura la depressione."),
        ("it", "Molte persone stanno meglio, con le cure e con il tempo."),
        ("it", "«Dai, passerà» è una frase che pesa."),
        ("it", "Chi ama una persona con depressione si stanca."),
        ("it", "Se il pericolo è adesso: 112."),
        ("it", "Un rischio c'è sempre: non devi misurarlo tu."),
        ("it", "Alcuni studi suggeriscono che lo stesso passo costa di più."),
        ("it", "Sulle medicine decide chi le prescrive."),
        ("it", "Dopo 3 giorni, parlane. Un po' d'aria, né più né meno. È qui."),
        ("it", "Resta lì, se non corri rischi."),
        ("en", "Accanto does not diagnose and never monitors anybody."),
        ("en", "This program does not cure depression."),
        ("en", "Many people get better, with treatment and with time."),
        ("en", "“Cheer up, it will pass” is heavy to hear."),
        ("en", "If the danger is now: 112."),
        ("en", "Studies suggest that the same step can cost more."),
        ("en", "Medicines are for whoever prescribes them."),
        ("en", "After 3 days, talk about it in the centre of town."),
    ],
)
def test_honest_sentences_pass(lang: str, text: str) -> None:
    """The same words in a denial, a quote or a fact are no fault."""
    assert stopped(lang, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Sei stanco?",
        "Forse sei molto arrabbiata.",
        "Se ti senti sola, scrivi.",
        "Benvenuto.",
        "Non devi fare tutto da sola.",
        "Pensa a te stesso.",
        "Resta calmo.",
        "Sei già registrata qui.",
    ],
)
def test_endings_that_tell_the_readers_sex_are_seen(text: str) -> None:
    """Italian agrees in -o and -a with whoever is spoken to."""
    style = STYLES["it"]
    found = style.second_person.search(text)
    assert found
    assert not style.exceptions.search(found[0].split()[-1])


@pytest.mark.parametrize(
    "text",
    [
        "Sei a casa, va bene così.",
        "Stai facendo tanto.",
        "Ti senti giù?",
        "Sei una persona che ci tiene.",
        "Sei mesi fa era diverso.",
        "Chi ami resta sola in camera.",
        "Resta solo se scegli di salvarlo.",
        "Resta vicino, se non corri rischi.",
        "Hai finito: che bello averti qui.",
    ],
)
def test_endings_that_say_nothing_about_the_reader_pass(text: str) -> None:
    """Nouns, adverbs, gerunds, verbs with «hai», and what is said of somebody else."""
    style = STYLES["it"]
    for found in style.second_person.finditer(text):
        ends = [other.end() for other in style.exceptions.finditer(text)]
        assert any(end >= found.end() for end in ends), found[0]


def test_a_locked_screen_shows_no_clinical_word() -> None:
    """The words that a push does not begin with."""
    assert STYLES["it"].push.search("Il promemoria per la terapia")
    assert STYLES["en"].push.search("Your symptoms this week")
    assert not STYLES["it"].push.search("Ciao, due righe da leggere con calma")
    assert not STYLES["en"].push.search("Hello, two lines to read in your own time")
