import re
import time
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.domain.safety import blank, cleaned, escape, escape_code, inert, redact

MARKED = [
    "The password is «Summer2024!»",
    "pw: «hunter»",
    "password: «Tr0ub4dor&3»",
    "Passwort lautet «Sommer2024»",
    "Kennwort: «geheim99»",
    "The PIN is «4711»",
    "I reset the password to «Welcome123!» for her",
    "wifi password for the guest network is «BlueSky2023»",
    "WLAN-Schlüssel: «83749283749283»",
    "net user jdoe «P@ssw0rd1» /add",
    "net user jdoe «Sommer2024»",
    'sqlcmd -S srv01 -U sa -P «Secret123» -Q "select 1"',
    "curl -u admin:«hunter2» https://api.example.com",
    "mysql -u root -p«hunter2» db",
    "mysqldump --password=«abc12345» db",
    "sshpass -p '«geheim»' ssh root@10.0.0.1",
    'ConvertTo-SecureString "«Winter2023!»" -AsPlainText -Force',
    "$p = '«Winter2023!»' | ConvertTo-SecureString -AsPlainText -Force",
    "«AKIA¦IOSFODNN7EXAMPLE»",
    "aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
    "«ghp_¦abcdefghijklmnopqrstuvwxyz0123456789»",
    "«xoxb-¦123456789012-abcdefghij»",
    "«sk_¦live_abcdefghijklmnop»",
    "«eyJ¦hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U»",
    "Server=tcp:db;Database=x;User ID=sa;Password=«Abc$1234»;",
    "postgresql://user:«s3cr3t»@db.example.com/app",
    "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=«abcdefghijklmnopqrstuvwxyz0123456789==»;",
    "snmp-server community «N0tPublic» RO",
    "SNMP community string is «mon1tor»",
    "snmpwalk -v2c -c «secretcomm» 10.0.0.1",
    "«111111-222222-333333-444444-555555-666666-777777-888888»",
    "TOTP secret: «JBSWY3DPEHPK3PXP»",
    "otpauth://totp/x?secret=«JBSWY3DPEHPK3PXP&issuer=y»",
    "Recovery codes: «a1b2c-d3e4f», «9f8e7-6d5c4»",
    "plink -ssh host -l root -pw «hunter2» ls",
    "creds: admin / «Passw0rd!»",
    "login bob/«Summer2024!»",
    "MFA code is «123456»",
    "ConnectWise private key: «a8Bc9dEf0GhI1jKl»",
    "API key = «1234567890abcdef»",
    "Authorization: Bearer «abcdef1234567890abcdef»",
    "net use Z: \\\\srv\\share «Passw0rd» /user:corp\\bob",
    "cmdkey /add:srv /user:bob /pass:«Hunter2»",
    "PGPASSWORD=«abc» psql -h db",
    "crypto isakmp key «SuperKey99» address 1.2.3.4",
    "user: bob pass: «x9y8z7»",
    "Key Content            : «MyHomeWifi1»",
    "her password was «kitten».",
    "psexec \\\\pc1 -u admin -p «Welcome1» cmd",
    'New-LocalUser bob -Password "«abc def»"',
    "**Password:** «Zebra77»",
    "pass is «Monkey12», user is bob",
    "password for svc_backup is «B4ckup!2020»",
    "client_secret=«abc8Q~abcdefghijklmnopqrstuvwxyz0123456789»",
    "«-----BEGIN ¦RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----»",
    "the local admin pw is «ChangeMe»",
    "Login with user admin and password «admin123»",
    "try admin/«Admin@2022»",
    "he uses the password '«letmein»'",
    "vpn psk = «j8sdf7sdf»",
    "echo '«root:abc123»' | chpasswd",
    "enable secret 5 «$1$mERr$hx5rVt7rPNoS4wqbXKX7m0»",
    "xfreerdp /u:bob /p:«Passw0rd» /v:host",
    "use «P@55word» to get in",
    "Try logging in as svc-sql with «Blue$Horse7».",
    "I gave her «Spring24!» as the new password",
    "his pin's «8841»",
]
"""What people write, with the secret between marks; ¦ keeps scanners from taking these inventions for real ones."""

