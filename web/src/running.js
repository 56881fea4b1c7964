/**
 * One worker of the engine from its start to its end, and how its page learns that it died or hangs.
 */

import { uniqueName } from "./ids.js";
import { ENGINE_LOCK } from "./lock.js";
import { MESSAGES, PROTOCOL_VERSION } from "./protocol.js";
import { Caller } from "./rpc.js";
import { PATIENCE, UNREADY, Watch } from "./watch.js";

/** @typedef {import("./rpc.js").Message} Message */
/**
 * @typedef {object} Told
 * @property {(message: Message) => void} message what it says to the engine
 * @property {(text: string) => void} failed it could not be started, or threw
 * @property {() => void} died
 * @property {() => void} hangs told at every tick from when it has been silent for too long
 * @property {() => boolean} expecting whether it owes the engine an answer
 */

export class Running {
  #worker;
  #told;
  #watch;
  /** Our own questions. */
  #caller = new Caller();
  #ended = new AbortController();
  /** It starts Python, which may hold it up for long. */
  #starting = false;
  /** Another tab waits for it. */
  #doubted = false;

  /**
   * @param {Worker} worker
   * @param {Told} told
   */
  constructor(worker, told) {
    this.#worker = worker;
    this.#told = told;
    this.#watch = new Watch(
      () => this.#doubted || this.#caller.waiting > 0 || told.expecting(),
      (silent) => this.#look(silent),
    );
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      told.failed(event.message);
    };
    this.#caller.connect((message) => this.post(message));
    this.#await().catch((error) => {
      if (!this.#ended.signal.aborted) told.failed(error.message);
    });
  }

  /**
   * @param {Message} message
   * @param {Transferable[]} [transfer]
   */
  post(message, transfer = []) {
    if (!this.#ended.signal.aborted) this.#worker.postMessage(message, transfer);
  }

  /**
   * @param {string} method
   * @param {any} params
   */
  ask(method, params) {
    this.expect();
    return this.#caller.call(method, params);
  }

  /** It owes an answer from now on. */
  expect() {
    this.#watch.start();
  }

  /** @param {import("./errors.js").PramanaError} error of what it was asked */
  stop(error) {
    this.#ended.abort();
    this.#watch.stop();
    this.#worker.onmessage = this.#worker.onerror = null;
    this.#worker.terminate();
    this.#caller.fail(error);
  }

  /** @param {Message} message */
  #receive(message) {
    this.#doubted = false;
    this.#watch.heard();
    if (message.type === MESSAGES.notice && message.bank === undefined) this.#starting = message.data;
    this.#caller.receive(message);
    this.#told.message(message);
  }

  /** @param {number} silent in ticks */
  #look(silent) {
    this.post({ v: PROTOCOL_VERSION, type: MESSAGES.hello });
    if (silent >= (this.#starting ? PATIENCE * UNREADY : PATIENCE)) this.#told.hangs();
  }

  /** Learn of its death: it holds a lock for as long as it lives. Under the same name other tabs send their doubts. */
  async #await() {
    const { locks } = navigator;
    if (!locks) return; // an insecure context: only ":memory:" works there, and ends with the worker anyway
    const { signal } = this.#ended;
    const lock = ENGINE_LOCK + uniqueName();
    const doubts = new BroadcastChannel(lock);
    signal.addEventListener("abort", () => doubts.close());
    doubts.onmessage = () => {
      this.#doubted = true;
      this.expect();
    };
    await this.#caller.call("hold", lock);
    await locks.request(lock, { signal }, () => this.#told.died());
  }
}
