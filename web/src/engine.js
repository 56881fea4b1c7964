/**
 * The engine's worker as the page sees it. There is one per page and release, shared by all memories that are open,
 * since starting Python costs a second and opening one more memory in it does not.
 */

import { PramanaError } from "./errors.js";
import { uniqueName } from "./ids.js";
import { MESSAGES } from "./protocol.js";
import { Caller } from "./rpc.js";

/** How long the worker outlives its last memory, in case another is opened. */
const GRACE_MS = 10_000;

/** @typedef {(kind: string, data: any) => void} Listener */

/** @type {Map<string, Engine>} */
const engines = new Map();

export class Engine {
  #worker;
  #caller = new Caller();
  #url;
  #users = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #grace;
  #ended = new AbortController();
  /** By number of the open memory. @type {Map<number, Listener>} */
  #listeners = new Map();

  /**
   * The engine whose files lie at `base`; started if it does not run. To be given back by `release`.
   * @param {string} base URL of the directory that holds pramana.js
   */
  static use(base) {
    const url = new URL(`${__ASSETS__}worker.js`, base).href;
    const engine = engines.get(url) ?? new Engine(url);
    engine.#users++;
    clearTimeout(engine.#grace);
    return engine;
  }

  /** @param {string} url of worker.js */
  constructor(url) {
    this.#url = url;
    this.#worker = startWorker(url);
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const reason = event.message || "its script could not be loaded";
      this.#end(new PramanaError("boot_failed", `the engine's worker failed: ${reason}`, { file: url }));
    };
    this.#caller.connect((message) => this.#worker.postMessage(message));
    engines.set(url, this);
    this.#watch().catch((error) => this.#end(error));
  }

  /**
   * @param {string} method
   * @param {any} params
   * @param {import("./rpc.js").CallOptions} [options]
   */
  call(method, params, options) {
    return this.#caller.call(method, params, options);
  }

  /**
   * @param {number} bank
   * @param {Listener} listener told the notices about this memory, and "closed" if the engine dies
   */
  listen(bank, listener) {
    this.#listeners.set(bank, listener);
  }

  /** @param {number} bank */
  unlisten(bank) {
    this.#listeners.delete(bank);
  }

  /** Nobody else may be using it soon: stop the worker unless it is used again. */
  release() {
    if (--this.#users > 0) return;
    this.#grace = setTimeout(() => this.#end(new PramanaError("closed")), GRACE_MS);
  }

  /** @param {import("./rpc.js").Message} message */
  #receive(message) {
    if (message.type === MESSAGES.notice) this.#listeners.get(message.bank)?.(message.kind, message.data);
    else this.#caller.receive(message);
  }

  /**
   * Learn of the worker's death: it holds a lock for as long as it lives.
   */
  async #watch() {
    const { locks } = navigator;
    if (!locks) return; // an insecure context: only ":memory:" works there, and ends with the worker anyway
    const lock = `pramana:engine:${uniqueName()}`;
    await this.call("hold", lock);
    try {
      await locks.request(lock, { signal: this.#ended.signal }, () => {
        this.#end(new PramanaError("closed", "the engine's worker died; open the memory again"));
      });
    } catch (error) {
      if (!this.#ended.signal.aborted) throw error;
    }
  }

  /** @param {PramanaError} error */
  #end(error) {
    if (this.#ended.signal.aborted) return;
    engines.delete(this.#url);
    this.#ended.abort();
    this.#worker.terminate();
    this.#caller.fail(error);
    for (const listener of this.#listeners.values()) listener("closed", error.toJSON());
    this.#listeners.clear();
  }
}

/** @param {string} url */
function startWorker(url) {
  /** @type {WorkerOptions} */
  const options = { type: "module", name: "pramana" };
  if (new URL(url).origin === location.origin) return new Worker(url, options);
  // A worker must be of the page's own origin; this one is, and imports the real one from where it lies.
  const source = `import ${JSON.stringify(url)};`;
  // An opaque origin (a sandboxed frame) is not the same as itself to a blob's, but any page may run a data URL.
  if (location.origin === "null")
    return new Worker(`data:text/javascript,${encodeURIComponent(source)}`, options);
  const local = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    return new Worker(local, options);
  } finally {
    // Fetched by then in every browser that starts it, or it never will be.
    setTimeout(() => URL.revokeObjectURL(local), GRACE_MS);
  }
}
