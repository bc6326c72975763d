"""The colours of the charts can be told apart by who sees colours differently, in both themes."""

import math
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from django.conf import settings

from reports.charts.style import HEAT, STYLES

CSS = (Path(settings.BASE_DIR) / "static/css/portal.css").read_text()
FIGURES = (Path(settings.BASE_DIR) / "static/css/figures.css").read_text()
THEMES = {
    "light": re.findall(r":root \{(.*?)\n\}", CSS, re.DOTALL)[0],
    "dark": re.findall(r':root\[data-theme="dark"\] \{(.*?)\n\}', CSS, re.DOTALL)[0],
}
# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB
EYES = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
SERIES_APART, STEPS_APART = 19, 7  # ΔE (CIE 1976): 2 is the least one sees side by side


def tokens(theme):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", THEMES[theme]))


def linear(color):
    digits = color[1:] if len(color) == 7 else "".join(c * 2 for c in color[1:])
    values = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values]


def seen(color, eyes):
    """The colour as those eyes see it, in CIE Lab."""
    value = linear(color)
    r, g, b = (
        min(1, max(0, sum(m * v for m, v in zip(row, value, strict=True)))) for row in EYES[eyes]
    )
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def apart(one, other, eyes):
    return math.dist(seen(one, eyes), seen(other, eyes))


def contrast(one, other):
    def light(color):
        r, g, b = linear(color)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
def test_two_series_are_never_the_same_colour(theme, eyes):
    known = tokens(theme)
    for one, other in combinations([style.token for style in STYLES.values()], 2):
        assert apart(known[one], known[other], eyes) >= SERIES_APART, (one, other)


@pytest.mark.parametrize("theme", THEMES)
def test_every_series_stands_out_from_the_paper(theme):
    known = tokens(theme)
    for style in STYLES.values():
        assert contrast(known[style.token], known["surface"]) >= 3, style.token


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("eyes", EYES)
def test_neighbouring_steps_of_the_heat_table_differ(theme, eyes):
    known = tokens(theme)
    for low, high in pairwise(range(1, 8)):
        assert apart(known[f"h{low}"], known[f"h{high}"], eyes) >= STEPS_APART, (low, high)


@pytest.mark.parametrize("theme", THEMES)
def test_the_numbers_of_the_heat_table_are_legible_on_every_colour(theme):
    known = tokens(theme)
    assert min(contrast(known["ink"], known[f"h{n}"]) for n in range(1, 8)) >= 4.5


def test_no_series_is_told_by_its_colour_alone():
    dashes = [style.dash for style in STYLES.values()]
    assert len(set(dashes)) == len(dashes)
    for role, style in STYLES.items():
        rule = re.search(rf"\.chart \.line-{role} \{{([^}}]*)\}}", FIGURES)[1]
        assert f"var(--{style.token})" in rule
        dash = re.search(r"stroke-dasharray: ([\d ]+)", rule)
        assert (dash[1] if dash else "") == style.dash


def test_paper_has_the_colours_of_the_light_theme():
    known = tokens("light")
    assert {role: style.color for role, style in STYLES.items()} == {
        role: known[style.token] for role, style in STYLES.items()
    }
    assert list(HEAT[1:]) == [known[f"h{n}"] for n in range(1, 8)]
