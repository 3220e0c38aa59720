"""Words that people write where there is no value: `NA`, `null`, `-`, `?`.

A `Table` is told once which words are absent, and gives None for them ever after; so
no two parts of the program can differ about it. A word that is a value of its column
is kept: a "-" among "+", NA (Namibia) among codes of countries.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

WORDS = (
    *("NA", "N/A", "n/a", "N.A.", "n.a.", "#N/A", "#N/A N/A", "#NA", "<NA>"),
    *("NULL", "null", "(null)", "<null>", "None", "\\N"),
    *("NaN", "nan", "NAN", "-nan", "-NaN", "NaT", "1.#QNAN", "-1.#IND"),
    *("-", "--", "–", "—", "−", "?"),
)
_LONGEST = 32  # bytes of a cell that may be a word, with white space around it
_PIECE = 4096
_CODE = "NA"
_FEWEST_CODES = 3  # others; a column that is named after countries needs one only
_OF_COUNTRIES = frozenset(
    "country countries nation nationality iso iso2 alpha2 land pays país pais".split()
)
_CODES = frozenset(
    # ISO 3166-1, and what people write for it
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM "
    "BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX "
    "CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG "
    "GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
    "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV "
    "LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE "
    "NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO "
    "RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF "
    "WS XK YE YT ZA ZM ZW UK EU "
    # continents, of which NA is one
    "AN OC".split()
)


@dataclass(frozen=True)
class AbsentWords:
    """The words that are absent in a table, and in columns that differ from it.

    words: of every column that is not among `columns`. counts: in the table that they
    were settled for, `{column: {word: cells}}`; kept: `{column: why}` of words that are
    values there.
    """

    words: frozenset[str] = frozenset()
    columns: dict[str, frozenset[str]] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict, compare=False)
    kept: dict[str, str] = field(default_factory=dict, compare=False)

    def of(self, column: str) -> frozenset[str]:
        """The words that are absent in a column."""
        return self.columns.get(column, self.words)

    def clause(self, column: str) -> str:
        """What became of the words of a column: `cells count as absent: 3 'NA'`."""
        clauses = []
        counts = self.counts.get(column, {})
        if counts:
            pairs = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            each = ", ".join(f"{number:,} '{word}'" for word, number in pairs)
            verb = "cell counts" if sum(counts.values()) == 1 else "cells count"
            clauses.append(f"{verb} as absent: {each}")
        if column in self.kept:
            clauses.append(self.kept[column])
        return "; ".join(clauses)

    def to_dict(self) -> dict:
        """JSON-able: what tables of later predictions are told."""
        columns = {name: sorted(words) for name, words in self.columns.items()}
        return {"words": sorted(self.words), "columns": columns}

    @classmethod
    def from_dict(cls, values: dict) -> "AbsentWords":
        """The words that `to_dict` described; of `{}`, which older runs have, none."""
        columns = values.get("columns", {})
        return cls(
            frozenset(values.get("words", ())),
            {name: frozenset(words) for name, words in columns.items()},
        )


def count_words(values: Any, words: Collection[str]) -> dict[str, int]:
    """`{word: cells}` of an Arrow column of text; of another column, `{}`."""
    import pyarrow as pa
    import pyarrow.compute as pc

    counts: Counter = Counter()
    known = pa.array(sorted(words), pa.string())
    for chunk in values.chunks if words else ():
        texts = _texts(chunk)
        if texts is None:
            return {}
        short = texts.filter(pc.less_equal(pc.binary_length(texts), _LONGEST))
        trimmed = pc.utf8_trim_whitespace(short.cast(pa.string()))
        hits = trimmed.filter(pc.is_in(trimmed, known))
        for pair in hits.value_counts().to_pylist():
            counts[pair["values"]] += pair["counts"]
    return dict(counts)


def values_among(column: str, words: Collection[str], texts: Iterator[str]) -> dict:
    """`{word: why it is kept}` of absent words that are values of their column.

    words: those that stand in it; texts: its other cells, read as far as need be.
    """
    signs = [word for word in words if not any(map(str.isalnum, word))]
    codes = [word for word in words if word == _CODE]
    others: set[str] = set()
    for text in texts:
        others.add(text)
        if any(map(str.isalnum, text)):
            signs = []
        if text not in _CODES:
            codes = []
        if not signs and not codes:
            return {}
    fewest = 1 if _is_of_countries(column) else _FEWEST_CODES
    kept = {word: "the other cells are signs, too" for word in signs if others}
    if len(others) >= fewest:
        kept |= dict.fromkeys(codes, "the other cells are codes of countries")
    return kept


def texts_of(values: Any, without: Collection[str]) -> Iterator[str]:
    """The texts of an Arrow column, without white space around them, and not these."""
    for chunk in values.chunks:
        texts = _texts(chunk)
        for begin in range(0, 0 if texts is None else len(texts), _PIECE):
            for text in texts.slice(begin, _PIECE).to_pylist():
                text = (text or "").strip()
                if text and text not in without:
                    yield text


def _is_of_countries(column: str) -> bool:
    return not _OF_COUNTRIES.isdisjoint(re.split(r"[\W_]+", column.casefold()))


def _texts(chunk: Any) -> Any:
    """An Arrow array of text, also of a dictionary of texts; None of other cells."""
    import pyarrow as pa

    if pa.types.is_dictionary(chunk.type):
        chunk = chunk.dictionary_decode()
    text = pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type)
    return chunk if text else None
