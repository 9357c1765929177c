/** The style sheet of the page. Colours of states are not here: they are in `states.ts`. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1b1f24; --soft: #565e68; --line: #d3d8de; --shade: #f3f5f7;
  --accent: #1457a8; --good: #17693a; --bad: #a8183a; --band: rgba(214, 51, 108, 0.13);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171c; --text: #e8eaed; --soft: #a9b1bb; --line: #39414b; --shade: #1f242b;
    --accent: #86b7f5; --good: #7fd19b; --bad: #ff9aaf; --band: rgba(255, 120, 150, 0.2);
  }
}
:root.printing {
  color-scheme: light;
  --page: #ffffff; --text: #000000; --soft: #333333; --line: #aaaaaa; --shade: #ffffff;
  --accent: #000000; --good: #000000; --bad: #000000; --band: rgba(0, 0, 0, 0.12);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
main { max-width: 1500px; margin: 0 auto; padding: 1.25rem 1.5rem 4rem; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2.2rem 0 .6rem; font-size: 1.2rem; }
h3 { margin: 1.2rem 0 .4rem; font-size: 1rem; }
p { margin: .3rem 0; max-width: 75ch; white-space: pre-line; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.sides { display: grid; gap: 1.5rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .6rem 0; font-size: .9rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: .3rem 0 1rem; font-size: .85rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .28rem .4rem; text-align: left; vertical-align: top; }
thead th { vertical-align: bottom; font-size: .8rem; }
th { font-weight: 600; }
td.number, th.number { text-align: right; }
td.number, td.difference { white-space: nowrap; }
td.difference { color: var(--soft); text-align: right; }
tr.group th { background: var(--shade); }
.held { color: var(--good); font-weight: 600; }
.failed { color: var(--bad); font-weight: 600; }
.tools { display: flex; flex-wrap: wrap; gap: .5rem .9rem; align-items: center; margin: .4rem 0; }
button, input {
  font: inherit; font-size: .88rem; color: var(--text); background: var(--page);
  border: 1px solid var(--soft); border-radius: 4px; padding: .2rem .55rem;
}
button { cursor: pointer; }
button:disabled { opacity: .5; cursor: default; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem; border: 0; margin: 0; padding: 0; }
.legend legend { font-size: .88rem; color: var(--soft); padding: 0 0 .25rem; }
.legend button { display: inline-flex; align-items: center; gap: .4rem; }
.legend button[aria-pressed="false"] { text-decoration: line-through; color: var(--soft); }
.legend button[aria-pressed="false"] canvas { opacity: .25; }
.chart { width: 100%; }
.lanes-scroll { position: relative; overflow-x: hidden; overflow-y: auto; max-height: 70vh; border: 1px solid var(--line); }
.lanes-inner { position: relative; }
.lane { position: absolute; left: 0; right: 0; padding-left: .4rem; font-size: 12px; white-space: nowrap; }
.lane.first { border-top: 1px solid var(--line); }
.lane span { display: inline-block; overflow: hidden; text-overflow: ellipsis; vertical-align: top; }
.lane .agent { width: 128px; font-weight: 600; }
.lane .track { width: 78px; color: var(--soft); padding-left: 6px; }
.lanes-canvas { position: absolute; }
[hidden] { display: none !important; }
.hover {
  position: fixed; z-index: 10; pointer-events: none; padding: .5rem .7rem; border-radius: 4px;
  background: var(--page); color: var(--text); border: 1px solid var(--soft); box-shadow: 0 2px 8px rgba(0, 0, 0, .35);
}
.hint { box-shadow: 0 2px 8px rgba(0, 0, 0, .35); }
.tip { font-size: 13px; white-space: normal; max-width: 26rem; overflow-wrap: anywhere; }
.tip strong { display: block; }
details { margin: .6rem 0; }
summary { cursor: pointer; color: var(--accent); }
.printing main { max-width: none; width: 680px; padding: 0; }
.printing .lanes-scroll { overflow: visible; max-height: none; border: 0; }
.printing .tools { display: none; }
.printing .wide { overflow: visible; }
.printing table { font-size: 9px; }
.printing th, .printing td { padding: .15rem .25rem; }
.printing h2, .printing h3, .printing caption { break-after: avoid; }
.printing tr { break-inside: avoid; }
`
