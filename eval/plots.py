"""Plots as inline SVG: they need no script, no font and no network, and print well."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 460, 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 50, 14, 28, 42
_TICKS = 5
_BINS = 30
_EMPTY = "<p class='empty'>nothing to draw</p>"


@dataclass(frozen=True, slots=True)
class Series:
    """Points under a name; ``style`` is a class of the style sheet (``a`` or ``b``)."""

    name: str
    points: Sequence[tuple[float, float]]
    style: str = "a"


@dataclass(frozen=True, slots=True)
class _Axes:
    """Data to picture coordinates, between (low, high) on each axis."""

    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, value: float) -> float:
        low, high = self.x
        return _LEFT + (value - low) / (high - low) * (WIDTH - _LEFT - _RIGHT)

    def up(self, value: float) -> float:
        low, high = self.y
        return HEIGHT - _BOTTOM - (value - low) / (high - low) * (HEIGHT - _TOP - _BOTTOM)


def lines(series: Sequence[Series], x_label: str, y_label: str, x: tuple[float, float]) -> str:
    """Lines of shares, with a mark at each point when the points are few; ``x`` is (from, to)."""
    if not any(one.points for one in series):
        return _EMPTY
    axes = _Axes(x, (0.0, 1.0))
    drawn = []
    for one in series:
        path = " ".join(f"{axes.across(x):.1f},{axes.up(y):.1f}" for x, y in one.points)
        drawn.append(f"<polyline class='line {one.style}' points='{path}'/>")
        if len(one.points) <= 25:
            drawn += [
                f"<circle class='mark {one.style}' cx='{axes.across(x):.1f}' cy='{axes.up(y):.1f}' r='3'>"
                f"<title>{x:g}: {y:.3f}</title></circle>"
                for x, y in one.points
            ]
    return _plot(axes, "".join(drawn), series, x_label, y_label)


def histogram(series: Sequence[tuple[str, Sequence[float], str]], x_label: str, y_label: str) -> str:
    """Histograms one over the other: (name, values, style) each, as shares of its own values."""
    values = [value for _, column, _ in series for value in column]
    if not values:
        return _EMPTY
    low, high = _range(values)
    width = (high - low) / _BINS
    drawn_series, tallest = [], 0.0
    for name, column, style in series:
        counts = [0] * _BINS
        for value in column:
            counts[min(_BINS - 1, int((value - low) / width))] += 1
        shares = [count / len(column) if column else 0.0 for count in counts]
        tallest = max(tallest, *shares)
        points = [(low + at * width, share) for at, share in enumerate(shares)]
        drawn_series.append(Series(f"{name} ({len(column):,})", points, style))
    axes = _Axes((low, high), (0.0, _round_up(tallest)))
    bars = "".join(
        f"<rect class='bar {one.style}' x='{axes.across(x):.1f}' y='{axes.up(share):.1f}'"
        f" width='{axes.across(x + width) - axes.across(x) - 0.5:.1f}'"
        f" height='{axes.up(0) - axes.up(share):.1f}'/>"
        for one in drawn_series
        for x, share in one.points
        if share
    )
    return _plot(axes, bars, drawn_series, x_label, y_label)


def _plot(axes: _Axes, drawn: str, series: Sequence[Series], x_label: str, y_label: str) -> str:
    label = f"{y_label} by {x_label}: " + ", ".join(one.name for one in series)
    return (
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{escape(label, quote=True)}'>"
        f"{_grid(axes)}{drawn}{_legend(series)}"
        f"<text class='axis' x='{(WIDTH + _LEFT - _RIGHT) / 2}' y='{HEIGHT - 6}' text-anchor='middle'>"
        f"{escape(x_label)}</text>"
        f"<text class='axis' transform='translate(12 {(HEIGHT + _TOP - _BOTTOM) / 2}) rotate(-90)'"
        f" text-anchor='middle'>{escape(y_label)}</text></svg>"
    )


def _grid(axes: _Axes) -> str:
    across = "".join(
        f"<line class='grid' x1='{_LEFT}' x2='{WIDTH - _RIGHT}' y1='{axes.up(y):.1f}' y2='{axes.up(y):.1f}'/>"
        f"<text class='tick' x='{_LEFT - 6}' y='{axes.up(y) + 3.5:.1f}' text-anchor='end'>{y:.4g}</text>"
        for y in _ticks(*axes.y)
    )
    return across + "".join(
        f"<text class='tick' x='{axes.across(x):.1f}' y='{HEIGHT - _BOTTOM + 15}' text-anchor='middle'>"
        f"{x:.4g}</text>"
        for x in _ticks(*axes.x)
    )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from low to high, about as many as are easily read."""
    step = _round_up((high - low) / _TICKS)
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _legend(series: Sequence[Series]) -> str:
    parts, x = [], _LEFT
    for one in series:
        parts.append(
            f"<rect class='key {one.style}' x='{x}' y='8' width='11' height='11'/>"
            f"<text class='tick' x='{x + 16}' y='17.5'>{escape(one.name)}</text>"
        )
        x += 32 + 6 * len(one.name)
    return "".join(parts)


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _round_up(value: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power: float = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value * (1 - 1e-9))
