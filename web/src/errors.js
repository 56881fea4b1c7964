/**
 * The one error class of Pramana in JavaScript, and how an error crosses between page, worker and tabs.
 * Structured clone drops an Error's class and code, so `{code, message, details}` is what travels.
 */

import { ERRORS } from "./protocol.js";

/** @typedef {import("./protocol.js").ErrorCode} ErrorCode */
/** @typedef {{code: string, message: string, details: Record<string, any>}} WireError */

/** What every call of Pramana rejects with. `code` is stable and listed in protocol.json. */
export class PramanaError extends Error {
  /**
   * @param {string} code
   * @param {string} [message] says what happened and what to do
   * @param {Record<string, any>} [details] JSON values
   * @param {{cause?: unknown}} [options]
   */
  constructor(code, message, details = {}, options = {}) {
    super(message || ERRORS[/** @type {ErrorCode} */ (code)] || code, options);
    // A cancelled call is recognised by its name everywhere else on the web platform.
    this.name = code === "cancelled" ? "AbortError" : "PramanaError";
    this.code = code;
    this.details = details;
  }

  /** @returns {WireError} */
  toJSON() {
    return { code: this.code, message: this.message, details: this.details };
  }
}

/**
 * Describe any thrown value; what is not a PramanaError becomes code "error" with its own name.
 * @param {unknown} error
 * @returns {WireError}
 */
export function toWire(error) {
  if (error instanceof PramanaError) return error.toJSON();
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return { code: "error", message, details: {} };
}

/**
 * Rebuild the error that `toWire`, or Python's `to_wire`, described.
 * @param {WireError} wire
 */
export function fromWire(wire) {
  return new PramanaError(wire.code, wire.message, wire.details ?? {});
}

/** @param {string} [message] */
export function cancelled(message = "the call was cancelled; nothing was written") {
  return new PramanaError("cancelled", message);
}
