/** Facts proposed from a text that was pasted: each waits until it is accepted or rejected. */

import { byId, element } from "./element.js";
import { actions, replaceEntries } from "./entries.js";
import { counted } from "./format.js";
import { exclusive, Latest } from "./latest.js";
import { confidenceMark, statement, statementText } from "./statement.js";

/** @typedef {import("../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../types/pramana.d.ts").Proposal} Proposal */

const form = byId("extract-form", HTMLFormElement);
const field = byId("extract-text", HTMLTextAreaElement);
const button = byId("extract", HTMLButtonElement);
const list = byId("proposals", HTMLUListElement);

/**
 * @param {object} options
 * @param {Graph} options.graph
 * @param {(text: string) => void} options.onWritten
 * @param {(error: unknown) => void} options.onError
 */
export function createProposals({ graph, onWritten, onError }) {
  const latest = new Latest();

  async function extract() {
    const text = field.value;
    if (!text.trim()) {
      field.focus();
      return;
    }
    const found = await graph.extract(text);
    if (found.length) field.value = "";
    onWritten(
      found.length
        ? `${counted(found.length, "proposal", "proposals")}: accept what is right.`
        : "No sentence of this text has a form that facts are read from.",
    );
  }

  /** @param {Proposal} proposal */
  function entry(proposal) {
    const about = statementText(proposal);
    return element(
      "li",
      { class: "entry", "data-id": proposal.id },
      element("p", { class: "entry-text" }, statement(proposal), confidenceMark(proposal.confidence)),
      element("p", { class: "entry-facts" }, element("q", {}, proposal.sentence)),
      actions(
        about,
        {
          Accept: async () => {
            await graph.accept(proposal.id);
            onWritten(`Now a fact: ${about}.`);
          },
          Reject: async () => {
            await graph.reject(proposal.id);
            onWritten(`Rejected: ${about}.`);
          },
        },
        onError,
      ),
    );
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    exclusive(button, extract, field).catch(onError);
  });

  return {
    /** @returns {Promise<number | undefined>} how many wait; undefined if a later call took over */
    async show() {
      const waiting = await latest.run((signal) => graph.proposals({ status: "pending", signal }));
      if (!waiting) return undefined;
      replaceEntries(list, waiting.map(entry));
      byId("proposals-nothing", HTMLElement).hidden = waiting.length > 0;
      return waiting.length;
    },
  };
}
