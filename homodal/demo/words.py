"""Digit words in five languages, and the short, often faulty phrases around them."""

LABELS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
)  # fmt: skip

WORDS = {
    "en": LABELS,
    "de": "null eins zwei drei vier fünf sechs sieben acht neun".split(),
    "fr": "zéro un deux trois quatre cinq six sept huit neuf".split(),
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve".split(),
    "zh": tuple("零一二三四五六七八九"),
}

# How often a row is in each language, in per cent.
LANGUAGE_SHARES = {"en": 36, "de": 18, "fr": 14, "es": 18, "zh": 14}

PHRASES = {
    "en": ("{}", "number {}", "I see {}", "this is {}"),
    "de": ("{}", "Zahl {}", "ich sehe {}", "das ist {}"),
    "fr": ("{}", "chiffre {}", "je vois {}", "c'est {}"),
    "es": ("{}", "número {}", "veo {}", "esto es {}"),
    "zh": ("{}", "数字{}", "我看是{}", "这是{}"),
}
DOUBTS = {
    "en": "{} or {}",
    "de": "{} oder {}",
    "fr": "{} ou {}",
    "es": "{} o {}",
    "zh": "{}还是{}",
}

# A Chinese digit has no letter to lose: it is miswritten as another character that
# sounds alike, and an illegible one keeps the first letter of its sound.
MISHEARD = "铃衣而山是无流期吧酒"
INITIALS = "lyesswlqbj"  # zero and six, and three and four, begin alike


def pick_language(rng):
    """One of the language codes, by its share."""
    shares = list(LANGUAGE_SHARES.values())
    return str(rng.choice(list(LANGUAGE_SHARES), p=[s / 100 for s in shares]))


def phrase(digit, language, rng):
    """A short phrase naming `digit` (0 to 9), right, misspelled or in doubt.

    Of 100 phrases about 15 name two digits, 7 keep one letter of the word, 30 are
    misspelled and the others are right.
    """
    words, fate = WORDS[language], rng.random()
    if fate < 0.15:
        other = (digit + int(rng.integers(1, 10))) % 10
        pair = (digit, other) if rng.random() < 0.5 else (other, digit)
        return DOUBTS[language].format(words[pair[0]], words[pair[1]])
    word = words[digit]
    if fate < 0.22:
        word = (INITIALS[digit] if language == "zh" else word[0]) + "…"
    elif fate < 0.52:
        word = misspell(digit, language, rng)
    frames = PHRASES[language]
    return frames[int(rng.integers(len(frames)))].format(word)


def misspell(digit, language, rng):
    """The digit's word with one letter lost, doubled or swapped with its neighbour."""
    if language == "zh":
        return MISHEARD[digit]
    word = WORDS[language][digit]
    at = int(rng.integers(len(word) - 1))
    lost = word[:at] + word[at + 1 :]
    doubled = word[: at + 1] + word[at:]
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return (lost, doubled, swapped)[int(rng.integers(3))]
