"""The languages that a workspace can choose, by the names that people give them."""

import unicodedata
from typing import Final

_LANGUAGES: Final = (
    # The name in English, then the code, the name that its speakers use, and other names.
    "Afrikaans, af; Albanian, sq, shqip; Arabic, ar, العربية; Armenian, hy, հայերեն; Azerbaijani, az, azərbaycanca; "
    "Basque, eu, euskara; Belarusian, be, беларуская; Bengali, bn, বাংলা; Bosnian, bs, bosanski; "
    "Bulgarian, bg, български; Burmese, my, မြန်မာ; Catalan, ca, català; Chinese, zh, 中文, mandarin, 汉语; "
    "Simplified Chinese, zh cn, 简体中文; Traditional Chinese, zh tw, 繁體中文; Croatian, hr, hrvatski; "
    "Czech, cs, čeština, česky; Danish, da, dansk; Dutch, nl, nederlands, flemish, vlaams; "
    "English, en, british english, american english, en us, en gb; Estonian, et, eesti; Finnish, fi, suomi; "
    "French, fr, français; Galician, gl, galego; Georgian, ka, ქართული; German, de, deutsch; "
    "Swiss German, de ch, schweizerdeutsch; Greek, el, ελληνικά; Gujarati, gu, ગુજરાતી; Hebrew, he, עברית; "
    "Hindi, hi, हिन्दी; Hungarian, hu, magyar; Icelandic, is, íslenska; Indonesian, id, bahasa indonesia; "
    "Irish, ga, gaeilge; Italian, it, italiano; Japanese, ja, 日本語; Kannada, kn, ಕನ್ನಡ; Kazakh, kk, қазақша; "
    "Khmer, km, ខ្មែរ; Korean, ko, 한국어; Lao, lo, ລາວ; Latvian, lv, latviešu; Lithuanian, lt, lietuvių; "
    "Luxembourgish, lb, lëtzebuergesch; Macedonian, mk, македонски; Malay, ms, bahasa melayu; "
    "Malayalam, ml, മലയാളം; Maltese, mt, malti; Marathi, mr, मराठी; Mongolian, mn, монгол; Nepali, ne, नेपाली; "
    "Norwegian, no, norsk, bokmål, nb, nynorsk, nn; Persian, fa, فارسی, farsi; Polish, pl, polski; "
    "Portuguese, pt, português; Brazilian Portuguese, pt br, português brasileiro; Punjabi, pa, ਪੰਜਾਬੀ; "
    "Romanian, ro, română; Russian, ru, русский; Serbian, sr, српски, srpski; Sinhala, si, සිංහල; "
    "Slovak, sk, slovenčina; Slovenian, sl, slovenščina, slovene; Somali, so, soomaali; Spanish, es, español, "
    "castellano; Swahili, sw, kiswahili; Swedish, sv, svenska; Tagalog, tl, filipino, fil; Tamil, ta, தமிழ்; "
    "Telugu, te, తెలుగు; Thai, th, ไทย; Turkish, tr, türkçe; Ukrainian, uk, українська; Urdu, ur, اردو; "
    "Uzbek, uz, oʻzbekcha; Vietnamese, vi, tiếng việt; Welsh, cy, cymraeg; Zulu, zu, isizulu"
)


def _folded(name: str) -> str:
    """Bring a name into the form in which names are compared: no case, accents or marks."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return " ".join(
        "".join(c for c in plain if not unicodedata.combining(c)).replace("-", " ").replace("_", " ").split()
    )


_BY_NAME: Final = {
    _folded(name): names.split(", ")[0] for names in _LANGUAGES.split("; ") for name in names.split(", ")
}


def language_named(typed: str) -> str | None:
    """Return the English name of a language that somebody has typed. It is None for one that nobody has."""
    return _BY_NAME.get(_folded(typed))
