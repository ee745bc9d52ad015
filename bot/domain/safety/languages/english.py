"""English words around secrets, and the names that configuration uses whatever language people speak."""

from typing import Final

from bot.domain.safety.languages.language import Language

WORDS: Final = Language(
    stems=(
        "pass", "pwd", "pword", "pw", "psk", "key", "secret", "token", "code", "community", "material", "pin", "otp",
    ),
    passwords=(
        "pass[ _-]?words?", "pass[ _-]?wds?", "pass ?phrases?", "pass[ _-]?codes?", "pwd", "pword",
        "community(?: string)?", "key content", "key ?material", "(?:wi-?fi|wlan|wpa[23]?|pre-?shared)[ _-]?key",
        "psk(?:secret)?", "(?<![a-z])(?:pw|pass)", "(?<![a-z])(?:bind|root|admin|user|temp)pw",
    ),
    keys=(
        "(?:api|access|secret|private|client|account|licen[cs]e|product|storage|encryption|ssh|shared|wireless"
        "|network|security|recovery|signing|master|admin|service|integration|subscription|functions|activation"
        "|host)[ _-]?(?:key|secret)(?:[ _-]?base)?",
        "secrets?",
        "(?<!publickey)(?<!public key )(?<!page)(?<!error)(?<!request)(?<!skip)(?<!sync)(?<!delta)(?<!change)"
        "(?<!continuation)(?<!cancellation)token",
    ),
    numbers=(
        "(?<![a-z])pin(?:[ -]?(?:code|number))?", "(?<![a-z])t?otp(?! (?:19|20)\\d\\d\\b)",
        "(?<![a-z])(?:mfa|2fa|otp|totp|one[- ]time|verification|security|sms|sign-in|authenticator|unlock|door"
        "|alarm|access|entry|gate|voicemail|safe) (?:pass)?(?:code|pin|password)",
    ),
    recovery=("(?:recovery|backup|scratch|bypass|emergency)[ -]?codes?",),
    equals=("used to be", "is", "was", "are", "should be", "will be", "becomes?"),
    names=("is", "was"),
    adverbs=("now", "currently", "still", "set to", "just", "again", "as follows"),
    about=("you", "i", "we", "she", "he", "they", "for", "of", "on", "from", "to the", "to our", "in", "at"),
    change=("(?:re)?set", "(?:re)?setting", "changed?", "changing", "updated?", "gave", "made"),
    changed=(),
    into=("to", "as"),
    role=("as",),
    beside=("and", "with", "the", "temp(?:orary)?", "new", "initial"),
    entering=("use[sd]?", "using", "try", "tried", "with", "type[sd]?", "enter(?:s|ed)?", "log(?:ged|ging)? ?[io]n"),
    accounts=("creds?", "credentials?", "log ?in", "log ?on", "sign ?in", "admin account"),
    asks=("what(?:['’]?s|['’]re| is| are| was| were| should| will| would)?", "which", "whats"),
    asks_for=(
        "give", "tell", "send", "share", "provide", "enter", "type", "post", "paste", "write", "name", "confirm",
        "have", "know", "got", "need", "remember",
    ),
    otherwise=(
        "when", "who", "why", "where", "how", "after", "before", "if", "whether", "while", "error", "message",
        "policy", "length", "rules?", "requirements?", "manager", "happens?", "expir\\w*", "reset", "status",
        "prompts?", "method", "id", "hint", "type", "works?", "changed", "asks?", "asking", "page",
        "history", "age", "sync", "protection", "wrong",
    ),
    negations=("not", "never", "don['’]?t", "no", "without", "instead"),
    leads=(
        "it['’]?s", "it is", "it was", "it should be", "that['’]?s", "that is", "this is", "should be", "must be",
        "i think(?: it['’]?s)?", "i believe(?: it['’]?s)?", "probably", "maybe", "try", "use",
        "here(?: it is| you go)?", "sure", "yes", "yep", "ok", "okay", "of course", "still", "now", "currently",
        "we use", "we have", "is", "they use", "she uses", "he uses", "she said", "he said", "user says",
        "i set it to", "it reads", "i have", "set to", "changed to", "answer", "the user said",
    ),
    evades=(
        "i (?:don['’]?t|do not|can['’]?t|cannot|haven['’]?t|won['’]?t|am not|have no)", "i['’]m not", "no\\b",
        "not\\b", "none", "never", "nobody", "don['’]?t", "dunno", "idk", "unknown", "unsure", "n/?a\\b",
        "it (?:was|is|has been) (?:re|un|not|never|the same|still the|on|in|stored|kept|set (?:by|in|on)|only|too"
        "|case)",
        "same", "see\\b", "ask\\b", "she (?:does|has|can|will)", "he (?:does|has|can|will)",
        "they (?:do|have|can|will)", "we (?:don|do not|can|reset|have no|never)", "the user (?:does|has|can)",
        "user (?:does|has|can|will|forgot)", "already", "will", "forgot", "reset", "there is", "there isn", "stored",
        "in (?:the|our|my|keepass|1password|bitwarden|itglue|hudu)",
    ),
    ordinary=frozenset(
        """
        able about access accurate active admin after again age all allowed already also always an and any are as ask
        asked at available bad be because been before being below blank both broken but by cached can cannot case
        change changes characters clear code complexity compliant compromised correct credential credentials current
        currently default details did different disabled does done down due either email empty enabled enforced entry
        error errors even ever every expiration expire expired expires expiry failed failure false field forgot fields
        fine first for forgotten free from gone good granted had hard has have he her hers here him his history how if
        in incorrect instead invalid is issue issues it its just known kept last later length like local locked
        lockout login logins long lost mandatory manager manual masked maybe me mine mismatch missing more must my
        needed neither never new next no none nor normal not nothing now null off often ok okay old on once only open
        optional or original other our ours outlook over own page pending per permanent persistent please policies
        policy possible present private problem problems prompt prompts protected protection provided public questions
        ready recent reset resets required right rules safe same saved secret secure security see sent set she shared
        short should sign simple since so some something somewhere soon stale still stored strength strong stuck such
        sync temporary than that the their them then there these they this those through till to today together token
        tokens tomorrow too true twice unable unavailable unchanged under unique unknown unlocked unset until up
        update updates upon us used user username users valid value vault very visible was way weak well were what
        when where which who why will with within without work works would write wrong yes yesterday yet you your
        yours absent password passwords passphrase passcode pin key keys keep hidden redacted removed hash hashed
        plaintext string int integer bool boolean object undefined nil void text varchar nvarchar char input name
        names type file env secretref negotiate kerberos ntlm basic bearer digest machine internal external windows
        office teams vpn intune entra azure keepass lastpass bitwarden dashlane itglue hudu passportal keeper onenote
        sharepoint keychain keyvault edge chrome firefox exchange onedrive authenticator helpdesk documentation notes
        note mail phone department group groups account accounts server device host hello sure think know idea sorry
        ticket sticker printer colleague team we i a nobody anyone someone everybody contains probably
        """.split()  # noqa: SIM905
    ),
    endings=("ed", "ing", "ly", "able", "ible", "ory", "less", "ation", "ment", "ness", "n't", "n’t"),
)  # fmt: skip
