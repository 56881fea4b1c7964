/**
 * One open memory in the engine's worker. As the leader of its name it has Python run it; as a follower it passes calls
 * on, and needs no Python until it is promoted.
 */

import { toWire } from "../errors.js";
import { join } from "../store.js";
import { PrivateSeat } from "./private_seat.js";

/** @typedef {import("./python.js").Python} Python */
/** @typedef {import("./python.js").BankOptions} BankOptions */
/** @typedef {import("./python.js").OnProgress} OnProgress */
/** @typedef {(kind: string, data: any) => void} Notify */

const TEMPORARY = ":memory:";

export class Bank {
  #python;
  #seat;
  #notify;
  #kernels;
  /** @type {Promise<import("./python.js").PythonMemory> | null} */
  #memory = null;

  /**
   * @param {Python} python
   * @param {import("./python.js").AnySeat} seat
   * @param {string} kernels
   * @param {Notify} notify
   */
  constructor(python, seat, kernels, notify) {
    this.#python = python;
    this.#seat = seat;
    this.#kernels = kernels;
    this.#notify = notify;
  }

  /**
   * @param {Python} python
   * @param {string} name
   * @param {BankOptions} options
   * @param {OnProgress} progress
   * @param {Notify} notify
   */
  static async open(python, name, options, progress, notify) {
    const seat = name === TEMPORARY ? new PrivateSeat(name) : await join(name);
    const bank = new Bank(python, seat, options.kernels, notify);
    if (seat.role === "leader") await bank.#lead(options.create, progress);
    bank.#listen();
    return bank;
  }

  get role() {
    return this.#seat.role;
  }

  /**
   * @param {string} method
   * @param {string} paramsJson
   * @param {import("../rpc.js").Request} request
   */
  call(method, paramsJson, { requestId, signal, emit }) {
    return this.#seat.call(method, paramsJson, { requestId, signal, onChunk: emit });
  }

  /** Finish what runs, and release lock, database and proxies. */
  async close() {
    const memory = await this.#memory?.catch(() => null);
    if (this.#seat.name === TEMPORARY) await this.#seat.leave();
    await memory?.close();
    memory?.destroy();
    await this.#seat.leave();
  }

  #listen() {
    const seat = this.#seat;
    seat.addEventListener("role", () => {
      this.#notify("role", seat.role);
      // The database was there when this tab began to follow: if it is gone, it is not made anew.
      this.#lead(false, () => {}).catch((error) => this.#end(error));
    });
    seat.addEventListener("notice", (event) => {
      const { kind, json } = /** @type {CustomEvent} */ (event).detail;
      if (kind === "change") this.#notify(kind, JSON.parse(json));
    });
    seat.addEventListener("closed", (event) => this.#end(/** @type {CustomEvent} */ (event).detail));
  }

  /**
   * @param {boolean} create
   * @param {OnProgress} progress
   */
  async #lead(create, progress) {
    const seat = this.#seat;
    this.#memory = this.#python.open(
      seat,
      seat.name === TEMPORARY,
      { create, kernels: this.#kernels },
      progress,
    );
    try {
      await this.#memory;
    } catch (error) {
      await seat.leave();
      throw error;
    }
  }

  /**
   * The memory is lost: say so, and let go of what is left of it.
   * @param {unknown} error
   */
  async #end(error) {
    this.#notify("closed", toWire(error));
    await this.close();
  }
}
