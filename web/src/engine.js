/**
 * The engine's worker as the page sees it. There is one per page and release, shared by all memories that are open,
 * since starting Python costs a second and opening one more memory in it does not.
 *
 * A worker that hangs is ended and another one started, which opens again what was open and is asked what is unanswered.
 * The same happens around the time in which the browser keeps the page without running it: a worker that sleeps with
 * the page would keep its locks from other tabs. What is in ":memory:" would be lost, so an engine that holds such a
 * memory waits instead.
 */

import { Embedders } from "./embedder.js";
import { PramanaError, toWire } from "./errors.js";
import { TEMPORARY } from "./memory.js";
import { listenToPage } from "./page_life.js";
import { refusal } from "./policy.js";
import { MESSAGES } from "./protocol.js";
import { Caller } from "./rpc.js";
import { Running } from "./running.js";

/** How long the worker outlives its last memory, in case another is opened. */
const GRACE_MS = 10_000;

/** @typedef {(kind: string, data: any) => void} Listener */
/** @typedef {Record<string, any> & {name: string}} OpenParams */

/** @type {Map<string, Engine>} */
const engines = new Map();

export class Engine {
  #url;
  #caller = new Caller();
  /** Those of this page, which the worker calls back. */
  embedders = new Embedders();
  /** @type {Running | null} */
  #running = null;
  /** Whether what was open is being opened again. */
  #reopening = false;
  #ended = false;
  #users = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #grace;
  /** By number of the open memory. @type {Map<number, {params: OpenParams, told: Listener}>} */
  #open = new Map();
  #last = 0;
  #deaf;

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
    this.#start();
    engines.set(url, this);
    this.#deaf = listenToPage(
      () => this.#sleep(),
      () => this.#start(),
    );
  }

  /**
   * @param {OpenParams} params
   * @param {import("./rpc.js").CallOptions} [options]
   * @returns {Promise<{bank: number, role: import("../types/pramana.d.ts").Role}>}
   */
  async open(params, options) {
    const bank = ++this.#last;
    const { role } = await this.call("open", { ...params, bank }, options);
    // It was made then: if it is gone when it is opened again, it is not made anew.
    this.#open.set(bank, { params: { ...params, create: false }, told: () => {} });
    return { bank, role };
  }

  /**
   * Open it otherwise, if it must be opened again.
   * @param {number} bank
   * @param {object} params
   */
  amend(bank, params) {
    const entry = this.#open.get(bank);
    if (entry) Object.assign(entry.params, params);
  }

  /**
   * @param {string} method
   * @param {any} params
   * @param {import("./rpc.js").CallOptions} [options]
   */
  call(method, params, options) {
    const answer = this.#caller.call(method, params, options);
    this.#running?.expect();
    return answer;
  }

  /**
   * @param {number} bank
   * @param {Listener} listener told the notices about this memory, and "closed" if the engine dies
   */
  listen(bank, listener) {
    const entry = this.#open.get(bank);
    if (entry) entry.told = listener;
  }

  /** @param {number} bank */
  unlisten(bank) {
    this.#open.delete(bank);
  }

  /** Nobody else may be using it soon: stop the worker unless it is used again. */
  release() {
    if (--this.#users > 0) return;
    this.#grace = setTimeout(() => this.#end(new PramanaError("closed")), GRACE_MS);
  }

  #start() {
    if (this.#running || this.#ended) return;
    /** @type {Running} */
    const running = new Running(startWorker(this.#url), {
      message: (message) => this.#receive(message, running),
      failed: (text) => void this.#failed(text),
      died: () => this.#end(new PramanaError("closed", "the engine's worker died; open the memory again")),
      hangs: () => this.#replace(),
      expecting: () => this.#caller.waiting > 0,
    });
    this.#running = running;
    void this.#reopen(running);
  }

  /** @param {Running} running */
  async #reopen(running) {
    this.#reopening = true;
    const opening = [...this.#open].map(async ([bank, memory]) => {
      try {
        const { role } = await running.ask("open", { ...memory.params, bank });
        memory.told("role", role);
      } catch (error) {
        if (this.#running === running) memory.told("closed", toWire(error));
      }
    });
    await Promise.all(opening);
    if (this.#running !== running) return;
    this.#reopening = false;
    this.#caller.connect((message) => running.post(message));
    if (this.#caller.waiting > 0) running.expect();
  }

  /** @param {boolean} hung */
  #stop(hung) {
    this.#running?.stop(new PramanaError("closed", "the engine's worker was ended"));
    this.#running = null;
    this.#caller.disconnect(hung);
  }

  /** The worker hangs: have another one go on. */
  #replace() {
    if (this.#keepsTemporary()) return;
    if (this.#reopening) {
      const message = "the engine's worker stopped answering, and again when its memories were opened anew";
      this.#end(new PramanaError("closed", message));
      return;
    }
    this.#stop(true);
    this.#start();
  }

  /** The page stops, perhaps for hours: let other tabs lead. */
  #sleep() {
    if (this.#keepsTemporary()) return;
    this.#stop(false);
  }

  #keepsTemporary() {
    return [...this.#open.values()].some(({ params }) => params.name === TEMPORARY);
  }

  /**
   * @param {import("./rpc.js").Message} message
   * @param {Running} running
   */
  #receive(message, running) {
    if (message.type === MESSAGES.notice) this.#open.get(message.bank)?.told(message.kind, message.data);
    else if (message.type === MESSAGES.embed)
      void this.embedders.receive(message, (answer, transfer) => running.post(answer, transfer));
    else this.#caller.receive(message);
  }

  /** @param {string} message of the worker's error; "" if its script could not be loaded */
  async #failed(message) {
    const { origin } = new URL(this.#url);
    const away = origin !== location.origin;
    // Away from its page, the worker is a blob that imports the real one.
    const { hint, details } = await refusal(away ? "blob:" : this.#url);
    const needs = ` (from another origin it needs that server's Access-Control-Allow-Origin and, under a policy, worker-src blob: ${origin})`;
    const reason = message || `its script could not be loaded${hint || (away ? needs : "")}`;
    this.#end(
      new PramanaError("boot_failed", `the engine's worker failed: ${reason}`, {
        file: this.#url,
        ...details,
      }),
    );
  }

  /** @param {PramanaError} error */
  #end(error) {
    if (this.#ended) return;
    this.#ended = true;
    engines.delete(this.#url);
    this.#deaf();
    this.#caller.fail(error);
    this.#stop(false);
    for (const { told } of [...this.#open.values()]) told("closed", error.toJSON());
    this.#open.clear();
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
