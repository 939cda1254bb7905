/** The style of the page at `/docs`: contents at the side where there is room; light or dark as the reader has it. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --ground: #fff; --panel: #f6f8fa; --line: #d8dee4; --link: #0550ae;
  --get: #1a7f37; --post: #0550ae; --patch: #8250df; --delete: #b3261e }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ed; --soft: #9aa4af; --ground: #14171a; --panel: #1d2126; --line: #343b43; --link: #8cb4ff;
  --get: #56d364; --post: #8cb4ff; --patch: #c8a2ff; --delete: #ff8f87 } }
* { box-sizing: border-box }
html { scroll-behavior: smooth; scroll-padding-top: 1rem }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--text); background: var(--ground) }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
main { max-width: 62rem; padding: 1.5rem; min-width: 0 }
nav { padding: 1.5rem; font-size: .85rem; border-bottom: 1px solid var(--line) }
nav ul { list-style: none; margin: 0; padding: 0 } nav ul ul { margin: .2rem 0 .9rem; font-family: ui-monospace, monospace; font-size: .78rem }
nav ul ul a { color: inherit; overflow-wrap: anywhere }
@media (min-width: 62rem) { body { display: grid; grid-template-columns: 22rem minmax(0, 1fr) }
  nav { position: sticky; top: 0; height: 100vh; overflow: auto; border-bottom: 0; border-right: 1px solid var(--line) } }
h1 { margin-top: 0 } h2 { margin: 3rem 0 .5rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line) }
h3 { margin: 0 0 .5rem; font-size: 1.05rem } h3 a { color: inherit } h4 { margin: 1rem 0 .3rem; font-size: .9rem; color: var(--soft) }
article { margin: 1.5rem 0; padding: 1rem 1.2rem; border: 1px solid var(--line); border-radius: .5rem }
article:target { border-color: var(--link) }
small { color: var(--soft); border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6em }
code, pre { font: .85em/1.5 ui-monospace, monospace }
pre { margin: .4rem 0; padding: .7rem .9rem; overflow: auto; background: var(--panel); border-radius: .4rem; max-height: 30rem }
td pre { padding: .3rem .5rem; max-height: 14rem }
table { border-collapse: collapse; width: 100%; font-size: .9rem; display: block; overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line) }
tr.good th { color: var(--get) } tr.problem th, tr.problem td { color: var(--soft) }
b.GET, b.SEND { color: var(--get) } b.POST, b.RECEIVE { color: var(--post) } b.PATCH, b.PUT { color: var(--patch) } b.DELETE { color: var(--delete) }`;
