"""Spanish words around secrets."""

from typing import Final

from bot.domain.safety.languages.language import Language

WORDS: Final = Language(
    stems=("contrase", "clave", "paso", "token", "secreto", "código"),
    passwords=(
        "contrase[ñn]as?(?: (?:temporal|inicial|provisional|nueva|actual|maestra|predeterminada))?",
        "contenido de la clave", "frase de contraseña", "palabra de paso",
        "clave[ -](?:de )?(?:la |del )?(?:wi-?fi|red|wpa2?)",
    ),
    keys=(
        "(?<!palabra )(?<![a-z])clave(?: (?:de |del |la )?(?:api|secreta|privada|acceso|recuperación|licencia"
        "|producto|activación|cifrado|usuario|administrador))?",
        "token de acceso", "secreto(?: de cliente)?",
    ),
    numbers=(
        "código[ -](?:pin|secreto|de acceso|de seguridad|de verificación|de desbloqueo|de la alarma|de la puerta|puk)",
    ),
    recovery=("códigos? de (?:recuperación|respaldo|emergencia)",),
    equals=("es", "era", "será", "sería"),
    names=(),
    adverbs=("ahora", "actualmente", "todavía", "la siguiente", "el siguiente"),
    about=("para", "de", "del", "de la", "en", "al"),
    change=("cambi\\w{1,5}", "actualic\\w{1,3}", "restablec\\w{1,4}", "pus[eo]", "modifi\\w{1,5}", "puesto"),
    changed=(),
    into=("a", "por", "en", "como"),
    role=("como",),
    beside=("y", "con", "la", "nueva"),
    entering=("con", "usa(?:r|ndo)?", "prueba", "intenta"),
    accounts=("credenciales", "acceso", "inicio de sesión"),
    asks=("(?:¿ ?)?cuál(?:es)? (?:es|era|son)", "(?:¿ ?)?cuál(?:es)?", "(?:¿ ?)?qué", "(?:¿ ?)?puedes?"),
    asks_for=(
        "da(?:me|r|nos)?", "env[ií]a\\w*", "comparte\\w*", "indica\\w*", "escrib\\w*", "tiene[sn]?", "conoces?",
        "sabes?", "introduc\\w*",
    ),
    otherwise=(
        "cuándo", "quién", "por qué", "dónde", "cómo", "después", "antes", "si", "error", "mensaje", "política",
        "longitud", "restableci\\w*", "caduc\\w*", "funciona", "cambió", "cambiado",
    ),
    negations=("no", "nunca", "ningun\\w*", "sin"),
    leads=(
        "es", "era", "la contraseña es", "creo que(?: es)?", "sí", "prueba(?: con)?", "aquí está", "aquí tienes",
        "debería ser", "será", "usamos", "claro",
    ),
    evades=(
        "no\\b", "ningun[ao]", "nunca", "desconocid[ao]", "la misma", "el mismo", "misma", "como antes", "ver\\b",
        "pregunt\\w*", "se (?:ha|restableci|cambi|olvid)", "olvidad[ao]",
        "es (?:la misma|el mismo|descono|incorrect)", "fue\\b", "está", "restablecid[ao]", "todavía no", "aún no",
    ),
    ordinary=frozenset(
        """
        incorrecta incorrecto caducada caducado olvidada olvidado obligatoria obligatorio desconocida desconocido
        válida inválida vacía nueva nuevo antigua misma mismo errónea cambiada cambiado restablecida bloqueada
        bloqueado el la los las un una de del y o pero no es son era para por en con sin que quien se ya está aquí ver
        pregunta usuario ninguna ninguno nunca siempre todavía requerida necesaria temporal provisional primaria
        primario impresora correcta correcto lo sé sabe antes sabemos compañero activa desactivada guardada enviada
        rechazada
        """.split()  # noqa: SIM905
    ),
    endings=("ada", "ado", "ida", "ido", "mente", "ción"),
)  # fmt: skip
