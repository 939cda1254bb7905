/** The report's style sheet: light and dark as the reader has it, and fit to print. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --page: #fbfbfa; --ink: #1c2126; --quiet: #59636e; --rule: #d9dde1; --panel: #fff;
  --blue: #0b62c4; --orange: #b3541e; --green: #0a7552; --purple: #7d3c98; --red: #c22f3d; --amber: #8a6100;
  --blue-heat: 11 98 196; --red-heat: 206 47 61; }
@media screen and (prefers-color-scheme: dark) { :root { --page: #14171a; --ink: #e7eaed; --quiet: #a2acb6; --rule: #343b42;
  --panel: #1b1f24; --blue: #6cb0ff; --orange: #f0995a; --green: #4fcf9f; --purple: #cf9be6; --red: #ff8087;
  --amber: #e3b341; --blue-heat: 56 120 200; --red-heat: 220 70 80; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 62rem; background: var(--page); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p { margin: .5rem 0; max-width: 46rem; }
.quiet, figcaption, caption, small, dt { color: var(--quiet); }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: .75rem; margin: 1.25rem 0; }
.tiles > div { background: var(--panel); border: 1px solid var(--rule); border-radius: .5rem; padding: .75rem 1rem; }
.tiles dt, .tiles small { font-size: .85rem; }
.tiles dd { margin: 0; font-size: 1.6rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.tiles small { display: block; font-weight: 400; }
figure { margin: .75rem 0; background: var(--panel); border: 1px solid var(--rule); border-radius: .5rem; padding: .75rem; }
figure.narrow { max-width: 30rem; }
figure > svg { display: block; width: 100%; height: auto; }
figure:not(.narrow) { overflow-x: auto; } figure:not(.narrow) > svg { min-width: 38rem; }
figcaption { font-size: .875rem; margin-top: .5rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); }
.key { white-space: nowrap; margin-right: 1rem; } .key svg { vertical-align: middle; }
.grid { stroke: var(--rule); } .diagonal { stroke: var(--ink); stroke-dasharray: 5 4; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line-1 { stroke: var(--blue); } .line-2 { stroke: var(--orange); stroke-dasharray: 9 3; }
.line-3 { stroke: var(--green); stroke-dasharray: 3 2; } .line-4 { stroke: var(--purple); stroke-dasharray: 12 3 3 3; }
.line-5 { stroke: var(--red); stroke-dasharray: 6 2; } .line-6 { stroke: var(--amber); stroke-dasharray: 2 4; }
.line-no-change { stroke: var(--quiet); stroke-dasharray: 6 5; stroke-width: 1.5; }
.episode { fill: var(--red); opacity: .1; }
.mark line { stroke-width: 1.25; } .mark.warning line, .mark.recovered line { stroke-dasharray: 3 3; }
.mark.warning line { stroke: var(--amber); } .mark.drift line { stroke: var(--red); }
.mark.recovered line { stroke: var(--green); } .mark.user line, .mark.alert line { stroke: var(--quiet); }
span.mark.warning { color: var(--amber); } span.mark.drift { color: var(--red); } span.mark.recovered { color: var(--green); }
.mark.warning text { fill: var(--amber); } .mark.drift text { fill: var(--red); } .mark.recovered text { fill: var(--green); }
.mark.version text { font-size: 9px; }
.bar { fill: var(--blue); opacity: .75; } .count { fill: var(--quiet); opacity: .6; }
.gap.over { fill: var(--red); opacity: .35; } .gap.under { fill: var(--green); opacity: .45; }
.chip { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; vertical-align: -1px; }
.chip.over { background: var(--red); opacity: .5; } .chip.under { background: var(--green); opacity: .6; }
.wide { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .925rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .4rem; font-size: .875rem; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th { font-weight: 600; } th:first-child { text-align: left; } thead th { white-space: normal; color: var(--quiet); font-weight: 500; vertical-align: bottom; }
.heat td { text-align: center; min-width: 4.2rem; border: 1px solid var(--page); } .heat td small { display: block; color: inherit; opacity: .85; line-height: 1.1; }
.heat .right { background: rgb(var(--blue-heat) / calc(.5 * var(--shade))); }
.heat .wrong { background: rgb(var(--red-heat) / calc(.6 * var(--shade))); }
.heat .none { color: var(--quiet); }
.settings td, .settings th { text-align: left; white-space: normal; vertical-align: top; }
details { margin: .5rem 0; } summary { cursor: pointer; color: var(--quiet); } summary h2 { display: inline-block; border: 0; margin: .5rem 0; padding: 0; color: var(--ink); }
.words dt { font-weight: 600; color: var(--ink); margin-top: .5rem; } .words dd { margin: 0; max-width: 46rem; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } figure, table, .tiles > div { break-inside: avoid; }
  h2, h3 { break-after: avoid; } .wide { overflow: visible; } }
`;
