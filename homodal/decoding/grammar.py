"""What may be said: words of a list, or words that follow one another as they did.

A grammar is walked unit by unit. A place in it is `(node, root)`: a node is a dict of
units to nodes, with the word itself under `None` where one may end; the root is the
node that this word began at.
"""


def pairs(texts):
    """`{word: [words that followed it]}`, sorted; "" before the first, after the last.

    texts: lists of words.
    """
    found: dict[str, set] = {}
    for words in texts:
        for word, after in zip(["", *words], [*words, ""], strict=True):
            found.setdefault(word, set()).add(after)
    return {word: sorted(after) for word, after in sorted(found.items())}


class Grammar:
    """Words that may follow each word, spelled in units.

    follow: a list of words of which any may follow any, or `pairs`. spell: a function
    of a word to its units; space: the unit between words, or None where a unit of
    `marked` begins one.
    """

    def __init__(self, follow, spell, space=None, marked=frozenset()):
        self._follow = follow
        self._spell = spell
        self._space = space
        self._marked = marked
        self._roots = {}

    @property
    def start(self):
        """The place before anything was said."""
        return self._root(""), self._root("")

    def step(self, place, unit):
        """The place after `unit`, or None where it may not come."""
        node, root = place
        if unit == self._space or (unit in self._marked and node is not root):
            word = node.get(None)
            if word is None:
                return None
            node = root = self._root(word)
            if unit == self._space:
                return node, root
        after = node.get(unit)
        return None if after is None else (after, root)

    def complete(self, place):
        """True where nothing more need be said."""
        node, root = place
        if node is root:
            return root is self._root("")
        word = node.get(None)
        if word is None or isinstance(self._follow, list):
            return word is not None
        return "" in self._follow.get(word, ())

    def _root(self, word):
        key = "" if isinstance(self._follow, list) else word
        if key not in self._roots:
            words = self._follow
            if not isinstance(words, list):
                words = words.get(word, ())
            self._roots[key] = self._trie(words)
        return self._roots[key]

    def _trie(self, words):
        root: dict = {}
        for word in words:
            node = root
            for unit in self._spell(word):
                node = node.setdefault(unit, {})
            if node is not root:
                node[None] = word
        return root
