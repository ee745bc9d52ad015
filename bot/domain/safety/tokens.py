"""Secrets that are recognized by their own form: keys of clouds and services, private keys, addresses with a password.

A run of characters is possessive or begins only where such a run can begin: hostile input costs linear time.
"""

import re
from typing import Final

from bot.domain.safety.shapes import Shape, exact, shape
from bot.domain.safety.words import dense, is_code, is_key

TOKENS: Final = (
    exact("akia, asia", r"(?<![A-Z0-9])(?P<s>(?:AKIA|ASIA)[A-Z0-9]{16})(?![A-Z0-9])"),
    exact(
        "akia, asia",
        r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}[\s\"',;:/|]{1,8}(?P<s>(?=[a-zA-Z/+]{0,39}\d)[A-Za-z0-9/+]{40})",
        r"(?![A-Za-z0-9/+=])",
    ),
    exact("gh, github_pat", r"(?<!\w)(?P<s>gh[pousr]_\w{20,255}+|github_pat_\w{20,255}+)"),
    exact("glpat, gldt, glrt", r"(?<![\w-])(?P<s>(?:glpat|gldt|glrt)-[\w-]{16,200}+)"),
    exact("xox, xapp", r"(?<![\w-])(?P<s>xox[a-z]-[\w-]{10,300}+|xapp-[\w-]{10,300}+|xoxe\.[\w.-]{10,300}+)"),
    shape("hooks.slack", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<s>[\w/-]{10,200}+)"),
    shape("webhook.office", r"webhook\.office\.com/(?P<s>[\w/@-]{20,400}+)"),
    exact("_live_, _test_, whsec_", r"(?<!\w)(?P<s>(?:sk|rk|pk)_(?:live|test)_\w{8,250}+|whsec_[\w+/=]{16,200}+)"),
    exact("sk-", r"(?<![\w-])(?P<s>sk-(?=[\w-]{0,200}\d)[\w-]{20,250}+)"),
    exact("eyj", r"(?<![\w-])(?P<s>eyJ[\w-]{8,4000}+\.[\w-]{4,4000}+(?:\.[\w-]{0,4000}+)?)"),
    exact("aiza, gocspx", r"(?<![\w-])(?P<s>AIza[\w-]{35}|GOCSPX-[\w-]{20,60}+)"),
    exact("ya29, 1//0", r"(?<![\w-])(?P<s>ya29\.[\w-]{20,500}+|1//0[\w-]{30,200}+)"),
    exact("q~", r"(?<![\w~.-])(?P<s>[\w~.-]{3}\dQ~[\w~.-]{30,40})"),
    exact(
        "npm_, pypi-, dop_v1, sg., shpat, shpss, shpca, shppa, hf_, hvs., hvb., age-secret, xkeysib, atatt",
        r"(?<![\w-])(?P<s>npm_\w{30,60}+|pypi-AgE[\w-]{40,300}+|dop_v1_\w{40,80}+|hf_\w{30,60}+|hv[sb]\.[\w-]{20,200}+",
        r"|SG\.[\w-]{15,40}+\.[\w-]{15,60}+|shp(?:at|ss|ca|pa)_\w{24,64}+|AGE-SECRET-KEY-1\w{40,80}+",
        r"|xkeysib-[\w-]{40,120}+|ATATT3[\w=-]{40,300}+)",
    ),
    exact(":aa", r"(?<!\d)(?P<s>\d{8,10}:AA[\w-]{33})"),
    exact("$", r"(?<![\w$])(?P<s>\$(?:1|5|6|7|8|9|y|2[aby]|argon2id?)\$[\w./$=,+-]{16,200}+)"),
    shape(":::", r"(?<=:)(?P<s>[0-9a-f]{32}:[0-9a-f]{32})(?=:::)"),
    shape(
        "authorization",
        r"\b(?:proxy-)?authorization(?:\\{0,3}[\"'])?\s{0,3}[:=]\s{0,3}(?:\\{0,3}[\"'])?(?:[a-z]{3,12} )?",
        r"(?P<s>[^\s\"',\\]{8,4000}+)",
        accept=is_code,
    ),
    Shape(
        pattern=re.compile(r"\b(?:set-)?cookie2?(?:\\{0,3}[\"'])?\s{0,3}:\s{0,3}(?P<s>[^\n]{0,4000})", re.IGNORECASE),
        needles=("cookie",),
        each=re.compile(r"=(?P<s>[^\s;,=\"'\\]{12,4000})"),
        accept=is_key,
    ),
    shape(
        "bearer, basic", r"\b(?:bearer|basic)\s{1,3}(?P<s>(?=[^\s\d]{0,200}[\d=])[\w.~+/-]{16,4000}+={0,2}(?![\w=\"]))"
    ),
    shape("://", r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,100}:(?P<s>[^\s@/<>{}]{1,200})@"),
    shape("jdbc:oracle", r"jdbc:oracle:\w{1,8}:[\w$#]{1,64}/(?P<s>[^\s@/]{1,100})@"),
    shape(
        "?, &",
        r"[?&](?:sig|signature|access_token|refresh_token|id_token|api_?key|key|token|code|secret|client_secret|password|pwd)=",
        r"(?P<s>[^\s&#\"'<>]{8,2000}+)",
    ),
    shape("key", r"(?:account|shared|access)key\s{0,3}=\s{0,3}(?P<s>[\w+/=-]{16,200}+)"),
    exact("", r"(?<![\d-])(?P<s>\d{6}(?:[- ]\d{6}){7})(?![\d-])"),
    exact("-", r"(?<![\w-])(?P<s>(?=[A-Z-]{0,30}\d)(?=[\d-]{0,30}[A-Z])[A-Z\d]{5}(?:-[A-Z\d]{5}){4})(?![\w-])"),
    shape("@", r"(?<![\w/:.-])[a-z][\w.-]{1,40}:(?P<s>[^\s:@/]{4,100})@(?=[\w.-]{2})", accept=dense),
    shape("otpauth", r"otpauth://[^\s]{0,200}?secret=(?P<s>[a-z2-7]{8,200}+)"),
    exact("wifi:", r"WIFI:[^\s]{0,200}?[;:]P:(?P<s>(?:[^;\\\s]|\\.){1,100}+);"),
)
"""What needs no word beside it."""
