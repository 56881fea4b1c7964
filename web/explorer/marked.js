/** A text area that shows where its text was refused: a copy of the text lies under it, and carries the mark. */

import { byId, element } from "./element.js";

/** What the mark says: the place, and what stands there; and what the button says. */
const SAID_BESIDES =
  /^(?:line \d+, character \d+|sentence \d+, ".*", is not understood): | What would be: .*$/gs;

/**
 * @param {string} id of the text area; `<id>-copy` lies under it, `<id>-problem` is the line below
 */
export function markedField(id) {
  const field = byId(id, HTMLTextAreaElement);
  const copy = byId(`${id}-copy`, HTMLElement);
  const problem = byId(`${id}-problem`, HTMLElement);

  function clear() {
    field.removeAttribute("aria-invalid");
    problem.replaceChildren();
    mirror();
  }

  /** @param {{start: number, end: number}} [range] */
  function mirror(range = { start: 0, end: 0 }) {
    const text = field.value;
    const { start, end } = range;
    const mark = end > start ? element("mark", {}, text.slice(start, end)) : null;
    // A last line that is empty has no height without the space.
    copy.replaceChildren(text.slice(0, start), ...(mark ? [mark] : []), `${text.slice(end)} `);
  }

  field.addEventListener("input", clear);

  return {
    field,
    clear,

    /** @param {string} text */
    write(text) {
      field.value = text;
      clear();
    },

    /**
     * Say what is wrong, at its place.
     * @param {string} message
     * @param {object} [where]
     * @param {number} [where.start]
     * @param {number} [where.end]
     * @param {string} [where.nearest] an accepted form of what stands there
     * @param {string} [where.besides] what else is to be said
     */
    refuse(message, { start = 0, end = field.value.length, nearest = "", besides = "" } = {}) {
      field.setAttribute("aria-invalid", "true");
      mirror({ start, end });
      problem.replaceChildren(element("span", {}, message.replace(SAID_BESIDES, "")));
      if (nearest) problem.append(nearestForm(nearest, start, end));
      if (besides) problem.append(element("span", { class: "besides" }, besides));
      field.focus();
      field.setSelectionRange(start, start);
    },
  };

  /**
   * @param {string} nearest
   * @param {number} start
   * @param {number} end
   */
  function nearestForm(nearest, start, end) {
    const button = element("button", { type: "button", class: "nearest" }, nearest);
    button.addEventListener("click", () => {
      field.setRangeText(nearest, start, end, "end");
      field.focus();
      clear();
    });
    return element("span", { class: "nearest-form" }, "Did you mean ", button);
  }
}
