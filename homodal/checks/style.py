"""The look of the check's page: light and dark, narrow and wide, on paper too."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #ffffff; --soft: #5b6570;
  --line: #d5dae0; --fill: #3b6ea8; --error: #b3261e; --warning: #9a5b00;
  --note: #3b6ea8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --paper: #15181c;
  --soft: #a3adb8; --line: #343b43; --fill: #7fb0e6; --error: #ff8a80;
  --warning: #f0b35a; --note: #7fb0e6; } }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin-top: 2.2rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; overflow-wrap: anywhere; }
section { border-left: 4px solid var(--line); padding: .1rem 0 .1rem .9rem;
  margin: 1rem 0; break-inside: avoid; }
section h3 { margin-top: .2rem; }
section h3 b { text-transform: uppercase; font-size: .75rem; margin-right: .3rem; }
section.error { border-color: var(--error); } section.error b { color: var(--error); }
section.warning { border-color: var(--warning); }
section.warning b { color: var(--warning); }
section.note { border-color: var(--note); } section.note b { color: var(--note); }
section p, section ul { margin: .2rem 0; color: var(--soft); overflow-wrap: anywhere; }
.cases { display: flex; flex-wrap: wrap; gap: .8rem; margin: .6rem 0; }
figure { margin: 0; max-width: 20rem; font-size: .85rem; overflow-wrap: anywhere; }
figcaption { color: var(--soft); }
figure q { display: block; }
img { width: 96px; height: 96px; image-rendering: pixelated; margin-right: 2px;
  border: 1px solid var(--line); }
svg { border: 1px solid var(--line); } svg path { stroke: var(--fill); fill: none; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
th { text-align: left; font-weight: 500; color: var(--soft); padding-right: 1rem;
  vertical-align: top; width: 9rem; }
.bars th, .bars td { border: 0; }
td.n { text-align: right; width: 4rem; padding-right: .6rem; }
td.bar i { display: block; height: .8rem;
  background: var(--fill); }
"""
