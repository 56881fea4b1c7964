/**
 * The engine's worker: opens memories for its page and passes calls on to them.
 */

import { cancelled, PramanaError } from "./errors.js";
import { MESSAGES, PROTOCOL_VERSION } from "./protocol.js";
import { Responder } from "./rpc.js";
import { destroyDatabase } from "./store.js";
import { Bank } from "./worker/bank.js";
import { PageEmbedders } from "./worker/embedder.js";
import { Python } from "./worker/python.js";

/** @typedef {import("./rpc.js").Request} Request */

const page = /** @type {DedicatedWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const python = new Python(new URL("./", import.meta.url).href, (starting) =>
  page.postMessage({ v: PROTOCOL_VERSION, type: MESSAGES.notice, kind: "starting", data: starting }),
);
/** @type {Map<number, Bank>} */
const banks = new Map();
const embedders = new PageEmbedders((message) => page.postMessage(message));

const responder = new Responder((method, params, request) => {
  if (method === "reembed") return bankOf(request).reembed(embedders.of(params), request);
  if (request.bank !== undefined && method !== "close") return bankOf(request).call(method, params, request);
  switch (method) {
    case "open":
      return open(params, request);
    case "close":
      return close(request);
    case "destroy":
      return destroyDatabase(params);
    case "hold":
      return hold(params);
    default:
      throw new PramanaError("invalid_input", `the engine has no method "${method}"`, { field: "method" });
  }
});
page.addEventListener("message", ({ data }) => {
  if (data.type === MESSAGES.embedded) embedders.receive(data);
  else if (data.type === MESSAGES.hello) page.postMessage(data);
  else responder.receive(data, (message) => page.postMessage(message));
});

/**
 * @param {{bank: number, name: string, create: boolean, kernels: string, reembed: boolean,
 *   embedder: import("./embedder.js").Described | undefined}} params
 * @param {Request} request
 */
async function open({ bank: number, name, embedder, ...others }, { signal, progress }) {
  const options = { ...others, embedder: embedder && embedders.of(embedder) };
  /** @param {string} kind @param {any} data */
  const notify = (kind, data) => {
    if (kind === "closed") banks.delete(number);
    page.postMessage({ v: PROTOCOL_VERSION, type: MESSAGES.notice, bank: number, kind, data });
  };
  const opening = Bank.open(python, name, options, progress, notify);
  const bank = await unlessAborted(opening, signal);
  banks.set(number, bank);
  return { bank: number, role: bank.role };
}

/**
 * Let go of an opening that nobody waits for any more, and close what comes of it.
 * @param {Promise<Bank>} opening
 * @param {AbortSignal} signal
 * @returns {Promise<Bank>}
 */
function unlessAborted(opening, signal) {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(cancelled("opening was cancelled")), { once: true });
    opening.then((bank) => {
      if (!signal.aborted) resolve(bank);
      else void bank.close();
    }, reject);
  });
}

/** @param {Request} request */
async function close(request) {
  const number = request.bank ?? 0;
  const bank = banks.get(number);
  banks.delete(number);
  await bank?.close(); // none if it was asked of a worker that hung
}

/** @param {Request} request */
function bankOf({ bank: number }) {
  const bank = banks.get(number ?? 0);
  if (!bank) throw new PramanaError("closed", "this memory is not open any more");
  return bank;
}

/**
 * Hold a lock for as long as this worker lives: whoever else asks for it learns of its death.
 * @param {string} lock
 */
function hold(lock) {
  return new Promise((resolve) => {
    void navigator.locks.request(lock, () => {
      resolve(undefined);
      return new Promise(() => undefined);
    });
  });
}
