// How the playground looks, on top of the style of views.

const LIGHT = "--word: #0550ae; --number: #8a4b00; --meta: #6639ba; --selected: #b6d7ff;";
const DARK = "--word: #79c0ff; --number: #ffb77a; --meta: #d2a8ff; --selected: #264f78;";

export const PLAYGROUND_STYLE = `
:root { ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
body { max-width: none; }
[hidden] { display: none !important; }
#tools { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; padding: 0.5rem 0;
  border-block: 1px solid var(--line); }
#tools select, #tools input, dialog input { font: inherit; color: var(--ink);
  background: var(--page); border: 1px solid var(--soft); border-radius: 4px; padding: 0.2rem; }
#tools select { max-width: 12rem; text-overflow: ellipsis; }
#tools input[type="number"] { width: 4rem; }
#tools fieldset { border: 1px solid var(--line); border-radius: 4px; padding: 0 0.5rem 0.2rem;
  margin: 0; }
#tools legend { font-size: 0.8rem; color: var(--soft); }
select:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
#work { display: grid; grid-template-columns: minmax(18rem, 30rem) minmax(0, 1fr); gap: 1rem;
  margin-top: 0.75rem; align-items: start; }
#writing { position: sticky; top: 0.5rem; display: flex; flex-direction: column;
  max-height: calc(100vh - 1rem); }
#editor { border: 1px solid var(--soft); height: 54vh; flex: 0 1 auto; min-height: 12rem; }
#writing p { margin: 0.3rem 0; }
.hint { color: var(--soft); font-size: 0.8rem; }
#mistake:not(:empty) { border-left: 4px double var(--edge-hurt); padding-left: 0.6rem;
  color: var(--hurt-ink); }
#verdict { font-size: 0.875rem; overflow-wrap: anywhere; }
#verdict b { font-size: 1rem; }
#showing { border-left: 4px solid transparent; padding-left: 0.4rem; }
#showing.stale { border-left: 4px dashed var(--soft); }
#showing #time { padding-top: 0; }
#showing #stage { grid-template-columns: minmax(13rem, 17rem) minmax(0, 1fr); }
#lesson { border: 1px solid var(--line); background: var(--wash); padding: 0.5rem 0.75rem;
  margin-bottom: 0.5rem; overflow-y: auto; flex: 0 1 auto; max-height: 40vh; }
#lesson:not([hidden]) + #editor { height: 24vh; }
#lesson h2 { margin: 0; font-size: 1.1rem; }
#lesson .step { border-left: 4px solid var(--edge-live); padding-left: 0.6rem; min-height: 3rem;
  position: sticky; top: -0.5rem; bottom: -0.5rem; background: var(--wash); }
#lesson .step:empty { border-color: transparent; }
#lesson .right::before { content: "✓ "; font-weight: 700; }
#lesson .wrong::before { content: "✗ "; font-weight: 700; }
#answer { border-top: 2px solid var(--line); margin-top: 1rem; }
dialog { color: var(--ink); background: var(--page); border: 2px solid var(--soft);
  max-width: min(40rem, 95vw); }
dialog h2 { margin-top: 0; }
dialog label { display: block; }
dialog input { width: 100%; margin-bottom: 0.4rem; }
@media (max-width: 75rem) { #showing #stage { grid-template-columns: minmax(0, 1fr); }
  #showing #ops { height: 12rem; position: static; } }
@media (max-width: 60rem) {
  #work { grid-template-columns: minmax(0, 1fr); }
  #writing { position: static; max-height: none; }
  #editor { height: 16rem; flex: none; }
  #lesson { max-height: none; }
}
@media print {
  :root { ${LIGHT} }
  #tools, .hint, dialog, #lesson button { display: none; }
  #work { display: block; }
  #writing { position: static; max-height: none; }
  #editor { height: auto; }
}
`;
