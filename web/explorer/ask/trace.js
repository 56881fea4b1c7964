/** How an answer was found: each step, how long it took, and what came of it. */

import { element } from "../element.js";
import { counted, duration } from "../format.js";

/** @typedef {import("../../types/pramana.d.ts").Answer} Answer */

/** @type {Record<string, string>} */
const STEPS = {
  classify: "tell the kind of question",
  link: "find its names",
  understand: "read it as a sentence",
  gather: "gather what is known",
  infer: "infer",
  answer: "put it into words",
};
/**
 * @param {string} question as it was put
 * @param {Answer} answer
 * @param {number} tripMs from the question to the answer, messages included
 */
export function traceTable(question, answer, tripMs) {
  const { trace, cached, compute_ms: compute } = answer;
  const longest = Math.max(...trace.map(({ ms }) => ms), 0.001);
  const rows = trace.map(({ step, ms, found }) => {
    const bar = element("span", { class: "bar", "aria-hidden": "true" });
    bar.style.setProperty("--fill", String(ms / longest));
    return element(
      "tr",
      { "data-step": step },
      element("th", { scope: "row", title: STEPS[step] ?? null }, step),
      element("td", { class: "trace-bar" }, bar),
      element("td", { class: "trace-ms" }, duration(ms)),
      element("td", { class: "trace-found" }, words(found)),
    );
  });
  const times = `${duration(compute)} to compute, ${duration(tripMs)} there and back`;
  return element(
    "details",
    { class: "trace", open: "" },
    element(
      "summary",
      {},
      `How it was found: ${counted(trace.length, "step", "steps")} `,
      element("span", { class: "origin" }, times),
    ),
    cached ? element("p", { class: "origin", "data-cached": cached }, remembered(question, answer)) : null,
    element("table", {}, element("tbody", {}, ...rows)),
  );
}

/** @param {string} question @param {Answer} answer to it, or to one like it, that was given before */
function remembered(question, answer) {
  const of = answer.question === question ? "" : ` of “${answer.question}”`;
  return `Remembered${of}: the steps are those of the first time.`;
}

/** @param {Record<string, unknown>} found */
function words(found) {
  return Object.entries(found)
    .map(([name, value]) => [name.replaceAll("_", " "), Array.isArray(value) ? value.join("; ") : value])
    .filter(([, value]) => value !== "" && value !== null && value !== false)
    .map(([name, value]) => (value === true ? name : `${name}: ${value}`))
    .join(", ");
}
