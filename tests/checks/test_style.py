"""One look for light, dark and paper, from nowhere else."""

from homodal.checks.style import STYLE


def test_light_and_dark_name_the_same_colours():
    light, dark = STYLE.partition("@media (prefers-color-scheme: dark)")[::2]
    names = {part.split(":")[0] for part in light.split() if part.startswith("--")}
    assert names and all(f"{name}:" in dark for name in names)


def test_nothing_is_fetched():
    assert "url(" not in STYLE and "@import" not in STYLE
