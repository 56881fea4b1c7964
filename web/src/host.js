/**
 * What Python in a page needs of the browser: a seat at a database. Our worker registers this module; a page's own
 * Pyodide imports the copy in the wheel, so both meet at the same lock, channel and database.
 */

import { fromWire, toWire } from "./errors.js";
import { Repeats } from "./repeats.js";

export { destroyDatabase, join } from "./store.js";

/** @typedef {import("./seat.js").Answer} Answer */

/**
 * Serve a seat's calls by two functions that suit Python: numbers and strings, nothing to keep alive per call. What
 * stands until something is committed is repeated without asking it, which is why it says so by `forget`.
 * @param {{serve: (answer: Answer) => void}} seat
 * @param {(key: number, method: string, paramsJson: string, requestId: string) => string | undefined} start returns
 *   the answer if it is there at once; else it comes by `settle`
 * @param {(key: number) => void} cancel
 */
export function serveSeat(seat, start, cancel) {
  const repeats = new Repeats();
  /** @type {Map<number, {emit: (chunkJson: string) => void, settle: (resultJson: string) => void}>} */
  const calls = new Map();
  let last = 0;
  /** @type {Answer} */
  const answer = (method, paramsJson, requestId, emit, signal) => {
    const request = `${method} ${paramsJson}`;
    const known = repeats.find(request);
    if (known !== undefined) return known;
    const key = ++last;
    const commits = repeats.commits;
    /** @type {(resultJson: string) => void} */
    let settle = () => {};
    calls.set(key, { emit, settle: (result) => settle(result) });
    const result = start(key, method, paramsJson, requestId);
    if (typeof result === "string") {
      calls.delete(key);
      return repeats.keep(request, result, commits);
    }
    signal.addEventListener("abort", () => cancel(key), { once: true });
    return new Promise((resolve) => {
      settle = (later) => resolve(repeats.keep(request, later, commits));
    });
  };
  return {
    /** Take calls, those that waited at once. */
    begin: () => seat.serve(answer),
    /** @param {number} key @param {string} chunkJson */
    emit: (key, chunkJson) => calls.get(key)?.emit(chunkJson),
    /** @param {number} key @param {string} resultJson */
    settle(key, resultJson) {
      const call = calls.get(key);
      calls.delete(key);
      call?.settle(resultJson);
    },
    forget: () => repeats.forget(),
    hits: () => repeats.hits,
  };
}

/**
 * Give a seat up for a reason that Python found.
 * @param {import("./seat.js").Seat} seat
 * @param {string} errorJson
 */
export function retire(seat, errorJson) {
  return seat.retire(fromWire(JSON.parse(errorJson)));
}

/**
 * JSON of an error that Python caught.
 * @param {unknown} error
 */
export function describe(error) {
  return JSON.stringify(toWire(error));
}
