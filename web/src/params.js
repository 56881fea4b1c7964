/** A call's parameters and options on their way to the engine. */

import { PramanaError } from "./errors.js";

/** @param {object} params */
export function encode(params) {
  try {
    return JSON.stringify(params, faithful);
  } catch (cause) {
    if (cause instanceof PramanaError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PramanaError("invalid_input", `this is not JSON: ${reason}`, {}, { cause });
  }
}

/**
 * Refuse what JSON would turn into null, or leave out, without a word.
 * @param {string} field
 * @param {unknown} value
 */
function faithful(field, value) {
  if (typeof value === "number" && !Number.isFinite(value)) throw unfit(field, `finite, not ${value}`);
  if (typeof value === "function" || typeof value === "symbol") throw unfit(field, `no ${typeof value}`);
  return value;
}

/**
 * Options as parameters on the wire; those that are the call's own are left out.
 * @param {Record<string, any> | null} [options]
 * @returns {Record<string, any>}
 */
export function snakeCase(options) {
  if (options && (typeof options !== "object" || Array.isArray(options))) throw unfit("options", "an object");
  const { signal: _, ...sent } = options ?? {};
  const renamed = Object.entries(sent).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value,
  ]);
  return Object.fromEntries(renamed);
}

/** @param {string} field @param {string} wanted */
export function unfit(field, wanted) {
  return new PramanaError("invalid_input", `${field} must be ${wanted}`, { field });
}
