/** The page's colours as a canvas can take them: custom properties, resolved for the theme that is shown. */

import { element } from "../element.js";

const ROLES = /** @type {const} */ ([
  "surface",
  "raised",
  "text",
  "muted",
  "control",
  "second",
  "accent",
  "accent-strong",
  "mixed",
  "bad",
]);

/** @typedef {Record<typeof ROLES[number], string>} Palette */

/**
 * @param {HTMLElement} home
 * @param {() => void} onChanged called when the theme changed
 * @returns {() => Palette}
 */
export function followPalette(home, onChanged) {
  const probe = element("span", { hidden: "" });
  home.append(probe);
  /** @type {Palette | null} */
  let known = null;
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", () => {
      known = null;
      onChanged();
    });
  }
  return () => {
    known ??= /** @type {Palette} */ (
      Object.fromEntries(
        ROLES.map((role) => {
          probe.style.color = `var(--${role})`;
          return [role, getComputedStyle(probe).color];
        }),
      )
    );
    return known;
  };
}
