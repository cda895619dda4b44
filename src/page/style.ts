/** Light and dark, wide and narrow. The custom properties are the colors of charts too. */
export const pageStyle = `
:root {
	color-scheme: light dark;
	--paper: #ffffff; --panel: #f6f7f9; --text: #1d2330; --faint: #5b6475; --grid: #e3e6ec; --edge: #d5d9e2;
	--good: #0a7d4f; --bad: #c22727; --warn: #9a6300;
	--series-0: #0a66c2; --series-1: #d1570b; --series-2: #0b8a63; --series-3: #a83b92; --series-4: #8a6d00; --series-5: #3f8fb5; --series-6: #b3364b; --series-7: #5f7a1f;
	--due: #7a8496; --lost: #d42f2f; --late: #cf8700; --warmup: rgba(90, 105, 130, 0.13); --void: rgba(212, 47, 47, 0.12);
}
@media (prefers-color-scheme: dark) {
	:root {
		--paper: #14171d; --panel: #1c2028; --text: #e7eaf0; --faint: #9aa4b5; --grid: #2a303b; --edge: #343b48;
		--good: #3ecf8e; --bad: #ff7272; --warn: #f0b04a;
		--series-0: #5aa9ff; --series-1: #ff9a57; --series-2: #45d3a2; --series-3: #e58ad3; --series-4: #e0c54a; --series-5: #8fd0ef; --series-6: #ff8598; --series-7: #b5d36b;
		--due: #8e99ab; --lost: #ff6b6b; --late: #f2b632; --warmup: rgba(150, 170, 205, 0.14); --void: rgba(255, 107, 107, 0.16);
	}
}
* { box-sizing: border-box; }
body {
	margin: 0 auto; padding: 1.25rem clamp(0.75rem, 3vw, 2rem) 3rem; max-width: 78rem;
	background: var(--paper); color: var(--text); font: 15px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.35rem; margin: 0; }
h1 small { font-weight: 400; font-size: 0.9rem; color: var(--faint); margin-left: 0.5rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 0.6rem; }
h3 { font-size: 0.95rem; margin: 1rem 0 0.4rem; }
p { margin: 0.4rem 0; }
.verdict { font-size: 1.1rem; margin: 0.8rem 0; padding: 0.7rem 0.9rem; border-left: 4px solid; background: var(--panel); border-radius: 3px; overflow-wrap: anywhere; }
.good { border-color: var(--good); } .bad { border-color: var(--bad); } .void { border-color: var(--warn); }
.mark { font-weight: 700; } .mark.good { color: var(--good); } .mark.bad { color: var(--bad); } .mark.void { color: var(--warn); }
.thresholds { list-style: none; margin: 0.8rem 0; padding: 0; display: grid; gap: 0.4rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); }
.thresholds li { border: 1px solid var(--edge); border-left-width: 4px; border-radius: 4px; padding: 0.35rem 0.7rem; overflow-wrap: anywhere; }
.thresholds li.good { border-left-color: var(--good); } .thresholds li.bad { border-left-color: var(--bad); } .thresholds li.void { border-left-color: var(--warn); }
.thresholds small { display: block; color: var(--faint); }
.caveats { margin: 0.8rem 0; padding: 0.6rem 0.9rem 0.6rem 2rem; border: 1px solid var(--warn); border-radius: 4px; overflow-wrap: anywhere; }
.caveats li::marker { content: "!  "; color: var(--warn); font-weight: 700; }
.scroll { overflow-x: auto; border: 1px solid var(--edge); border-radius: 4px; }
.scroll table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
.scroll th, .scroll td { padding: 0.28rem 0.7rem; text-align: right; white-space: nowrap; }
.scroll th:first-child { text-align: left; position: sticky; left: 0; background: var(--paper); }
.scroll td { font-family: ui-monospace, monospace; font-size: 0.85rem; white-space: pre; }
.scroll th.words { text-align: left; }
.scroll td.words { font-family: inherit; white-space: normal; text-align: left; min-width: 14rem; overflow-wrap: anywhere; }
.scroll thead th { border-bottom: 1px solid var(--edge); background: var(--panel); }
.scroll tbody th { font-weight: 400; }
.scroll td.best { font-weight: 700; color: var(--good); }
.scroll tr.live > * { background: var(--panel); }
.scroll tr.live th { font-weight: 600; }
details { margin: 0.5rem 0; } details .scroll { margin-top: 0.5rem; } summary { cursor: pointer; }
ul.notes { margin: 0.4rem 0; padding-left: 1.2rem; color: var(--faint); overflow-wrap: anywhere; }
.scroll tbody tr + tr > * { border-top: 1px solid var(--grid); }
.scroll tr.section th { font-weight: 600; text-align: left; background: var(--panel); color: var(--faint); }
.cards { display: grid; gap: 1rem; align-items: start; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.swatch { display: inline-block; width: 0.75em; height: 0.75em; border-radius: 2px; margin-right: 0.45em; }
.charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); }
figure { margin: 0; padding: 0.7rem; border: 1px solid var(--edge); border-radius: 4px; min-width: 0; }
figcaption { font-weight: 600; }
figcaption small { display: block; font-weight: 400; color: var(--faint); }
.sum { font-family: ui-monospace, monospace; font-size: 0.85rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 0; }
dt { color: var(--faint); } dd { margin: 0; overflow-wrap: anywhere; }
.key { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; color: var(--faint); font-size: 0.85rem; margin: 0 0 0.6rem; }
.u-legend { font-size: 12px; text-align: left; margin: 0.2rem 0 0; }
.u-legend .u-value { font-variant-numeric: tabular-nums; }
.u-inline tr { margin-right: 12px; }
`.trim();
