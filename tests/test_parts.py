"""Parts are found by file name and their options checked without importing them."""

import inspect

import pytest

from homodal import parts
from homodal.contracts import Modality
from homodal.errors import PartError

EVERY_PART = [
    parts.find(kind, name) for kind in parts.ROOMS for name in parts.names(kind)
]


@pytest.mark.parametrize("part", EVERY_PART, ids=lambda p: f"{p.kind}-{p.name}")
def test_what_is_read_from_the_source_is_what_python_says(part):
    found = part.load()
    camel = "".join(word.title() for word in part.name.split("_"))
    assert found.__name__ == camel
    assert inspect.getdoc(found).startswith(part.summary) and part.summary
    said = {
        p.name: parts.REQUIRED if p.default is p.empty else p.default
        for p in inspect.signature(found.__init__).parameters.values()
        if p.name != "self" and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
    }
    assert part.options == (said if "__init__" in vars(found) else {})
    assert part.tunable == getattr(found, "tunable", {})
    for name, value in part.told.items():
        assert vars(found)[name] == value


def test_plain_attributes_are_read_without_importing_the_part():
    assert parts.find("fusion", "early").told["keeps_time"] is True
    assert "keeps_time" not in parts.find("fusion", "gated").told
    assert parts.find("head", "transcribe").told["alone_on"] == ("audio", "video")


def test_an_unknown_part_names_the_near_one():
    with pytest.raises(PartError, match=r"no fusion 'gatde'.*Did you mean 'gated'"):
        parts.find("fusion", "gatde")


def test_an_unknown_option_names_the_near_one():
    message = (
        r"Unknown option 'widht' of fusion 'gated'\. Expected one of: dropout, width\. "
        r"Did you mean 'width'\?"
    )
    with pytest.raises(PartError, match=message):
        parts.check(parts.find("fusion", "gated"), {"widht": 3})


def test_an_option_is_a_plain_value():
    with pytest.raises(PartError, match="not a plain value"):
        parts.check(parts.find("fusion", "gated"), {"width": object()})


def test_an_outside_part_passes_the_same_checks(tmp_path, monkeypatch):
    (tmp_path / "outside_part.py").write_text(
        "from homodal.contracts import Modality\n"
        "class Smell(Modality):\n"
        '    """Smells, from a nose."""\n'
        "    media = True\n"
        "    def __init__(self, strength=1): self.strength = strength\n"
        "    def recognise(self, cells): ...\n"
        "    def read(self, cell): ...\n"
        "    def shape(self, facts): ...\n"
        "    def example(self, folder, rng): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    part = parts.find("modality", "outside_part:Smell")
    assert (part.summary, part.options) == ("Smells, from a nose.", {"strength": 1})
    assert part.told["media"] is True
    assert part.make(strength=2).strength == 2
    with pytest.raises(PartError, match="Unknown option 'strenght'"):
        part.make(strenght=2)
    with pytest.raises(PartError, match="cannot be imported"):
        parts.find("modality", "outside_part:Taste")


@pytest.mark.parametrize("kind", parts.ROOMS)
def test_what_is_no_part_is_never_made(kind):
    """A recipe or a bundle from a stranger must not run a program of theirs."""
    with pytest.raises(PartError, match=rf"'subprocess:Popen' is no {kind}.*subclass"):
        parts.find(kind, "subprocess:Popen")


def test_an_outside_part_of_keras():
    name = "homodal.fusions.gated:Gated"
    assert parts.find("fusion", name).options == parts.find("fusion", "gated").options
    with pytest.raises(PartError, match="is no encoder"):
        parts.find("encoder", name)


def test_a_part_is_made_with_its_options():
    made = parts.find("modality", "number").make()
    assert isinstance(made, Modality)
