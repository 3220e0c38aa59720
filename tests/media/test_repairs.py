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
