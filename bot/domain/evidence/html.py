"""The words of an HTML page or mail, read once from front to back, however broken it is."""

import re
from html import unescape
from typing import Final

_MOST: Final = 300_000
_BREAK: Final = re.compile(
    "address|article|blockquote|br|d[dlt]|div|footer|form|h[1-6r]|header|li|[ou]l|p|pre|section|table|tr"
)
_SILENT: Final = frozenset({"script", "style", "head", "title", "template", "noscript"})
_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9:-]{0,30})([^<>]{0,8000})>")
_DECLARATION: Final = re.compile(r"<[!?/][^<>]{0,8000}>")
_HREF: Final = re.compile(r"""\bhref\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_ALT: Final = re.compile(r"""\balt\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_WHITE: Final = re.compile(r"[\s\u200b\u200c\u00ad\ufeff\u034f]+")
_BLANK_LINES: Final = re.compile(r"\n{3,}")


def html_text(html: str) -> str:
    """Return the words of a page, with links where the label does not say them."""
    page = _Page(html[:_MOST])
    lines = (_WHITE.sub(" ", line).strip() for line in page.words().split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


class _Page:
    """Walks through a page and collects what a browser would show."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._shown: list[str] = []
        self._link = ""
        self._since = 0
        self._endless: set[str] = set()
        """What never ends in the rest of the page, so that it is looked for once."""

    def words(self) -> str:
        """Return the words, with line feeds where a browser begins a new line."""
        at = 0
        while (opens := self._html.find("<", at)) >= 0:
            self._say(self._html[at:opens])
            at = self._markup(opens)
        self._say(self._html[at:])
        return "".join(self._shown)

    def _say(self, text: str) -> None:
        if text:
            self._shown.append(_WHITE.sub(" ", unescape(text)))

    def _markup(self, at: int) -> int:
        """Read what begins with an angle, and return where it ends."""
        if self._html.startswith("<!--", at):
            return self._after("-->", at + 4)
        tag = _TAG.match(self._html, at)
        if tag is not None:
            return self._tag(tag)
        declaration = _DECLARATION.match(self._html, at)
        if declaration is not None:
            return declaration.end()
        self._say("<")
        return at + 1

    def _tag(self, tag: re.Match[str]) -> int:
        closes, name, attributes = bool(tag[1]), tag[2].lower(), tag[3]
        if name in _SILENT and not closes:
            return self._after(f"</{name}", tag.end())
        if _BREAK.fullmatch(name):
            self._end_link()
            self._shown.append("" if closes and name in ("br", "hr") else "\n")
        elif name in ("td", "th") and not closes:
            self._shown.append(" | " if self._shown and not self._shown[-1].endswith("\n") else "")
        elif name == "a":
            self._end_link()
            href = _HREF.search(attributes) if not closes else None
            self._link = unescape(next(filter(None, href.groups()), "")) if href is not None else ""
            self._since = len(self._shown)
        elif name == "img" and (alt := _ALT.search(attributes)) is not None:
            label = unescape(next(filter(None, alt.groups()), "")).strip()
            self._shown.append(f"[Image: {label}]" if label else "")
        return tag.end()

    def _end_link(self) -> None:
        url, self._link = self._link, ""
        if not url.lower().startswith(("http://", "https://", "mailto:")):
            return
        label = "".join(self._shown[self._since :]).strip()
        target = url.removeprefix("mailto:")
        if target.rstrip("/") not in label:
            self._shown.append(f" ({target})" if label else target)

    def _after(self, end: str, start: int) -> int:
        """Return where something ends. What never ends hides nothing."""
        if end in self._endless:
            return start
        found = re.compile(re.escape(end), re.IGNORECASE).search(self._html, start)
        if found is None:
            self._endless.add(end)
            return start
        return found.end() if end == "-->" else found.start()