SECRETS = [(re.sub("[«»¦]", "", text), re.sub("«.*?»", "[removed]", text, flags=re.DOTALL)) for text in MARKED]
HARMLESS = [
    "password reset",
    "The password is wrong",
    "the password is expired.",
    "password is not working",
    "Password: required",
    "She forgot her password and cannot sign in",
    "password policy requires 12 characters",
    "Reset the password to allow login.",
    "The password for the VPN is wrong",
    "net user jdoe /domain",
    "net user",
    "The net user account is locked",
    "he typed the password twice",
    "Password expired: 2024-10-11",
    "the token is expired",
    "secret question",
    "Error 0x80070005 when changing password",
    "Use mysql -u root -p and enter it",
    "curl -u admin https://example.com",
    "PIN pad is broken",
    "pass the hash",
    "Please reset password Windows10 laptop",
    "Password is synced with Azure AD.",
    "the key is stuck",
    "the key is: Enter",
    "password is in KeePass",
    "Password: see ITGlue",
    "BitLocker recovery key is needed",
    "basic troubleshooting steps were done",
    "recovery code was requested by user at 10:30",
    "backup code 2FA",
    "API key is missing",
    "client secret has expired",
    "password is correct, MFA fails",
    "pw change",
    "The credentials are correct",
    "token: none",
    "the password was changed yesterday",
    "login page https://contoso.com/login",
    "login at 10:30 failed",
    "https://example.com:8080/path@foo",
    "ssh-keygen -t ed25519",
    "password is case-sensitive",
    "Does the password work?",
    "Is the password right? yes",
    "password: ********",
    "password: <password>",
    "$password = Get-Credential",
    "-Password $cred",
    "password is 90 days old",
    "Community: support forum",
    "private key is on the server",
    "The pin is bent",
    "Run: Set-ADAccountPassword -Identity jdoe -Reset",
    "gpupdate /force",
    "net stop spooler && net start spooler",
    "password prompt: Outlook keeps asking",
    "secret: shared",
    "PassThrough: enabled",
    "sign in with john.doe@contoso.com / MFA",
    "Password: Users cannot log in",
    "code is 403",
    "passwords: the user has two",
    "Event 4625 logon type 3, status 0xC000006D",
    "product code: {8A69D345-D564-463C-AFF1-A69D9E530F96}",
    "error code: 0x80070005",
    "access code page 1252",
    "MFA code not accepted",
    "verification code is never sent",
    "Password hash sync: Enabled",
    "token lifetime is 60min",
    "key: HKLM\\\\Software\\\\Microsoft",
    "registry key = HKLM\\\\Software",
    "network key: missing",
    "Windows license key is invalid",
    "pass: 3 of 5",
    "tokens: 8192",
    "the secret is to restart it",
    "passcode is on the sticker",
    "use the same password as before",
    "changed password as requested",
    "set password to never expire",
    "Password to VPN is unknown to user",
    "sudo passwd root",
    "connect to user@Server01 over ssh",
    "the password's expired",
    "$env:Path1 and %TEMP%1a and $Users2",
    "C#12.0 and F#8.0Sdk are installed",
    "he used Teams2 as a password manager",
    "backup codes were printed 2024-01-12",
]

HOSTILE = [
    "curl ",
    "curl -u ",
    "mysql ",
    "echo ",
    "password ",
    "password is ",
    "password: ",
    "password for a ",
    "pw ",
    "net user a ",
    "login a/",
    "recovery codes\n",
    "set password ",
    "otp secret ",
    "-----BEGIN PRIVATE KEY-----",
    "eyJaaaaaaaa.",
    "eyJ-",
    "a://b:",
    "?sig=",
    "111111-",
    "a",
    "1",
    "-",
    '"',
    " ",
    "\n",
    "/pass:",
    "<!channel@here",
]

LIVE = [
    "<!channel>",
    "<!here>",
    "<!everyone|everyone>",
    "<!subteam^S123|@team>",
    "<@U123>",
    "<@W123|bob>",
    "<#C123>",
    "<#C123|general>",
    "@channel",
    "@here",
    "@everyone",
]

fragments = st.sampled_from(
    [
        *LIVE, "<", "!", "@", "#", ">", "|", "chan", "nel", "here", "HERE", "every", "one", "U1", "\u0000", "\u202e",
        "\u200b", "\ud800", "<@", "<!", "<#", "&lt;", "a", " ", "\n", "`", "``", "\n```\n", "\n~~~\n", "> ", "- ",
    ]
)  # fmt: skip
hostile_text = st.lists(fragments | st.text(max_size=3), max_size=20).map("".join)
secret_text = st.lists(
    st.sampled_from([*(text for text, _ in SECRETS), *HARMLESS])
    | st.sampled_from(
        ["password", " is ", ": ", "pw ", "[removed]", "'", '"', "\n", ".", "Abc123!", "-p", "/", "kitten"]
    )
    | st.text(max_size=4),
    max_size=8,
).map("".join)


def live(text: str) -> bool:
    """Tell whether Slack could see a mention in a text: by a reader of Markdown that is not ours."""
    outside = " ".join(
        child.content if child.type in ("text", "html_inline") else "\n"
        for token in MarkdownIt("commonmark").disable(["html_block", "code", "entity"]).parse(text)
        for child in (token.children or ())
    )
    return LIVE_FORM.search(outside) is not None


