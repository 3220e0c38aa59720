"""YAML in which a text stays the text that somebody wrote.

Read by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema), and
narrower where that would change a name:

- booleans are `true` and `false` only; `no`, `on`, `off`, `yes` are texts
- a whole number is written as Python writes it: `10`, `-3`; `010`, `+5`, `1_000`,
  `0x10` are texts
- dates, times (`06:30`) and `<<` are texts
- the keys of a mapping are texts: a column may be named `2020` or `null`
- in a list, where names and numbers are listed, an unquoted `null` or `~` is a text,
  and so is a fraction that Python would write otherwise, such as `3.10`

`dump` writes what `load` reads back equal, and what YAML 1.1 reads equally: such texts
stand in quotes, and an absent value in a list is written `!!null "null"`.
"""

import re
from collections.abc import Collection, Hashable
from typing import Any, ClassVar

import yaml
from yaml import YAMLError

__all__ = ["YAMLError", "dump", "load", "scalar"]

_PREFIX = "tag:yaml.org,2002:"
_BOOL, _NULL, _STR = f"{_PREFIX}bool", f"{_PREFIX}null", f"{_PREFIX}str"
_INT, _FLOAT = f"{_PREFIX}int", f"{_PREFIX}float"
_PLAIN = (
    (_BOOL, r"true|True|TRUE|false|False|FALSE", "tTfF"),
    (_NULL, r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    (_INT, r"0|-?[1-9][0-9]*", "-0123456789"),
    (
        _FLOAT,
        r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?"
        r"|[-+]?[0-9]+[eE][-+]?[0-9]+"
        r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+.0123456789",
    ),
)


def load(text: str | bytes, text_keys: Collection[str] = ()) -> Any:
    """What a YAML text says. Raises `YAMLError`.

    text_keys: of the outermost mapping, keys whose values (or the entries of whose
    lists) are texts as they are written, `null` and `~` excepted.
    """
    loader = _Loader(text)
    loader.text_keys = text_keys
    try:
        return loader.get_single_data()
    except RecursionError:
        raise YAMLError("it is nested too deeply") from None
    except (ValueError, KeyError, AttributeError) as error:  # `!!int x`, `!!bool x`
        raise YAMLError(f"a value is not what its tag says: {error}") from None
    finally:
        loader.dispose()


def dump(value: Any) -> str:
    """YAML of plain values, readable, in their order."""
    return yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=80
    )


def scalar(value: Any) -> str:
    """YAML of one value, on one line; a text that is more than a word is quoted."""
    quoted = isinstance(value, str) and not (value.isidentifier() and value.isascii())
    text = yaml.dump(
        value,
        Dumper=_Dumper,
        sort_keys=False,
        default_flow_style=True,
        default_style='"' if quoted else None,
        allow_unicode=not quoted or value.isprintable(),
        width=float("inf"),
    )
    return text.removesuffix("\n...\n").strip()


class _Loader(yaml.SafeLoader):
    """The rules above; a key that comes twice is an error."""

    yaml_implicit_resolvers: ClassVar[dict] = {}  # type: ignore[misc] # none of 1.1
    text_keys: Collection[str] = ()

    def construct_document(self, node):
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value in self.text_keys:
                    _keep_text(value)
        return super().construct_document(node)

    def construct_mapping(self, node, deep=False):
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _error("a key that is no text", key_node)
            if key_node.value in mapping:
                raise _error(f"the key '{key_node.value}' comes twice", key_node)
            mapping[key_node.value] = self.construct_object(value_node, deep=deep)
        return mapping

    def construct_sequence(self, node, deep=False):
        for each in node.value:
            if isinstance(each, yaml.ScalarNode) and _is_a_name(each):
                each.tag = _STR
        return super().construct_sequence(node, deep=deep)


def _keep_text(node):
    if isinstance(node, yaml.SequenceNode):
        for each in node.value:
            _keep_text(each)
    if isinstance(node, yaml.ScalarNode) and node.tag in (_BOOL, _INT, _FLOAT):
        node.tag = _STR


def _is_a_name(node):
    """Whether an entry of a list would not be what is written, read as its tag says."""
    if node.tag == _NULL:
        return node.style is None and node.value != "" and not _is_tagged(node)
    if node.tag != _FLOAT or "e" in node.value.lower() or node.value[-1] in "fFnN":
        return False
    return repr(float(node.value)) != node.value


def _is_tagged(node):
    """Whether a tag is written before the value, `!!null null`."""
    begin, end = node.start_mark, node.end_mark
    return end.index - begin.index > len(node.value)


def _error(why, node):
    return yaml.constructor.ConstructorError(None, None, why, node.start_mark)


class _Dumper(yaml.SafeDumper):
    """Quotes whatever YAML 1.1 or `load` would take for something else than a text."""

    def ignore_aliases(self, data):
        return True


def _represent_text(dumper, text):
    # line ends within single quotes do not come back as they were
    style = None if text.isprintable() else '"'
    return dumper.represent_scalar(_STR, text, style=style)


def _represent_list(dumper, data):
    node = dumper.represent_sequence(f"{_PREFIX}seq", data)
    for each in node.value:
        if each.tag == _NULL:
            each.style = '"'  # which makes the tag stand before it
    return node


def _add_rules():
    for tag, pattern, first in _PLAIN:
        rule = re.compile(rf"^(?:{pattern})$")
        _Loader.add_implicit_resolver(tag, rule, list(first))
        _Dumper.add_implicit_resolver(tag, rule, list(first))
    _Dumper.add_representer(str, _represent_text)
    for kind in (list, tuple):
        _Dumper.add_representer(kind, _represent_list)


_add_rules()
