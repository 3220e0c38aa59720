"""From logits per step to words: best paths, beams, grammars, language models."""
