"""Code blocks as Slack has them, made into proper fences of Markdown with lines of their own."""

import re
from typing import Final

_RUN: Final = re.compile(r"`{3,}")
_QUOTE: Final = re.compile(r"[ \t]*(?:>[ \t]?)+\Z")
_LEADING_QUOTE: Final = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_QUOTE_ENDS: Final = re.compile(r"\n(?![ \t]*>)")
_LANGUAGE: Final = re.compile(
    "bash|batc?h?|c|cmd|conf|console|cpp|cs|csharp|css|csv|diff|docker(?:file)?|go|hcl|html|https?|ini|java"
    "|javascript|js|jsonc?|kql|kotlin|lua|makefile|markdown|md|nginx|objc|perl|php|plaintext|powershell|ps1?"
    "|properties|py|python|r|rb|regex|ruby|rust|scala|sh|shell|sql|swift|terraform|text|toml|ts|tsql|typescript"
    "|txt|vb|vbnet|vbs|vue|xml|ya?ml|zsh",
    re.IGNORECASE,
)
"""What stands alone behind the opening backticks and names a language, instead of being the first line."""


def block(text: str, language: str = "") -> str:
    """Return a code block as a fence that its own text cannot close."""
    longest = max((len(run) for run in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text.strip(chr(10)).rstrip()}\n{fence}"


def quote(text: str) -> str:
    """Put the quotation mark of Markdown before every line."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def fenced(text: str) -> str:
    """Give every code block in a text its own lines. Backticks that are never closed end with the text.

    Backticks that are never closed stay as they are when they stand within a line.
    """
    runs = [run.span() for run in _RUN.finditer(text)]
    pieces: list[str] = []
    at = number = 0
    while number < len(runs):
        opens, begins = runs[number]
        closing = _closing(runs, number)
        before = text[max(at, text.rfind("\n", 0, opens) + 1) : opens]
        ends, after = runs[closing] if closing is not None else _unclosed(text, begins, before)
        number = closing + 1 if closing is not None else number + 1
        if not text[begins:ends].strip() or (closing is None and before.strip(" \t>")):
            if closing is None and not before.strip():
                # Backticks alone on the last line would open a block around whatever is put after this text.
                pieces.append(text[at:opens])
                at = begins
            continue
        while number < len(runs) and runs[number][0] < ends:
            number += 1
        pieces.append(_placed(text[at:opens], text[begins:ends]))
        while after < len(text) and text[after] in " \t":
            after += 1
        at = after
        if at < len(text) and text[at] != "\n":
            pieces.append("\n")
    pieces.append(text[at:])
    return "".join(pieces)


def _closing(runs: list[tuple[int, int]], number: int) -> int | None:
    size = runs[number][1] - runs[number][0]
    longer = (at for at in range(number + 1, len(runs)) if runs[at][1] - runs[at][0] >= size)
    return next(longer, None)


def _unclosed(text: str, begins: int, before: str) -> tuple[int, int]:
    """Return where a block ends that nothing closes: with the quote in which it stands, or with the text."""
    beyond = _QUOTE_ENDS.search(text, begins) if ">" in before else None
    end = beyond.start() if beyond is not None else len(text)
    return end, end


def _placed(before: str, inside: str) -> str:
    """Return what stands before a block and the block, which keeps the quotation mark that it stands behind."""
    head, _, line = before.rpartition("\n")
    if line.strip() and _QUOTE.fullmatch(line):
        fence = quote(_block(_LEADING_QUOTE.sub("", inside)))
        return f"{head}\n{fence}" if head or before.startswith("\n") else fence
    kept = before.rstrip(" \t")
    return kept + ("" if not kept or kept.endswith("\n") else "\n") + _block(inside)


def _block(inside: str) -> str:
    first, line_end, rest = inside.partition("\n")
    if line_end and _LANGUAGE.fullmatch(first.strip()) and rest.strip():
        return block(rest, first.strip())
    return block(inside if first.strip() else rest)
