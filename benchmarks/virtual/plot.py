"""The plot: a hand-written SVG of how far readers are behind, with ours, the peers and the bound on one scale."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_ROW, _LEFT, _WIDTH, _TOP = 22, 210, 420, 58
_GRAY: Final = "#8a8f98"
_GREEN: Final = "#2f9e6e"
_RED: Final = "#d1495b"


@dataclass(frozen=True, slots=True)
class Bar:
    """One policy of the plot."""

    name: str
    staleness: float
    note: str
    """What went wrong; empty when nothing did."""
    ours: bool = False


def write(file: Path, title: str, bars: Sequence[Bar], bound: float) -> None:
    """Write the plot. Seconds grow logarithmically, because policies that stall are far off."""
    low, high = min(bound, *(bar.staleness for bar in bars)) * 0.8, max(bar.staleness for bar in bars) * 1.1

    def scale(seconds: float) -> float:
        return _LEFT + _WIDTH * math.log(seconds / low) / math.log(high / low)

    height = _TOP + _ROW * len(bars) + 34
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" width="800" height="{height}" role="img" '
        f'aria-label="{html.escape(title)}" font-family="system-ui, sans-serif" font-size="12">',
        f'<rect width="800" height="{height}" fill="#ffffff"/>',
        f'<text x="12" y="20" font-size="14" font-weight="600" fill="#1d1f23">{html.escape(title)}</text>',
    ]
    bottom = height - 28
    for number, bar in enumerate(bars):
        y = _TOP + number * _ROW
        color = _GREEN if bar.ours else _RED if bar.note else _GRAY
        label = f"{bar.staleness:.2f} s" + (f" · {bar.note}" if bar.note else "")
        end = scale(bar.staleness)
        parts += [
            f'<text x="{_LEFT - 8}" y="{y + 13}" text-anchor="end" fill="#1d1f23">{html.escape(bar.name)}</text>',
            f'<rect x="{_LEFT}" y="{y + 3}" width="{end - _LEFT:.1f}" height="{_ROW - 8}" rx="2" fill="{color}"/>',
            f'<text x="{end + 6:.1f}" y="{y + 13}" fill="#1d1f23">{html.escape(label)}</text>',
        ]
    at = scale(bound)
    parts += [
        f'<line x1="{at:.1f}" y1="{_TOP - 8}" x2="{at:.1f}" y2="{bottom}" stroke="#1d1f23" stroke-dasharray="4 3"/>',
        f'<text x="{at:.1f}" y="{_TOP - 12}" fill="#1d1f23">bound {bound:.2f} s</text>',
        f'<text x="12" y="{height - 10}" fill="{_GRAY}">mean time until a reader sees a character, '
        "logarithmic; red: something was lost, late, refused or posted twice</text>",
        "</svg>",
    ]
    file.write_text("\n".join(parts) + "\n", encoding="utf-8")
