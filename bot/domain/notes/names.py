"""What the four sections of the notes are called: in other words, and in other languages."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class HeadingLanguage(StrEnum):
    """The languages in which the four headings can be written."""

    ENGLISH = "english"
    GERMAN = "german"
    FRENCH = "french"
    SPANISH = "spanish"


HEADINGS: Final[Mapping[HeadingLanguage, tuple[str, str, str, str]]] = {
    HeadingLanguage.ENGLISH: ("Problem Summary", "Steps Taken", "Resolution", "Next Steps"),
    HeadingLanguage.GERMAN: ("Problembeschreibung", "Durchgeführte Schritte", "Lösung", "Nächste Schritte"),
    HeadingLanguage.FRENCH: ("Résumé du problème", "Étapes effectuées", "Résolution", "Prochaines étapes"),
    HeadingLanguage.SPANISH: ("Resumen del problema", "Pasos realizados", "Resolución", "Próximos pasos"),
}
SECTIONS: Final = HEADINGS[HeadingLanguage.ENGLISH]

_OTHER_NAMES: Final = (
    "problem, summary, issue, issues, issue summary, problem description, issue description, description, overview, "
    "problem statement, reported issue, reported problem, incident, incident summary, symptoms, background",
    "actions taken, steps, actions, troubleshooting, troubleshooting steps, troubleshooting steps taken, "
    "troubleshooting performed, troubleshooting summary, steps performed, steps completed, actions performed, "
    "work performed, work done, investigation, diagnosis, diagnostics, diagnostic steps, what was done, "
    "investigation steps, steps and findings, steps tried",
    "solution, fix, fix applied, outcome, result, results, resolution summary, final resolution, root cause, "
    "root cause and resolution, resolution and root cause, cause and resolution, cause, resolution notes",
    "next step, follow up, follow ups, followup, follow up actions, follow up steps, recommendations, recommendation, "
    "recommended actions, recommended next steps, outstanding items, outstanding, open items, pending items, pending, "
    "further actions, remaining steps, action items, future recommendations, next actions, to do",
)
_IN_OTHER_LANGUAGES: Final = (
    # German, French, Spanish, Italian, Portuguese, Dutch, Japanese, Chinese, Korean; without accents
    "problembeschreibung, problemzusammenfassung, zusammenfassung, beschreibung, storung, fehlerbild, "
    "sachverhalt, ausgangslage, zusammenfassung des problems, problemstellung, problemubersicht, anliegen, "
    "resume du probleme, resume, description du probleme, description, probleme, probleme signale, contexte, "
    "constat, resumen del problema, resumen, descripcion del problema, descripcion, problema, incidencia, "
    "riepilogo del problema, riepilogo, descrizione del problema, resumo do problema, resumo, "
    "descricao do problema, samenvatting van het probleem, samenvatting, probleembeschrijving, "
    "probleemomschrijving, probleem, 問題の概要, 概要, 問題, 事象, 症状, 问题概述, 問題概述, 问题摘要, "
    "问题描述, 问题, 문제 요약, 문제 개요, 문제",
    "durchgefuhrte schritte, durchgefuhrte massnahmen, schritte, massnahmen, unternommene schritte, "
    "bisherige schritte, ergriffene massnahmen, vorgehen, vorgehensweise, fehlersuche, analyse, diagnose, "
    "arbeitsschritte, losungsschritte, etapes effectuees, etapes suivies, etapes realisees, etapes, "
    "actions effectuees, actions entreprises, actions realisees, actions menees, mesures prises, demarche, "
    "demarches effectuees, diagnostic, depannage, pasos realizados, pasos seguidos, pasos tomados, pasos, "
    "acciones realizadas, acciones tomadas, medidas tomadas, medidas adoptadas, diagnostico, "
    "passaggi eseguiti, azioni intraprese, passos realizados, acoes realizadas, uitgevoerde stappen, "
    "genomen stappen, ondernomen stappen, stappen, uitgevoerde acties, 実施した手順, 対応手順, 手順, "
    "実施内容, 対応内容, 対応, 调查, 已采取的步骤, 已采取的措施, 处理步骤, 步骤, 措施, 수행한 단계, "
    "조치 내용, 조치 사항, 조치",
    "losung, losung des problems, problemlosung, behebung, fehlerbehebung, ergebnis, abschluss, ursache, "
    "ursache und losung, resolution, resolution du probleme, solution apportee, resultat, cause, "
    "cause racine, cause et solution, resolucion, resolucion del problema, solucion, solucion aplicada, "
    "resultado, causa, causa raiz, risoluzione, soluzione, risultato, resolucao, solucao, oplossing, "
    "resultaat, oorzaak, 解決, 解決策, 解決方法, 結果, 原因と対策, 原因, 解决方案, 解决方法, 解决, 结果, "
    "해결, 해결 방법, 해결책, 결과",
    "nachste schritte, weitere schritte, weiteres vorgehen, weitere massnahmen, offene punkte, empfehlungen, "
    "empfehlung, ausblick, folgeschritte, folgemassnahmen, naechste schritte, ausstehend, noch offen, "
    "prochaines etapes, etapes suivantes, suite, suites a donner, suivi, recommandations, actions a venir, "
    "a faire, points en suspens, actions restantes, proximos pasos, siguientes pasos, pasos siguientes, "
    "pasos a seguir, seguimiento, recomendaciones, pendientes, acciones pendientes, prossimi passi, "
    "passi successivi, raccomandazioni, proximos passos, recomendacoes, volgende stappen, vervolgstappen, "
    "aanbevelingen, 次のステップ, 今後の対応, 次の手順, 今後の予定, 残課題, 后续步骤, 下一步, 后续措施, 后续, "
    "다음 단계, 향후 조치, 후속 조치",
)
_BY_STEM: Final = (
    (3, r"nachst|weitere|folge|\boffen|empf|ausblick|\bnext\b|follow|recommend|outstanding|remaining|still open"),
    (3, r"prochain|suivant|a faire|a venir|recommand|restant|proxim|siguiente|a seguir|seguimiento|pendiente|recomend"),
    (3, r"prossim|successiv|raccomand|volgende|vervolg|aanbevel|次の|今後|后续|後續|下一步|다음|향후|후속"),
    (1, r"schritt|massnahm|vorgehen|fehlersuche|\bsteps?\b|troubleshoot|investigat|diagnos|what we (?:did|tried)"),
    (1, r"etape|mesures|demarche|\bactions\b|pasos|acciones|medidas|passaggi|azioni|passos|acoes|stappen|acties"),
    (1, r"手順|実施|步骤|步驟|措施|단계|조치"),
    (2, r"losung|behebung|behoben|ergebnis|resol|\bfix|solution|outcome|solucion|resultad|risoluz|soluzion|soluc"),
    (2, r"oplossing|resulta|解決|解决|結果|结果|해결"),
    (0, r"problem|storung|fehlerbild|beschreibung|zusammenfass|symptom|summary|overview|what happened|incident"),
    (0, r"resume|descri|constat|resumen|incidencia|riepilogo|resumo|samenvatting|probleem|概要|問題|问题|事象|문제"),
    (2, r"ursache|\bcause|causa\b|oorzaak|原因|원인"),
    (1, r"analys|aktion|action|untersuch|対応|调查|調査"),
)
"""What a name must hold to mean a section; the first that fits counts."""
_STEMS: Final = tuple((section, re.compile(stem)) for section, stem in _BY_STEM)
_TITLE_EDGE: Final = re.compile(r"^[\W\d_]+|[\W_]+$")
_NAME_CHARS: Final = 100


def folded(name: str) -> str:
    """Bring a name into the form in which names are compared: no case, accents, numbers or marks around it."""
    name = re.sub(r"\s*[(（][^)）]*[)）]\s*$", "", name[:_NAME_CHARS].strip(" *_#"))
    plain = unicodedata.normalize("NFKD", _TITLE_EDGE.sub("", name).casefold())
    plain = "".join(c for c in plain if not "\u0300" <= c <= "\u036f")
    return " ".join(unicodedata.normalize("NFC", plain).replace("&", "and").replace("-", " ").split())


_OWN: Final = {folded(name): number for names in HEADINGS.values() for number, name in enumerate(names)}
_OTHER: Final = {
    folded(name): number
    for names in (_IN_OTHER_LANGUAGES, _OTHER_NAMES)
    for number, listed in enumerate(names)
    for name in listed.split(", ")
}


def language_of(markdown: str) -> HeadingLanguage:
    """Tell in which language the headings of finished notes are."""
    for language, names in HEADINGS.items():
        if markdown.startswith(f"## {names[0]}\n"):
            return language
    return HeadingLanguage.ENGLISH


def own(name: str) -> int | None:
    """Tell which section a folded name is the name of."""
    return _OWN.get(name)


def other(name: str) -> int | None:
    """Tell which section a folded name is another word for, in any of the languages."""
    return _OTHER.get(name)


def meaning(name: str) -> int | None:
    """Guess which section a folded name means, by the words in it."""
    known = own(name)
    known = other(name) if known is None else known
    if known is not None:
        return known
    return next((section for section, stem in _STEMS if stem.search(name)), None)
