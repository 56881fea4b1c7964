/** A path or a proof as what it states: what is to be lit. */

import { counted } from "../format.js";
import { labelOf } from "../names.js";
import { statementText } from "../statement.js";

/** @typedef {import("../../types/pramana.d.ts").FactPath} FactPath */
/** @typedef {import("../../types/pramana.d.ts").Proof} Proof */
/** @typedef {import("./scene.js").Stated} Stated */
/** @typedef {{title: string, stated: Stated[]}} Evidence */

/** @param {FactPath | Proof} path @returns {Evidence} */
export function evidenceOf(path) {
  if ("terms" in path) {
    const [from, to] = [path.terms[0], path.terms[path.terms.length - 1]].map(labelOf);
    const title = `From ${from} to ${to}`;
    return { title, stated: path.steps.map(({ fact }) => fact) };
  }
  const stated = path.steps.map(({ conclusion, confidence, fact, source }) => ({
    ...conclusion,
    id: fact,
    confidence,
    source,
    derived: fact === "",
  }));
  return { title: `Why ${statementText(path.conclusion)}`, stated };
}

/** @param {Evidence} evidence */
export function describeEvidence({ title, stated }) {
  const follow = stated.filter(({ derived }) => derived).length;
  const assumed = stated.filter(({ id }) => id.startsWith("assumption:")).length;
  const facts = stated.length - follow - assumed;
  const parts = [
    counted(facts, "fact", "facts"),
    assumed ? `${assumed} assumed` : "",
    follow ? `${follow} that follow` : "",
  ].filter(Boolean);
  return `${title}: ${parts.join(parts.length > 2 ? ", " : " and ")}`;
}
