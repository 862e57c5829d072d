"""A curve as a drawing (SVG) for a page: points over days or over prices.

Only drawing: no texts but those that are given, all of them escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 14, 34


class Mark(NamedTuple):
    """A line across the drawing at ``x``, with its words."""

    x: float
    words: str


def draw_curve(
    points: Sequence[tuple[float, float]],
    ticks: Sequence[tuple[float, str]],
    *,
    title: str,
    is_stepped: bool = False,
    marks: Sequence[Mark] = (),
) -> str:
    """``points`` as a curve, or as steps that hold until the next one.

    :param ticks: (x, words) below
    :param title: what it shows, for who cannot see it
    """
    if not points:
        return ""
    xs = [x for x, _y in points] + [x for x, _words in ticks]
    ys = [y for _x, y in points]
    low_x, high_x = min(xs), max(xs)
    room = max(max(ys) - min(ys), 1.0) * 0.1
    low_y, high_y = min(ys) - room, max(ys) + room
    if min(ys) >= 0:
        low_y = max(low_y, 0.0)

    def at_x(x: float) -> float:
        return LEFT + (x - low_x) / ((high_x - low_x) or 1) * (WIDTH - LEFT - RIGHT)

    def at_y(y: float) -> float:
        return TOP + (high_y - y) / ((high_y - low_y) or 1) * (HEIGHT - TOP - BOTTOM)

    drawn = [(at_x(x), at_y(y)) for x, y in points]
    if is_stepped:
        corners = []
        for (x, y), following in zip(drawn, [*drawn[1:], None], strict=True):
            corners += [(x, y), (following[0] if following else WIDTH - RIGHT, y)]
        drawn = corners
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in drawn)
    foot = HEIGHT - BOTTOM
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" class="w-100"'
        f' style="max-width: {WIDTH}px" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{escape(title)}</title>",
    ]
    for number in range(5):
        value = low_y + (high_y - low_y) * number / 4
        y = at_y(value)
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"'
            ' stroke="#dee2e6"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" font-size="11" text-anchor="end"'
            f' fill="#495057">{value:.1f}</text>'
        )
    for x, words in ticks:
        # The last one would be cut off at the edge.
        anchor = "end" if at_x(x) > WIDTH - 2 * RIGHT else "middle"
        parts.append(
            f'<text x="{at_x(x):.1f}" y="{foot + 18}" font-size="11"'
            f' text-anchor="{anchor}" fill="#495057">{escape(words)}</text>'
        )
    if low_y < 0 < high_y:
        parts.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at_y(0):.1f}"'
            f' y2="{at_y(0):.1f}" stroke="#495057"/>'
        )
    for mark in marks:
        x = at_x(mark.x)
        side = "end" if x > WIDTH / 2 else "start"
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{foot}" stroke="#b02a37"'
            ' stroke-dasharray="4 3"/>'
            f'<text x="{x + (-5 if side == "end" else 5):.1f}" y="{TOP + 12}"'
            f' font-size="11" text-anchor="{side}" fill="#b02a37">'
            f"{escape(mark.words)}</text>"
        )
    parts.append(
        f'<polyline points="{path}" fill="none" stroke="#71639e" stroke-width="2"/>'
        "</svg>"
    )
    return "".join(parts)
