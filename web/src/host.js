/**
 * What Python in a page needs of the browser: a seat at a database. Our worker registers this module; a page's own
 * Pyodide imports the copy in the wheel, so both meet at the same lock, channel and database.
 */

import { toWire } from "./errors.js";

export { destroyDatabase, join } from "./store.js";

/** @typedef {import("./store.js").Answer} Answer */

/**
 * Serve a seat's calls by two functions that suit Python: numbers and strings, nothing to keep alive per call but
 * `emit` and `settle`.
 * @param {{serve: (answer: Answer) => void}} seat
 * @param {(key: number, method: string, paramsJson: string, requestId: string,
 *   emit: (chunkJson: string) => void, settle: (resultJson: string) => void) => void} start
 * @param {(key: number) => void} cancel
 */
export function serveSeat(seat, start, cancel) {
  let last = 0;
  seat.serve((method, paramsJson, requestId, emit, signal) => {
    const key = ++last;
    signal.addEventListener("abort", () => cancel(key), { once: true });
    return new Promise((settle) => start(key, method, paramsJson, requestId, emit, settle));
  });
}

/**
 * JSON of an error that Python caught.
 * @param {unknown} error
 */
export function describe(error) {
  return JSON.stringify(toWire(error));
}
