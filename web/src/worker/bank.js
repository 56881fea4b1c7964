/**
 * One open memory in the engine's worker. As the leader of its name it has Python run it; as a follower it passes calls
 * on, and needs no Python until it is promoted.
 */

import { fromWire, PramanaError, toWire } from "../errors.js";
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
  #options;
  /** @type {Promise<import("./python.js").PythonMemory> | null} */
  #memory = null;

  /**
   * @param {Python} python
   * @param {import("./python.js").AnySeat} seat
   * @param {BankOptions} options
   * @param {Notify} notify
   */
  constructor(python, seat, options, notify) {
    this.#python = python;
    this.#seat = seat;
    this.#options = options;
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
    const bank = new Bank(python, seat, options, notify);
    bank.#listen();
    if (seat.role === "leader") await bank.#lead(options.create, progress);
    else if (options.embedder) await bank.#fit(options.embedder);
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

  /**
   * Have another embedder of this page embed all memories, then answer with it.
   * @param {import("./embedder.js").PageEmbedder} embedder
   * @param {import("../rpc.js").Request} request
   * @returns {Promise<number>} how many it embedded
   */
  async reembed(embedder, { signal, progress }) {
    if (this.role !== "leader" || !this.#memory) {
      const message = "another tab leads this memory; ask for the change there, or close it there first";
      throw new PramanaError("in_use", message);
    }
    return this.#python.reembed(await this.#memory, embedder, signal, progress);
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
      // Once there, Python itself follows and leads again. The database was there when this tab began to follow: if it
      // is gone, it is not made anew.
      if (!this.#memory) this.#lead(false, () => {}).catch((error) => this.#end(error));
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
    this.#memory = this.#python.open(seat, seat.name === TEMPORARY, { ...this.#options, create }, progress);
    try {
      await this.#memory;
    } catch (error) {
      await seat.leave();
      throw error;
    }
  }

  /**
   * Give the seat up unless the leader embeds as this tab would when it takes over.
   * @param {import("./embedder.js").PageEmbedder} embedder
   */
  async #fit({ id, dim }) {
    const { ok, error } = JSON.parse(await this.#seat.call("capabilities", "{}"));
    if (ok?.embedder.id === id && ok.embedder.dim === dim) return;
    await this.#seat.leave();
    if (error) throw fromWire(error);
    const stored = ok.embedder;
    throw new PramanaError(
      "embedder_mismatch",
      `the tab that leads this memory embeds with "${stored.id}" (${stored.dim} floats), not "${id}" (${dim})`,
      { stored_id: stored.id, stored_dim: stored.dim, given_id: id, given_dim: dim },
    );
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
