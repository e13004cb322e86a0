// Elements of the page. Text becomes text nodes only, so nothing that a program says is ever HTML.

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element. An attribute that is true has no value; false and undefined leave it out. */
export function make(
  tag: string,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : `${value}`);
  }
  element.append(...children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

export function makeSvg(tag: string, attributes: Attributes): SVGElement {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, `${value}`);
  return element;
}

/** The element of the page with an id. */
export function found(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}

/**
 * One Tab stop for many elements: arrow keys move among them. `columns` says how many of them stand
 * side by side.
 */
export function moveWithin(box: HTMLElement, selector: string, columns: () => number): void {
  box.addEventListener("keydown", (event) => {
    const all = [...box.querySelectorAll<HTMLElement>(selector)];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns(),
      ArrowDown: columns(),
    };
    const step = steps[event.key];
    if (at === -1 || step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const next = all[at + step];
    if (next === undefined) return;
    all[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}

/** How many elements stand in the first row. */
export function columnsOf(elements: readonly HTMLElement[]): number {
  const row = elements.findIndex((one) => one.offsetTop !== elements[0].offsetTop);
  return row === -1 ? elements.length : row;
}
