"""Secrets in pasted lines: how many are found, how many alarms are false, and what a look at a stream costs.

The lines are kept as text beside the tests. The held-out ones were written before the code was run on anything.
"""

import asyncio
import gc
from collections.abc import Sequence
from time import process_time
from typing import Final

from benchmarks.common import Figure, percentile, run
from benchmarks.support.secret_samples import detected, false_alarms, samples
from bot.domain.markdown.streaming import Arriving
from bot.domain.safety import redact

PIECES_A_SECOND: Final = 24
CHARS: Final = 4
"""A piece as models send it: about one word."""
LIMIT: Final = 10_500
MOST_MS: Final = 0.3
BEFORE: Final = """\
Before (commit 9426124, same texts and looks, the machine as busy; that code is gone, so its figures are text):
  own lines       62.4 % found, 5.0 % false alarms;  held-out lines  58.2 % found, 1.9 % false alarms
  3,065 characters   a look: median 12.4 ms, p99 119 ms, slowest 142 ms;  34 % of the processor
  9,195 characters   a look: median 15.7 ms, p99 144 ms, slowest 192 ms;  45 % of the processor
"""

REPLY: Final = """\
The mailbox of the front desk keeps asking for credentials, because the cached token on LT-0441 is older than the last \
change. Let us rule out the account first and the device second. Nothing below needs a restart of the server.

## What we know

- Event 4625 with sub status `0xC000006A` was logged at 10:42 on DC01, from 10.20.30.40.
- The account is **not** locked, and `PasswordLastSet` is 12/3/2030 10:12:33 AM.
- Outlook 16.0.17328.20162 shows the prompt, OWA does not; see [the article](https://kb.example/articles/4411).

Run this on the domain controller, and paste what it prints:

```powershell
Get-ADUser -Identity amoss -Properties PasswordLastSet, LockedOut, BadPwdCount |
    Format-List Name, LockedOut, PasswordLastSet, BadPwdCount
Get-WinEvent -FilterHashtable @{ LogName = 'Security'; Id = 4625 } -MaxEvents 20 |
    Where-Object { $_.Properties[5].Value -eq 'amoss' } |
    Select-Object TimeCreated, @{ n = 'From'; e = { $_.Properties[19].Value } }
$password = ConvertTo-SecureString "Osprey!Dock4" -AsPlainText -Force
Set-ADAccountPassword amoss -Reset -NewPassword $password
Test-NetConnection -ComputerName mail.woodgrove.example -Port 443
```

| Device | User | Last sign-in | Result |
|---|---|---|---|
| LT-0441 | amoss | 2030-12-03 10:42 | failed, wrong password |
| PH-0093 | amoss | 2030-12-03 10:44 | succeeded |
| KIOSK-2 | frontdesk | 2030-12-02 08:01 | failed, account disabled |

The password for the scanner is Lantern77Brook, and it is also stored in the profile of the old device. Remove it \
there: open the Credential Manager, choose Windows Credentials, and delete every entry that begins with \
`MicrosoftOffice16_Data`. Then sign in again with the new password and tick "Stay signed in".

1. Close Outlook and Teams on the laptop.
2. Delete the entries, and after that the folder `%LOCALAPPDATA%\\Microsoft\\IdentityCache`.
3. Start Outlook; the prompt appears once, and then never again.

If the prompt comes back, the connection string of the relay is the next suspect:

```ini
[relay]
host = mail.woodgrove.example
user = svc_relay
password = Gravel-Tern-31
timeout = 30
```

Server=sql02;Database=erp;User Id=erp_app;Password=Vq7.Torn4do;Encrypt=True;TrustServerCertificate=False is what the \
service reads at start. Change it only when nobody is booking, because the pool keeps the old one for up to ten minutes.

> The colleague at the front desk says that it began after the update KB5034441 on Tuesday, and that her phone has \
never asked. That fits a cached token on the laptop and does not fit a locked account.

If she works from home, the gateway counts too. Its pre-shared key is Meadow_Lark8, the profile is `WG-Home`, and \
the certificate has the thumbprint 8A3F9C1D77B04E5E9A8C2D1F0C4B6A779E10D372. Compare both with what the laptop shows \
under Settings, Network, VPN, before you take the profile out and push it again.

Send me the output of the first command, the time of the last prompt, and whether the phone is still signed in. With \
these three we know which of the two it is, and the rest takes five minutes.
"""
"""A reply with prose, code, tables and secrets."""


def look_times(text: str, rounds: int) -> list[float]:
    """Let a text arrive piece by piece, look after each, and time every look in seconds of processor time.

    Of several rounds the fastest counts, look by look, since others use the machine too.
    """
    best = [1.0] * (-(-len(text) // CHARS))
    gc.collect()
    for _ in range(rounds):
        arriving = Arriving(LIMIT)
        for number in range(len(best)):
            arriving.add(text[number * CHARS : (number + 1) * CHARS])
            began = process_time()
            arriving.pieces()
            best[number] = min(best[number], process_time() - began)
    return best


def costs(what: str, times: Sequence[float]) -> list[Figure]:
    """Make the figures of the looks at one stream."""
    share = sum(times) / (len(times) / PIECES_A_SECOND)
    return [
        Figure(what=f"{what}: a look, median", value=percentile(times, 0.5) * 1000, at_most=MOST_MS),
        Figure(what=f"{what}: a look, p99", value=percentile(times, 0.99) * 1000, at_most=MOST_MS),
        Figure(what=f"{what}: a look, slowest", value=max(times) * 1000),
        Figure(what=f"{what}: of the processor, at {PIECES_A_SECOND} looks a second", value=share * 100, unit="%"),
    ]


async def measure(quick: bool) -> list[Figure]:
    """Count what is found and what is not, and time the looks."""
    await asyncio.sleep(0)
    figures = []
    for name, kind in (("", "own lines"), ("heldout_", "held-out lines")):
        secrets, harmless = len(samples(f"{name}secrets")), len(samples(f"{name}harmless"))
        found, alarms = detected(f"{name}secrets") * 100, false_alarms(f"{name}harmless") * 100
        figures += [
            Figure(what=f"found of {secrets} secrets, {kind}", value=found, unit="%", at_least=90),
            Figure(what=f"false alarms on {harmless} lines, {kind}", value=alarms, unit="%", at_most=2),
        ]
    rounds = 3 if quick else 7
    for what, text in ((f"{len(REPLY):,} characters", REPLY), (f"{3 * len(REPLY):,} characters", REPLY * 3)):
        figures += costs(what, look_times(text, rounds))
    whole = min(_timed(REPLY) for _ in range(rounds))
    return [*figures, Figure(what=f"redacting {len(REPLY):,} characters at once", value=whole * 1000)]


def _timed(text: str) -> float:
    began = process_time()
    redact(text)
    return process_time() - began


if __name__ == "__main__":
    print(BEFORE)
    run("Secrets", measure)
