"""The shapes in which secrets appear in a service desk's texts: tokens, commands, and plain sentences.

Every gap is bounded, and a run of characters is possessive or begins only where such a run can begin: hostile input
costs linear time.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.domain.safety.words import is_code, is_seed, looks_secret, loud, strong, unusual

REMOVED: Final = "[removed]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A pattern whose group `s` is a secret, unless `accept` says otherwise."""

    pattern: re.Pattern[str]
    needles: tuple[str, ...]
    """The pattern is only tried on texts with one of these, in lower case."""
    accept: Callable[[str], bool] | None = None
    each: re.Pattern[str] | None = None
    """When set, group `s` is a region, and group `s` of every match of this pattern in it is a secret."""


def _exact(needles: str, *pattern: str) -> Shape:
    return Shape(pattern=re.compile("".join(pattern)), needles=tuple(needles.split(", ")))


def _shape(needles: str, *pattern: str, accept: Callable[[str], bool] | None = None) -> Shape:
    compiled = re.compile("".join(pattern), re.IGNORECASE)
    return Shape(pattern=compiled, needles=tuple(needles.split(", ")), accept=accept)


TOKENS: Final = (
    _exact(
        "private key",
        r"(?P<s>-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----",
        r"(?:(?:(?!-----)[\s\S]){0,20000}+-----END [A-Z0-9 ]{0,60}-----|(?:\s{0,4}[A-Za-z0-9+/=]{24,200}+){0,400}+))",
    ),
    _exact("akia, asia", r"(?<![A-Z0-9])(?P<s>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Z0-9])"),
    _exact("gh, github_pat", r"(?<!\w)(?P<s>gh[pousr]_\w{20,255}+|github_pat_\w{20,255}+)"),
    _exact("glpat, gldt, glrt", r"(?<![\w-])(?P<s>(?:glpat|gldt|glrt)-[\w-]{16,200}+)"),
    _exact("xox, xapp", r"(?<![\w-])(?P<s>xox[a-z]-[\w-]{10,300}+|xapp-[\w-]{10,300}+|xoxe\.[\w.-]{10,300}+)"),
    _shape("hooks.slack", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[\w/-]{10,200}+)"),
    _shape("webhook.office", r"webhook\.office\.com/(?P<s>[\w/@-]{20,400}+)"),
    _exact("_live_, _test_, whsec_", r"(?<!\w)(?P<s>(?:sk|rk|pk)_(?:live|test)_\w{8,250}+|whsec_[\w+/=]{16,200}+)"),
    _exact("sk-", r"(?<![\w-])(?P<s>sk-(?=[\w-]{0,200}\d)[\w-]{20,250}+)"),
    _exact("eyj", r"(?<![\w-])(?P<s>eyJ[\w-]{8,4000}+\.[\w-]{4,4000}+(?:\.[\w-]{0,4000}+)?)"),
    _exact("aiza, gocspx", r"(?<![\w-])(?P<s>AIza[\w-]{35}|GOCSPX-[\w-]{20,60}+)"),
    _exact("ya29, 1//0", r"(?<![\w-])(?P<s>ya29\.[\w-]{20,500}+|1//0[\w-]{30,200}+)"),
    _exact("q~", r"(?<![\w~.-])(?P<s>[\w~.-]{3}\dQ~[\w~.-]{30,40})"),
    _exact(
        "npm_, pypi-, dop_v1, sg., shpat, shpss, shpca, shppa, hf_, hvs., hvb., age-secret, xkeysib, atatt",
        r"(?<![\w-])(?P<s>npm_\w{30,60}+|pypi-AgE[\w-]{40,300}+|dop_v1_\w{40,80}+|hf_\w{30,60}+|hv[sb]\.[\w-]{20,200}+",
        r"|SG\.[\w-]{15,40}+\.[\w-]{15,60}+|shp(?:at|ss|ca|pa)_\w{24,64}+|AGE-SECRET-KEY-1\w{40,80}+",
        r"|xkeysib-[\w-]{40,120}+|ATATT3[\w=-]{40,300}+)",
    ),
    _exact(":aa", r"(?<!\d)(?P<s>\d{8,10}:AA[\w-]{33})"),
    _shape(
        "authorization",
        r"\bauthorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:[a-z]{3,12} )?(?P<s>[^\s\"',]{8,4000}+)",
        accept=is_code,
    ),
    _shape("bearer, basic", r"\b(?:bearer|basic)\s{1,3}(?P<s>(?=[^\s\d]{0,200}[\d=])[\w.~+/=-]{16,4000}+)"),
    _shape("://", r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,100}:(?P<s>[^\s@/]{1,200})@"),
    _shape(
        "?, &",
        r"[?&](?:sig|signature|access_token|api_?key|key|token|code|secret|password)=(?P<s>[^\s&#\"'<>]{8,2000}+)",
    ),
    _shape("key", r"(?:account|shared|access)key\s{0,3}=\s{0,3}(?P<s>[\w+/=-]{16,200}+)"),
    _exact("-,  ", r"(?<![\d-])(?P<s>\d{6}(?:[- ]\d{6}){7})(?![\d-])"),
    _shape("otpauth", r"otpauth://[^\s]{0,200}?secret=(?P<s>[a-z2-7]{8,200}+)"),
)
"""Secrets that are recognized by their own form."""

