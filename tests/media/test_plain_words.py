import pytest

from homodal.media.plain_words import plain
from homodal.media.words import clean


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Persian: a joiner within a word, and some that join nothing
        ("می\u200cخواهم کتاب\u200cها", "می\u200cخواهم کتاب\u200cها"),
        ("می\u200c خواهم\u200c.", "می خواهم"),
        # Hindi, Bengali, Malayalam (a chillu ends the word)
        ("हिंदी, क्\u200dष।", "हिंदी क्\u200dष"),
        ("র\u200d্যাব", "র\u200d্যাব"),
        ("അവന്\u200d വന്നു", "അവന്\u200d വന്നു"),
        # Catalan, its older dots, and a dot that is none
        ("Col·lecció d'il·lusió", "col·lecció d'il·lusió"),
        ("col\u2027lecció paral\u2219lel", "col·lecció paral·lel"),
        ("un · dos·", "un dos"),
        # Uzbek, Hawaiian, Ukrainian, French, English: one apostrophe
        ("O‘zbekcha o\u02bbzbekcha o'zbekcha o`zbekcha", " ".join(["o'zbekcha"] * 4)),
        ("tog‘ bog\u02bb tog‘lar", "tog\u02bb bog\u02bb tog'lar"),
        ("Hawai\u02bbi, \u02bbokina Hawai‘i", "hawai'i \u02bbokina hawai'i"),
        ("п'ять п’ять п\u02bcять", "п'ять п'ять п'ять"),
        ("l\u00b4eau l’eau", "l'eau l'eau"),
        # quotation marks are none
        ("‘dog’ ‚Berg‘ 'tis rock 'n' roll", "dog berg tis rock n roll"),
        ("“Yes,” he said", "yes he said"),
        # Hebrew: gershayim within an acronym, the maqaf
        ('צה״ל צה"ל "בית־ספר"', "צה״ל צה״ל בית-ספר"),
        # hyphens, soft hyphens, dashes
        (
            "co\u00adoperate co\u2011operate co\u2060operate",
            "cooperate co-operate cooperate",
        ),
        ("uh- well--no a – b", "uh well no a b"),
        # marks
        ("cafe\u0301 CAFÉ", "café café"),
        ("\u00a8a b", "a b"),
        ("مُحَمَّد مـحـمـد", "مُحَمَّد محمد"),
        ("தமிழ் ภาษาไทย", "தமிழ் ภาษาไทย"),
        ("İSTANBUL", "istanbul"),
        # what else separates words
        ("レオナルド・ダ・ヴィンチ", "レオナルド ダ ヴィンチ"),
        ("ሰላም፡ለዓለም", "ሰላም ለዓለም"),
        ("3.14 a@b", "3 14 a b"),
        ("... ' - \u200c", ""),
        ("👨\u200d👩", ""),
    ],
)
def test_a_word_keeps_what_its_script_writes_inside_of_it(text, words):
    assert plain(text) == words
    assert plain(words) == words


def test_marks_within_words_do_not_part_them_in_kept_texts():
    assert clean("co\u00adope\u200frate\u2060s") == "cooperates"
    assert clean("a\u200bb") == "a b"  # a space of width zero is one
