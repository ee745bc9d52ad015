"""German words around secrets."""

from typing import Final

from bot.domain.safety.languages.language import Language

WORDS: Final = Language(
    stems=("wort", "kenn", "pass", "schlüssel", "geheim", "code", "phrase", "tan", "puk"),
    passwords=(
        "pass ?w[oö]rt(?:er)?", "kenn ?wort", "passphrase", "zugangscode", "losungswort",
        "netzwerk(?:sicherheits)?schlüssel", "schlüsselinhalt", "(?:wlan|wifi|wpa2?)[ -]?schlüssel",
    ),
    keys=(
        "(?:api|zugriffs|zugangs|geheimer|privater|lizenz|produkt|verschlüsselungs|wiederherstellungs"
        "|aktivierungs|sicherheits)[ -]?schlüssel",
        "geheimnis", "freischaltcode", "aktivierungscode", "wiederherstellungskennwort",
    ),
    numbers=(
        "geheimzahl", "(?<![a-z])(?:tan|puk)", "(?:tür|alarm|sicherheits|einmal|bestätigungs|zugangs|geräte)-?code",
    ),
    recovery=("(?:wiederherstellungs|notfall|backup|ersatz)[ -]?codes?",),
    equals=("ist", "sind", "war", "lautete?", "heißt", "heisst", "wäre"),
    names=("lautete?",),
    adverbs=("jetzt", "nun", "aktuell", "derzeit", "wieder", "weiterhin", "noch", "auf", "wie folgt"),
    about=("für", "von", "vom", "zum", "zur", "des", "der", "im", "am", "auf dem", "beim"),
    change=("setze", "setzt", "ändere", "ändern?", "setzen"),
    changed=("gesetzt", "geändert", "zurückgesetzt", "aktualisiert", "umgestellt", "vergeben"),
    into=("auf",),
    role=("als",),
    beside=("und", "mit", "das", "neues", "temporäres", "dem"),
    entering=("mit", "nutze", "nutzt", "versuch", "verwende", "probier", "eingegeben"),
    accounts=("zugangsdaten", "anmeldedaten", "anmeldung", "zugang"),
    asks=("wie (?:lautet|heißt|ist|war)", "was ist", "welche[snr]?"),
    asks_for=(
        "nenne?n?", "schick\\w*", "gib\\w*", "sende\\w*", "teile?", "schreib\\w*", "gebe?n?", "haben", "hast",
        "kenn(?:st|en|t)", "weißt", "wissen", "brauche\\w*",
    ),
    otherwise=(
        "wann", "wer", "warum", "wo", "nachdem", "bevor", "ob", "wenn", "fehler\\w*", "meldung", "richtlinie",
        "länge", "geändert", "abgelaufen", "zurückgesetzt", "richtig", "falsch", "funktioniert", "passwortmanager",
        "regeln?",
    ),
    negations=("nicht", "nie", "kein\\w*", "niemals", "ohne"),
    leads=(
        "es ist", "es lautet", "das ist", "er lautet", "sie lautet", "lautet", "ist", "ich glaube(?: es ist)?",
        "wahrscheinlich", "versuch(?:e|s)?(?: mal)?", "nimm", "hier", "klar", "ja", "müsste", "müsste sein",
        "wir nutzen", "aktuell", "jetzt", "und zwar", "gerne", "wir verwenden",
    ),
    evades=(
        "ich (?:weiß|kenne|habe|hab|kann)", "weiß", "keine?\\b", "nicht\\b", "nein", "unbekannt", "nie\\b", "wurde",
        "das(?:selbe| gleiche)", "derselbe", "dieselbe", "wie (?:vorher|zuvor|immer|bisher)", "siehe", "frag\\w*",
        "steht", "liegt", "ist (?:nicht|un|zurück|ab|noch)", "es wurde", "vergessen", "wird", "noch",
        "er (?:hat|kann|weiß)", "sie (?:hat|kann|weiß)", "es ist (?:nicht|un|zurück|ab|noch|das)",
    ),
    ordinary=frozenset(
        """
        falsch abgelaufen richtig korrekt gesperrt bekannt unbekannt leer nicht noch neu alt vergessen ungültig gültig
        geändert zurückgesetzt derselbe dasselbe gleich hier dort auch ist das die der den dem des ein eine einen kein
        keine ich sie er wir ihr sein wird wurde werden kann bitte siehe steht liegt auf in im bei mit von vom zum zur
        und oder aber wie wenn weil schon erneut immer nie nein ja aktiv aktiviert deaktiviert erforderlich fehlt
        leider benutzer kennwort passwort schlüssel abteilung notiz sicher schwach kurz lang wieder dieselbe gleiche
        gleichen vorher zuvor bisher gesetzt vergeben abgelehnt akzeptiert hinterlegt gespeichert verloren gilt läuft
        weiß keiner niemand frag frage fragen kollege kollegin zettel aufkleber tresor funktioniert stimmt passt
        """.split()  # noqa: SIM905
    ),
    endings=("iert", "ung", "lich", "igt", "eren"),
)  # fmt: skip
