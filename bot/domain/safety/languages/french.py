"""French words around secrets."""

from typing import Final

from bot.domain.safety.languages.language import Language

WORDS: Final = Language(
    stems=("passe", "mdp", "phrase", "clé", "cle", "jeton", "code", "secret"),
    passwords=(
        "mots? de passe(?: (?:temporaire|provisoire|initial|actuel|par défaut|maître))?", "motdepasse",
        "contenu de la cl(?:é|e)", "(?<![a-z])mdp", "phrase (?:secrète|de passe)",
        "cl(?:é|e|ef)[ -](?:wi-?fi|wpa2?|réseau|du wi-?fi|de sécurité(?: réseau)?)",
    ),
    keys=(
        "cl(?:é|e|ef)[ -](?:d['’]api|api|secrète|privée|d['’]accès|de récupération|de licence|d['’]activation"
        "|de produit|de chiffrement)",
        "jeton(?: d['’]accès)?", "secret client",
    ),
    numbers=(
        "code[ -](?:pin|secret|d['’]accès|de sécurité|de déverrouillage|de vérification|de l['’]alarme"
        "|de la porte|puk)",
    ),
    recovery=("codes? de (?:secours|récupération)",),
    equals=("est", "était", "sera", "c['’]est", "devient"),
    names=(),
    adverbs=("maintenant", "désormais", "toujours", "actuellement", "encore", "le suivant"),
    about=("pour", "de", "du", "des", "de la", "sur", "d['’]", "au"),
    change=("chang\\w{1,5}", "modifi\\w{1,5}", "réinitialis\\w{1,5}", "mis", "remplac\\w{1,5}"),
    changed=(),
    into=("en", "à", "par", "pour"),
    role=("comme",),
    beside=("et", "avec", "le", "nouveau"),
    entering=("avec", "utilise[rz]?", "essaie", "essayez", "tape[rz]?"),
    accounts=("identifiants?", "connexion", "accès"),
    asks=("quel(?:le)?s? (?:est|était|sont)", "quel(?:le)?s?", "c['’]est quoi", "peux-tu", "pouvez-vous"),
    asks_for=(
        "donne[rz]?", "envoye[rz]?", "envoie", "communique[rz]?", "indique[rz]?", "saisi\\w*", "avez", "connaissez",
        "as",
    ),
    otherwise=(
        "quand", "qui", "pourquoi", "où", "comment", "après", "avant", "si", "erreur", "message", "politique",
        "longueur", "réinitialis\\w*", "expir\\w*", "fonctionne", "changé",
    ),
    negations=("pas", "jamais", "aucun\\w*", "sans"),
    leads=(
        "c['’]est", "il est", "elle est", "le voici", "voici", "je crois(?: que c['’]est)?", "oui", "essaie",
        "essayez", "normalement", "sûrement", "ce sera", "c['’]était", "est", "on utilise",
    ),
    evades=(
        "je (?:ne|n['’]|sais)", "aucune?", "non\\b", "pas\\b", "inconnue?", "jamais", "il a été", "le même",
        "la même", "comme avant", "voir", "demande\\w*", "il n", "elle n", "oublié", "c['’]est (?:le|la) même",
        "il est (?:dans|sur|inconnu|le même)", "réinitialisé", "on ne",
    ),
    ordinary=frozenset(
        """
        incorrect incorrecte expiré expirée oublié oubliée obligatoire requis requise inconnu inconnue invalide valide
        vide nouveau nouvelle ancien ancienne même erroné faux bon bonne perdu perdue changé modifié réinitialisé
        bloqué verrouillé le la les un une de des du et ou mais pas est sont était pour par sur dans avec sans que qui
        il elle je nous vous on ne non oui aucun aucune jamais toujours encore déjà ici là voir demandé demander
        utilisateur désactivé activé nécessaire temporaire provisoire service compte sais idée avant collègue coffre
        changement correct correcte refusé accepté stocké enregistré envoyé
        """.split()  # noqa: SIM905
    ),
    endings=("é", "ée", "és", "ement"),
)  # fmt: skip
