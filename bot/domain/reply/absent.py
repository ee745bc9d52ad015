"""Words with which a model says that there is nothing, where it should have left something out."""

from typing import Final

_EDGE: Final = " \t\n\"'`*_.,;:()[]{}<>-–—…/\\"
_NOTHING: Final = frozenset(
    (
        "",
        *("null", "none", "nil", "nan", "undefined", "na", "n/a", "n.a", "n / a", "n.v", "k.a", "k. a"),
        *("empty", "blank", "nothing", "not applicable", "not available", "not needed", "not required"),
        *("none needed", "none required", "none provided", "none available", "none yet", "no command"),
        *("no command needed", "no command required", "no title", "no summary", "no change", "unchanged"),
        *("keine", "keiner", "keines", "kein", "entfällt", "nicht zutreffend", "nicht verfügbar", "nichts"),
        *("aucun", "aucune", "néant", "sans objet", "non applicable", "s.o", "rien"),
        *("ninguno", "ninguna", "no aplica", "nada", "nessuno", "nessuna", "niente", "nenhum", "nenhuma"),
        *("geen", "niet van toepassing", "brak", "нет", "なし", "無し", "該当なし", "特になし", "无", "無", "없음"),
    )
)


def absent(text: str) -> bool:
    """Tell whether a text says only that there is none, whatever its case and the punctuation around it."""
    return " ".join(text.split()).strip(_EDGE).casefold() in _NOTHING
