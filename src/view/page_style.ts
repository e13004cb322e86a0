// How the pages of a view look, on top of the style that all pages share. A colour never stands
// alone: cells carry a letter, parts of an object their name, damaged bytes a line.

/** Colours that people with any kind of colour vision tell apart. */
const LIGHT = `
--live: #cfe8fb; --free: #ececec; --never: #ffffff; --hurt: #ffd3c2; --hurt-ink: #8a1c00;
--edge-live: #0072b2; --edge-hurt: #b83a00; --arrow: #6a4c93; --arrow-own: #00735c;`;

const DARK = `
--live: #0d3350; --free: #2a2f37; --never: #0d1117; --hurt: #5a1f0c; --hurt-ink: #ffb59b;
--edge-live: #56b4e9; --edge-hurt: #ff7a45; --arrow: #c3a6ee; --arrow-own: #4cc9a8;`;

/** The colours alone, for a picture that is a file of its own. */
export const VIEW_COLOURS = `
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
`;

export const VIEW_STYLE = `${VIEW_COLOURS}
body { max-width: 110rem; }
button { font: inherit; color: var(--ink); background: var(--wash); border: 1px solid var(--line);
  border-radius: 4px; padding: 0.25rem 0.6rem; cursor: pointer; }
button.link { border: 0; background: none; color: var(--link); text-decoration: underline;
  padding: 0.1rem 0; text-align: left; vertical-align: top; }
button:focus-visible, input:focus-visible, #ops:focus-visible, pre:focus-visible,
.byte:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
#time { position: sticky; top: 0; z-index: 2; background: var(--page); padding: 0.5rem 0;
  border-bottom: 1px solid var(--line); }
#time > div { display: flex; flex-wrap: wrap; gap: 0.4rem; align-items: center; margin: 0.2rem 0; }
#slider { flex: 1 1 12rem; min-width: 8rem; }
#where { font-variant-numeric: tabular-nums; }
#stage { display: grid; grid-template-columns: minmax(16rem, 24rem) minmax(0, 1fr); gap: 1rem; }
#ops { list-style: none; margin: 0; padding: 0; height: 75vh; overflow-y: auto; position: sticky;
  top: 7rem; border: 1px solid var(--line); }
#ops li { display: grid; grid-template-columns: 3.2rem 1fr auto; gap: 0 0.4rem; height: 3.2rem;
  padding: 0.2rem 0.4rem; cursor: pointer; overflow: hidden; contain: strict;
  border-bottom: 1px solid var(--line); }
#ops li.space { padding: 0; border: 0; }
#ops li[aria-selected="true"] { background: var(--live); box-shadow: inset 4px 0 var(--edge-live); }
#ops li.bad code { text-decoration: underline wavy var(--edge-hurt); }
#ops code, #ops .answer { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
#ops .answer { grid-column: 2 / -1; color: var(--soft); }
#ops li[aria-selected="true"] .answer { color: var(--ink); }
#ops .marks { color: var(--hurt-ink); font-weight: 700; }
.byte, .line small, .result { overflow-wrap: anywhere; }
#panes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr));
  gap: 1.5rem; }
.pane { min-width: 0; }
.pane h2 { margin-top: 0; }
.pane.differs .words { box-shadow: inset 4px 0 var(--edge-hurt); padding-left: 0.6rem; }
.words { min-height: 5.5rem; }
.says { font-size: 1.1rem; margin: 0.3rem 0; }
.verdict, .about, .result { color: var(--soft); font-size: 0.875rem; margin: 0.2rem 0; }
.result { font-family: ui-monospace, monospace; color: var(--ink); }
.pane h3 { font-size: 1rem; margin: 1rem 0 0.3rem; }
.pane ul { margin: 0.2rem 0; padding-left: 1.2rem; font-size: 0.9rem; }
.pane h3 small { font-weight: 400; color: var(--soft); }
.news { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
  gap: 0 1.5rem; min-height: 6rem; }
.facts { width: auto; font-size: 0.875rem; }
.facts .wrong td { color: var(--hurt-ink); font-weight: 700; }
.broken { color: var(--hurt-ink); text-decoration: underline wavy var(--edge-hurt); }
.slab { margin: 0.6rem 0 1.2rem; content-visibility: auto; contain-intrinsic-size: auto 12rem; }
.slab.touched { box-shadow: -6px 0 var(--page), -9px 0 var(--edge-live); }
.slab figcaption { font-size: 0.875rem; font-weight: 400; }
.cells { position: relative; display: grid; gap: 4px;
  grid-template-columns: repeat(auto-fill, minmax(4.2rem, 1fr)); }
.sheaf .cells { grid-template-columns: repeat(auto-fill, minmax(3rem, 1fr)); }
.sheaf .cell { min-height: 2.6rem; padding-bottom: 0.2rem; }
.cell { display: grid; grid-template-columns: auto 1fr; padding: 0.1rem 0.3rem 0.9rem;
  border-radius: 3px; overflow: hidden; min-height: 3.4rem; align-content: start; }
.cell b { text-align: right; }
.cell span { grid-column: 1 / -1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap;
  font-size: 0.8rem; }
.cell.L { background: var(--live); border-color: var(--edge-live); }
.cell.F { background: var(--free); }
.cell.N { background: var(--never); border-style: dashed; }
.cell.D { background: repeating-linear-gradient(45deg, var(--hurt) 0 8px, var(--page) 8px 11px);
  border: 2px solid var(--edge-hurt); color: var(--ink); }
.cell.disputed { border: 2px dotted var(--edge-hurt); }
.cell[aria-pressed="true"] { outline: 3px solid var(--ink); }
.strip { width: 100%; height: 1.6rem; background: var(--wash); border: 1px solid var(--line);
  margin: 0.3rem 0; display: block; }
.strip .L { fill: var(--edge-live); }
.strip .F { fill: var(--line); }
.strip .D { fill: var(--edge-hurt); }
.arrows { position: absolute; inset: 0; width: 100%; height: 100%; pointer-events: none;
  overflow: visible; }
.arrows path { fill: none; stroke: var(--arrow); stroke-width: 1.5; }
.arrows .own { stroke: var(--arrow-own); stroke-dasharray: 4 3; }
.arrows .broken { stroke: var(--edge-hurt); stroke-width: 3; }
.zoom { border-top: 2px solid var(--line); margin-top: 1rem; }
.status { min-height: 3rem; font-size: 0.9rem; }
.part { border-left: 6px solid var(--line); padding-left: 0.6rem; margin: 0.3rem 0; }
.part h4 { margin: 0; font-size: 0.8rem; font-weight: 600; color: var(--soft); }
.part.payload { border-color: var(--edge-live); }
.part.left-redzone, .part.right-redzone { border-color: var(--bad); border-left-style: double; }
.part.free-pointer { border-color: var(--arrow); border-left-style: dashed; }
.part.track, .part.orig-size { border-color: var(--masked); border-left-style: dotted; }
.line { display: flex; flex-wrap: wrap; font: 0.8rem/1.5 ui-monospace, monospace; }
.line small { width: 3.4rem; color: var(--soft); }
.byte { padding: 0 0.22rem; }
.byte.new { font-weight: 700; text-decoration: underline; }
.byte.hurt { background: var(--hurt); color: var(--hurt-ink); text-decoration: underline double; }
.legend b { border: 1px solid var(--line); padding: 0 0.35rem; }
@media (max-width: 60rem) {
  #stage { grid-template-columns: minmax(0, 1fr); }
  #ops { height: 12rem; position: static; }
  #time { position: static; }
  .line { display: grid; grid-template-columns: 3.4rem repeat(8, auto); justify-content: start; }
  .line small { grid-row: 1 / span 2; }
}
@media print {
  :root { ${LIGHT} }
  #time, #ops, #clear, details, .about button { display: none; }
  #stage { display: block; }
  #panes { grid-template-columns: minmax(0, 1fr); }
  .slab { content-visibility: visible; break-inside: avoid; }
  /* More cells than a page has room for. */
  .slab:has(.cell:nth-child(151)) { break-inside: auto; }
  .cell { break-inside: avoid; }
  .slab figcaption, .pane h3 { break-after: avoid; }
  .cells { grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 4px 2px; }
  .sheaf .cells { grid-template-columns: repeat(auto-fill, minmax(3rem, 1fr)); }
  .arrows path { vector-effect: non-scaling-stroke; }
  button.link { color: var(--ink); text-decoration: none; }
}
`;