_ARG: Final = r"""(?P<s>"[^"\n]{1,200}"|'[^'\n]{1,200}'|[^\s"'$%(<|;&-][^\s"'|;]{0,199})"""
_GAP: Final = r"(?:[ \t]{1,3}[^\s|]{1,200}+){0,40}?"
"""The arguments in between."""
_NET_USER: Final = r"\bnet1?(?:\.exe)?\s{1,5}user\s{1,5}(?:\"[^\"\n]{1,64}\"|[^\s\"/]{1,64})\s{1,5}"

COMMANDS: Final = (
    _shape(
        "net",
        _NET_USER,
        r"(?P<s>\"[^\"\n]{1,200}\"|[^\s\"/*][^\s\"]{3,199})(?=\s{1,5}/|\s{0,5}\Z|[ \t]{0,5}[\n`])",
        accept=unusual,
    ),
    _shape("net", _NET_USER, r"(?P<s>\"[^\"\n]{1,200}\"|[^\s\"/*][^\s\"]{3,199})", accept=looks_secret),
    _shape(
        "net",
        r"\bnet1?(?:\.exe)?\s{1,5}use",
        _GAP,
        r"\s\"?\\\\[^\s\"]{1,200}\"?\s{1,5}(?P<s>[^\s/*\"][^\s\"]{3,199})",
        accept=unusual,
    ),
    _shape(
        "net",
        r"\bnet1?(?:\.exe)?\s{1,5}use",
        _GAP,
        r"\s/u(?:ser)?:\S{1,100}\s{1,5}",
        _ARG,
        accept=looks_secret,
    ),
    _shape("sqlcmd, osql, bcp, isql", r"\b(?:sqlcmd|osql|bcp|isql)\b", _GAP, r"\s(?-i:-P)\s{0,3}", _ARG),
    _shape(
        "curl, wget, http",
        r"\b(?:curl|wget|http)\b",
        _GAP,
        r"\s(?:-u|--user|--proxy-user)[\s=]{0,3}[\"']?[^\s:\"']{1,100}:(?P<s>[^\s\"']{1,200})",
    ),
    _shape(
        "mysql, mariadb",
        r"\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)\b",
        _GAP,
        r"\s(?-i:-p)(?P<s>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}'|[^\s\"'$%][^\s\"']{0,199})",
    ),
    _shape(
        "sshpass, psexec, docker, podman, helm, mongo, az login, winrs",
        r"\b(?:sshpass|psexec(?:64)?|(?:docker|podman|helm registry) login|mongo(?:sh|dump|restore)?|az login|winrs)\b",
        _GAP,
        r"\s-p[\s:=]{0,3}",
        _ARG,
        accept=unusual,
    ),
    _shape("plink, pscp, psftp, putty", r"\b(?:plink|pscp|psftp|putty)\b", _GAP, r"\s-pw\s{1,3}", _ARG),
    _shape("redis-cli", r"\bredis-cli\b", _GAP, r"\s(?:-a|--pass)\s{1,3}", _ARG),
    _shape("ldap", r"\bldap(?:search|modify|add|whoami|passwd)\b", _GAP, r"\s-w\s{0,3}", _ARG),
    _shape("%", r"\b(?:smbclient|rpcclient|net rpc|smbmap)\b", _GAP, r"\s-U\s{0,3}[^\s%]{1,100}%(?P<s>\S{1,200})"),
    _shape("zip, 7z, rar", r"\b(?:unzip|7z|7za|zip|rar)\b", _GAP, r"\s-p\s?(?P<s>[^\s-]\S{3,99})", accept=looks_secret),
    _shape("rdp, rdesktop", r"\b(?:[xw]freerdp|rdesktop)\b", _GAP, r"\s[/-]p:?\s?", _ARG),
    _shape("snmp", r"\bsnmp(?:walk|get|bulkwalk|set|getnext|table)\b", _GAP, r"\s-(?:c|A|X)\s{0,3}", _ARG),
    _shape("snmp-server", r"\bsnmp-server\s{1,5}community\s{1,5}(?P<s>\S{1,100})"),
    _shape(
        "enable , username ",
        r"\b(?:enable|username \S{1,64}(?: privilege \d{1,2})?)\s{1,3}(?:algorithm-type \S{1,20} )?(?:secret|password)",
        r"\s{1,3}(?:\d\s{1,3})?(?P<s>\S{4,200})",
        accept=unusual,
    ),
    _shape(
        "isakmp, pre-shared-key, wpa-psk, -server, key-string",
        r"\b(?:isakmp key|(?:tacacs|radius)-server key|key-string|wpa-psk (?:ascii|hex)",
        r"|pre-shared-key(?: (?:local|remote|ascii-text|hexadecimal|address \S{1,60} key)){0,2})",
        r"\s{1,3}(?:\d\s{1,3})?[\"']?(?P<s>[^\s\"']{4,200})",
        accept=unusual,
    ),
    _shape(
        "pass, pwd, secret, token, key, /rp, -rp",
        r"(?<![\w/-])(?:--?|/)(?:(?:admin-?|account)?password|passwd|passphrase|pwd|pass|rp|(?:client-?)?secret|token",
        r"|api-?key)(?:[=:]\s{0,2}|\s{1,3})",
        _ARG,
        accept=unusual,
    ),
    _shape(
        "convertto-securestring",
        r"\bconvertto-securestring\s{1,5}(?:-(?:string|asplaintext|force)\s{1,5}){0,3}",
        _ARG,
    ),
    _shape(
        "convertto-securestring",
        r"(?P<s>\"[^\"\n]{1,200}\"|'[^'\n]{1,200}')\s{0,3}\|\s{0,3}convertto-securestring",
    ),
    _shape(
        "pgpass, mysql_pwd, sshpass, rclone_pass, rediscli_auth",
        r"\b(?:pgpassword|mysql_pwd|sshpass|pgpass|rclone_pass|rediscli_auth)\s{0,2}=\s{0,2}",
        _ARG,
    ),
    _shape(
        "echo",
        r"\becho\s{1,3}[\"']?(?P<s>[^\s\"'|][^\n\"'|]{0,100}?)[\"']?\s{0,3}\|\s{0,3}",
        r"(?:sudo\s{1,3}(?:-S\b|passwd|chpasswd)|passwd|chpasswd|docker login)",
    ),
    _shape("pass:", r"-pass(?:in|out)\s{1,3}pass:(?P<s>\S{1,200})"),
)
"""Secrets that stand where a command takes one."""

