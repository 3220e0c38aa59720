"""Which language a text seems to be in: by its script, then by its commonest words.

A rough word for a data check, not an identification: it names the script where no
commonest word of a known language stands in the text. Words shared by several
languages count for each of them. The word lists are the closed-class words of each
language (articles, pronouns, prepositions) that any grammar gives.
"""

import re
import unicodedata

_SCRIPTS = {
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "CJK": "Chinese",
    "CYRILLIC": "Cyrillic script",
    "ARABIC": "Arabic script",
    "HEBREW": "Hebrew",
    "GREEK": "Greek",
    "DEVANAGARI": "Devanagari script",
    "THAI": "Thai",
    "LATIN": "Latin script",
}
_COMMONEST = {
    "English": "the and of to is a in that it you for was are with this have not what "
    "as no on do by be at from or an how who which",
    "German": "der die das und ist nicht ein eine zu den mit ich von auf im sich auch",
    "French": "le la les et est un une des que pas dans du pour je qui sur avec il",
    "Spanish": "el la los las y es un una que no en de por con para del su lo se",
    "Italian": "il lo la gli e è un una che non di per con del sono nel mi si",
    "Portuguese": "o os as e é um uma que não em de por com para do da se na no",
    "Dutch": "de het een en is niet van ik dat op te met zijn voor er maar die",
}
_WORDS = {name: frozenset(words.split()) for name, words in _COMMONEST.items()}
_LETTERS = re.compile(r"[^\W\d_]+")
_READ = 400  # characters


def guess(text):
    """The name of a language or of a script; "no letters" where there are none."""
    text = text[:_READ]
    script = _script(text)
    if script != "Latin script":
        return script
    words = [word.lower() for word in _LETTERS.findall(text)]
    hits = {name: sum(w in known for w in words) for name, known in _WORDS.items()}
    best = max(hits, key=lambda name: hits[name])
    tied = [name for name, count in hits.items() if count == hits[best]]
    return best if hits[best] and len(tied) == 1 else script


def _script(text):
    counts: dict[str, int] = {}
    for letter in text:
        if letter.isalpha():
            word = unicodedata.name(letter, "").partition(" ")[0].partition("-")[0]
            name = _SCRIPTS.get(word, "another script")
            counts[name] = counts.get(name, 0) + 1
    if not counts:
        return "no letters"
    if "Japanese" in counts and "Chinese" in counts:  # kana stands between its kanji
        return "Japanese"
    return max(counts, key=lambda name: counts[name])
