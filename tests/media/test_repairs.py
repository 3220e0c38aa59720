"""What is mended is said where somebody listens."""

from homodal.media import repairs


def test_notes_reach_the_innermost_listener():
    repairs.note("to nobody")
    with repairs.noted() as outer:
        repairs.note("one")
        with repairs.noted() as inner:
            repairs.note("two")
        repairs.note("three")
    assert (outer, inner) == (["one", "three"], ["two"])


def test_kinds_stand_before_the_colon_whatever_stands_behind_it():
    with repairs.noted() as notes:
        repairs.note("unknown category: 'a; b: c'")
        repairs.note("cut at 8 tokens: it is longer")
        repairs.note("cut at 8 tokens: it is longer")
    reason = repairs.joined(notes)
    assert reason == "unknown category: 'a, b: c'; cut at 8 tokens: it is longer"
    assert repairs.kinds(reason) == ["unknown category", "cut at 8 tokens"]
    assert repairs.kinds("no such file: a.png") == ["no such file"]
