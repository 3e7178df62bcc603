"""SVG as text: a few shapes in the program's colours, in the light and in the dark."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; fill: #1c1c1e }
.title { font-weight: 600; font-size: 15px }
.quiet { fill: #636368; font-size: 12px }
.line { stroke: #c4c4c8; fill: none }
.box { fill: #f6f6f7; stroke: #c4c4c8 }
.one { fill: #2862d9 } .two { fill: #b0448a }
.stroke-one { stroke: #2862d9; fill: none; stroke-width: 2 }
.stroke-two { stroke: #b0448a; fill: none; stroke-width: 2 }
.range { fill: #2862d9; opacity: 0.45 }
.goal { stroke: #965800; stroke-width: 2.5 }
.arrow { fill: #636368 } .flow { stroke: #636368; fill: none; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #f2f2f3 } .quiet { fill: #a6a6ac }
  .line { stroke: #4a4a50 } .box { fill: #252528; stroke: #4a4a50 }
  .one { fill: #6ea0ff } .two { fill: #f08ac8 }
  .stroke-one { stroke: #6ea0ff } .stroke-two { stroke: #f08ac8 } .range { fill: #6ea0ff }
  .goal { stroke: #f0b04a } .arrow { fill: #a6a6ac } .flow { stroke: #a6a6ac }
}
"""


class Drawing:
    """Units are pixels; y grows downwards. The same calls give the same bytes."""

    def __init__(self, width: int, height: int, says: str) -> None:
        self._lines = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img">',
            f"<title>{escape(says)}</title>",
            f"<style>{STYLE}</style>",
        ]

    def text(self, x: float, y: float, words: str, look: str = "", anchor: str = "start") -> None:
        self._lines.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{look}" text-anchor="{anchor}">'
            f"{escape(words)}</text>"
        )

    def box(self, x: float, y: float, width: float, height: float, look: str) -> None:
        self._lines.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="3" '
            f'class="{look}"/>'
        )

    def line(self, points: Sequence[tuple[float, float]], look: str) -> None:
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._lines.append(f'<polyline points="{told}" class="{look}"/>')

    def area(self, points: Sequence[tuple[float, float]], look: str) -> None:
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._lines.append(f'<polygon points="{told}" class="{look}"/>')

    def dot(self, x: float, y: float, look: str) -> None:
        self._lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="{look}"/>')

    def written(self) -> str:
        return "\n".join([*self._lines, "</svg>"]) + "\n"