LIVE_FORM = re.compile(
    r"<!(?:channel|here|everyone|subteam)|<[@#][a-z0-9]|(?<!\w)@(?:channel|here|everyone)(?!\w)", re.IGNORECASE
)


@pytest.mark.parametrize(("text", "kept"), SECRETS)
def test_secrets_are_removed_and_the_words_around_them_stay(text: str, kept: str) -> None:
    result = redact(text)
    assert result.text == kept
    assert result.count == kept.count("[removed]")


@pytest.mark.parametrize(("text", "_kept"), SECRETS)
def test_secrets_are_found_in_the_middle_of_a_message(text: str, _kept: str) -> None:
    message = f"Hi team, she called again this morning.\n{text}\nCould you have a look?"
    assert redact(message).count >= 1


@pytest.mark.parametrize("text", HARMLESS)
def test_talking_about_passwords_is_no_secret(text: str) -> None:
    assert redact(text).text == text
    assert redact(text).count == 0


@given(secret_text)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text
    assert redact(once.text).count == 0


@given(st.text(max_size=200))
def test_any_text_can_be_redacted(text: str) -> None:
    assert (redact(text).text == text) == (redact(text).count == 0)


@pytest.mark.parametrize("seed", HOSTILE)
def test_hostile_text_costs_linear_time(seed: str) -> None:
    def seconds(size: int) -> float:
        text = (seed * size)[:size]
        started = time.process_time()
        redact(text)
        return time.process_time() - started

    # More than once, because the garbage of whole suites may be collected meanwhile.
    assert any(seconds(40_000) < 0.2 + 40 * seconds(4_000) for _ in range(3))


@pytest.mark.parametrize("mention", LIVE)
@pytest.mark.parametrize("change", [str, str.upper])
def test_mentions_are_broken(mention: str, change: type[str]) -> None:
    shown = inert(f"a {change(mention)} b")
    assert not live(shown)
    assert shown.replace("\u200b", "") == f"a {change(mention)} b"


@given(hostile_text)
def test_no_beginning_of_a_text_mentions_anybody(text: str) -> None:
    for prefix in accumulate(text, initial=""):
        assert not live(inert(prefix))


@given(hostile_text)
def test_making_a_text_inert_twice_changes_nothing_more(text: str) -> None:
    assert inert(inert(text)) == inert(text)
    inert(text).encode()


@pytest.mark.parametrize(
    "text",
    [
        "user@contoso.com",
        "#!/bin/sh",
        "<# a PowerShell comment #>",
        "<!-- XML -->",
        "if a < b and c > d",
        "<https://contoso.com|link>",
        "tab\tand\nline",
        "Grüße 😀 שלום",
        "Get-MailboxPermission -Identity frontdesk@herefordtyres.example",
        "mail here@contoso.com, everyone@contoso.com or desk@channel.example",
        "@hereford and @channels are handles",
        "run `notify @here` and `<!channel>`",
        "``a ` @everyone``",
        "```sh\nslack post @channel '<@U123>'\n```",
        "- step\n  ~~~\n  echo @here\n  ~~~\n- next",
    ],
)
def test_what_mentions_nobody_stays_as_it_is(text: str) -> None:
    assert inert(text) == text


def test_invisible_characters_cannot_hide_a_mention() -> None:
    assert not live(inert("<\u0000!chan\u202enel> @he\u0007re"))
    assert cleaned("a\u0000\u202e\u2066\ud800\x9b\r\n\tb") == "a\n\tb"


@given(hostile_text)
def test_escaped_text_has_no_markup_and_no_mention(text: str) -> None:
    shown = escape(text)
    assert "<" not in shown
    assert ">" not in shown
    assert not live(shown)


def test_escaped_text_trusts_no_backticks_and_escaped_code_stays_as_it_is() -> None:
    assert escape("`@here`") == "`@\u200bhere`"
    assert escape_code("notify @here <b> & go") == "notify @here &lt;b&gt; &amp; go"
    assert inert("@channel@here") == "@\u200bchannel@\u200bhere"


def test_escaping_keeps_the_text_readable() -> None:
    assert escape("a < b & c > <!here>") == "a &lt; b &amp; c &gt; &lt;\u200b!here&gt;"


@given(st.text(alphabet=" \t\n\u00a0\u2003\u2028\u200b\u200e\u202e\ufeff\x07\ud800"), st.sampled_from("a0.*😀عÜ"))
def test_a_text_is_blank_until_something_shows(nothing: str, visible: str) -> None:
    assert blank(nothing)
    assert not blank(nothing + visible)