_VALUE: Final = (
    r"""(?P<s>"[^"\n]{1,200}"|'[^'\n]{1,200}'|`[^`\n]{1,200}`|“[^”\n]{1,200}”|„[^“\n]{1,200}“"""
    r"""|‘[^’\n]{1,200}’|[^\s"'`“”„‘’]\S{0,199})"""
)
_WORD: Final = r"(?P<s>[a-zäöüß]{4,40})(?=[.,;!)\"'*]{0,3}(?:\s{0,3}\Z|[ \t]{0,3}\n|[.,;!][ \t]))"
"""One plain word at the end of a clause."""
_KEY: Final = (
    r"(?:pass ?words?|passwd|pass ?phrase|pass ?code|passwort|kennwort|zugangscode|pwd|pword|secrets?"
    r"|(?:api|access|private|public|secret|client|account|license|storage|encryption|ssh|shared|pre-?shared"
    r"|wi-?fi|wlan|wpa[23]?|wireless|network)[ _-]?(?:key|secret|code|schlüssel)|netzwerkschlüssel"
    r"|token|community(?: string)?|key content|(?<![a-z])(?:pw|psk|pin|pass|pin[ -]code|creds?|credentials))"
    r"(?:[ _-]?(?:\d|value|text|hash|key))?(?![a-z])"
)
_SPOKEN: Final = (
    r"(?:pass ?words?|passwd|pass ?phrase|pass ?code|passwort|kennwort|pwd|pword|community string"
    r"|(?:wi-?fi|wlan|wpa[23]?|pre-?shared)[ _-]?key|(?<![a-z])(?:pw|psk|pass))(?![a-z])"
)
"""What may be followed by a secret that is a plain word."""
_ABOUT: Final = r"(?:[ \t]{1,3}(?:for|of|on|from|to the|für|von|zum)(?:[ \t]{1,3}[^\s:=]{1,40}+){1,6}?)?"
_EDGE: Final = r"[\"'*_`)\]>]{0,4}[ \t]{0,20}"
_LABEL: Final = _EDGE + r"(?::=|=>|->|→|[:=])[ \t]{0,20}[*_]{0,3}[ \t]{0,3}"
_VERB: Final = (
    r"(?:['’]s|"
    + _EDGE
    + r"\b(?:is|was|are|ist|lautet|war)\b)(?:\s{1,3}(?:now|currently|still|set to|just|again|jetzt))?[ \t:]{1,10}"
)
_NEEDLES: Final = "pass, kennwort, pwd, pw, secret, key, code, token, community, content, psk, pin, cred, schlüssel"

