import type { Child } from './elements.ts';

/**
 * Makes the contents of `parent` equal to `wanted` by changing only what differs, every two
 * seconds: what is selected, focused or being read out stays where it is. Listeners belong on
 * elements that are not redrawn.
 */
export function redraw(parent: Element, ...wanted: readonly Child[]): void {
  const nodes = wanted
    .filter((child) => child !== null)
    .map((child) => (typeof child === 'string' ? document.createTextNode(child) : child));
  redrawChildren(parent, nodes);
}

function redrawChildren(parent: Element, wanted: readonly Node[]): void {
  const present = [...parent.childNodes];
  wanted.forEach((node, index) => {
    const old = present[index];
    if (old === undefined) parent.append(node);
    else if (!redrawNode(old, node)) old.replaceWith(node);
  });
  for (const surplus of present.slice(wanted.length)) surplus.remove();
}

/** Whether the old node could become the wanted one. */
function redrawNode(old: Node, wanted: Node): boolean {
  if (old.nodeName !== wanted.nodeName) return false;
  if (!(old instanceof Element && wanted instanceof Element)) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return true;
  }
  for (const { name } of [...old.attributes])
    if (!wanted.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of wanted.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  redrawChildren(old, [...wanted.childNodes]);
  return true;
}
