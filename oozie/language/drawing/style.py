"""How a drawing looks, by its classes; a page that shows one links this, a file of its own holds it."""

STYLE = """\
.flow, .moods {
  --flow-paper: #ffffff; --flow-ink: #1e2422; --flow-quiet: #5d6662; --flow-line: #77807b; --flow-edge: #7b8581;
  --flow-bar: #47524d; --flow-bar-ink: #ffffff; --flow-error: #a3231c;
  --good: #14653f; --good-paper: #e0f2e7; --bad: #a3231c; --bad-paper: #fce6e3; --running: #1b559c;
  --running-paper: #e2edfb; --waiting: #5d6662; --waiting-paper: #eceeea; --held: #6a3d97; --held-paper: #f0e8f8;
  --passed: #7a4b00; --passed-paper: #fdf1d8; --skipped: #5d6662; --skipped-paper: #eceeea;
}
.flow { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
@media (prefers-color-scheme: dark) {
  .flow, .moods {
    --flow-paper: #1f2523; --flow-ink: #e8ebe8; --flow-quiet: #a3ada8; --flow-line: #7d8984; --flow-edge: #87938d;
    --flow-bar: #a3ada8; --flow-bar-ink: #161a19; --flow-error: #ff9a90;
    --good: #79d6a3; --good-paper: #17382a; --bad: #ff9a90; --bad-paper: #43211e; --running: #8fc0ff;
    --running-paper: #1c3350; --waiting: #b3bdb8; --waiting-paper: #2c3431; --held: #d3b0f5; --held-paper: #37264a;
    --passed: #f3cd86; --passed-paper: #3a2f17; --skipped: #b3bdb8; --skipped-paper: #2c3431;
  }
}
.flow .shape { fill: var(--flow-paper); stroke: var(--flow-line); stroke-width: 1.5; }
.flow .inner { fill: none; stroke: var(--flow-line); stroke-width: 1.2; }
.flow .title { font-size: 13px; font-weight: 600; fill: var(--flow-ink); text-anchor: middle; }
.flow .detail { font-size: 12px; fill: var(--flow-quiet); text-anchor: middle; }
.flow .left { text-anchor: start; }
.flow .fork .shape, .flow .join .shape { fill: var(--flow-bar); stroke: none; }
.flow .fork .title, .flow .join .title { fill: var(--flow-bar-ink); font-size: 12px; }
.flow .kill .shape { stroke: var(--flow-error); }
.flow .missing .shape { stroke: var(--flow-error); stroke-dasharray: 3 3; }
.flow .way { fill: none; stroke: var(--flow-edge); stroke-width: 1.5; }
.flow .tip { fill: var(--flow-edge); }
.flow .error .way { stroke: var(--flow-error); stroke-dasharray: 5 4; }
.flow .error .tip { fill: var(--flow-error); }
.flow .directory .shape, .flow .table .shape { fill: var(--running-paper); stroke: var(--running); }
.flow .table .inner { stroke: var(--running); }
.flow .reads .way, .flow .writes .way, .flow .waits .way { stroke: var(--running); }
.flow .reads .tip, .flow .writes .tip, .flow .waits .tip { fill: var(--running); }
.flow .waits .way { stroke-dasharray: 8 3; }
.flow .mentions .way { stroke-dasharray: 2 4; }
.flow .deletes .way { stroke: var(--flow-error); stroke-dasharray: 5 4; }
.flow .deletes .tip { fill: var(--flow-error); }
.flow .taken .way { stroke-width: 3; stroke: var(--flow-ink); }
.flow .taken .tip { fill: var(--flow-ink); }
.flow .taken.error .way { stroke: var(--flow-error); }
.flow .taken.error .tip { fill: var(--flow-error); }
.flow .label { font-size: 12px; fill: var(--flow-quiet); text-anchor: middle; }
.flow .label-paper { fill: var(--flow-paper); }
.flow .badge-paper { stroke: none; }
.flow .sign { fill: none; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; stroke: var(--flow-paper); }
.flow .good .shape { fill: var(--good-paper); stroke: var(--good); }
.flow .bad .shape { fill: var(--bad-paper); stroke: var(--bad); }
.flow .running .shape { fill: var(--running-paper); stroke: var(--running); stroke-width: 2.5; }
.flow .waiting .shape { fill: var(--waiting-paper); stroke: var(--waiting); stroke-dasharray: 2 3; }
.flow .held .shape { fill: var(--held-paper); stroke: var(--held); }
.flow .passed .shape { fill: var(--passed-paper); stroke: var(--passed); stroke-width: 2.5; }
.flow .skipped .shape { fill: var(--skipped-paper); stroke: var(--skipped); }
.flow .good .badge-paper { fill: var(--good); }
.flow .bad .badge-paper { fill: var(--bad); }
.flow .running .badge-paper { fill: var(--running); }
.flow .waiting .badge-paper { fill: var(--waiting); }
.flow .held .badge-paper { fill: var(--held); }
.flow .passed .badge-paper { fill: var(--passed); }
.flow .skipped .badge-paper { fill: var(--skipped); }
.flow a:hover .shape { stroke-width: 3; }
.flow a:focus { outline: none; }
.flow a:focus-visible .shape { stroke: var(--flow-ink); stroke-width: 4; }
"""