SENTENCES: Final = (
    _shape(_NEEDLES, _KEY, _ABOUT, "(?:", _LABEL, "|", _VERB, ")", _VALUE, accept=looks_secret),
    _shape(_NEEDLES, _SPOKEN, _ABOUT, "(?:", _LABEL, "|", _VERB, ")", _WORD, accept=unusual),
    _shape(_NEEDLES, _KEY, r"[*_]{0,3}:[*_]{0,3}[ \t]{0,5}\n[ \t>]{0,5}", _VALUE, accept=strong),
    _shape(
        _NEEDLES,
        r"\b(?:re)?(?:set|changed?|updated?|gave|setze|ändere)\b(?: [^\s.]{1,30}+){0,5}? ",
        _SPOKEN,
        r"(?: [^\s.:=]{1,30}+){0,5}? (?:to|as|auf)\s{1,3}",
        _VALUE,
        accept=looks_secret,
    ),
    _shape(
        "pass, pw, kennwort, psk",
        r"(?<![a-z])(?:pass ?word|passwd|pwd|pw|pass|passwort|kennwort|pass ?phrase|pass ?code|psk)\s{1,3}",
        _VALUE,
        accept=strong,
    ),
    _shape(
        "pass, pw, kennwort, psk",
        r"\b(?:and|with|the|und|mit|das) (?:pass ?word|passwd|pwd|pw|passwort|kennwort|pass ?phrase|psk)\s{1,3}",
        _VALUE,
        accept=looks_secret,
    ),
    _shape(
        "pass, pw",
        r"(?<![^\s\"'`(])(?P<s>[^\s\"'`]{4,60}+) as (?:[a-z]{1,12} ){0,3}(?:password|passphrase|passcode|pw|pass)\b",
        accept=strong,
    ),
    _shape(
        "!, @, #, $, %, ^, &, *",
        r"(?<![^\s\"'`(])(?P<s>[\w!@#$%^&*.~-]{8,40}+)(?=[\"'`),;:?]{0,3}(?:\s|\Z))",
        accept=loud,
    ),
    _shape("/", r"\b(?:try|use|using|versuch)\s{1,3}[a-z][\w.@\\-]{1,63}\s?/\s?", _VALUE, accept=strong),
    _shape(
        "cred, log, sign, admin, zugang",
        r"(?<![a-z])(?:creds?|credentials?|log ?in|log ?on|sign ?in|admin account|zugangsdaten)\b",
        r"[^\n/|]{0,40}?(?<![\w.@\\-])[a-z][\w.@\\-]{1,63}\s{0,2}[/:|,]\s{0,2}",
        _VALUE,
        accept=strong,
    ),
    _shape(
        "code, pin, password",
        r"(?<![a-z])(?:mfa|2fa|otp|totp|one[- ]time|verification|security|sms|sign-in|authenticator|unlock|door|alarm)",
        r" (?:pass)?(?:code|pin|password)\b",
        _ABOUT,
        r"(?:",
        _LABEL,
        "|",
        _VERB,
        r"|\s{1,3})(?P<s>\d{4,8}(?!\d))",
    ),
    _shape(
        "secret, seed, key",
        r"(?<![a-z])(?:totp|otp|2fa|mfa|authenticator|setup)\b[^\n]{0,60}?\b(?:secret|seed|key)\b[^\na-z2-7]{0,10}",
        r"(?:is |was )?(?P<s>[a-z2-7]{16,64}|[a-z2-7]{4}(?:[ -][a-z2-7]{4}){3,15})(?![a-z0-9])",
        accept=is_seed,
    ),
    Shape(
        pattern=re.compile(
            r"(?:recovery|backup|scratch|bypass|emergency|wiederherstellungs)[ -]?codes?\b"
            r"(?P<s>[^\n]{0,200}(?:\n[^\n]{0,80}){0,16})",
            re.IGNORECASE,
        ),
        needles=("code",),
        each=re.compile(
            r"(?<![\w.:/-])(?=[A-Za-z0-9-]{0,40}\d)(?P<s>[A-Za-z0-9]{4,12}(?:-[A-Za-z0-9]{3,12}){1,5}"
            r"|(?=\d{0,11}[A-Za-z])[A-Za-z0-9]{8,16}|\d{8,12}|\d{4} \d{4})(?![\w:-]|\.\w)"
        ),
        accept=is_code,
    ),
)
"""Secrets that somebody mentions."""
