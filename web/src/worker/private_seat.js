/**
 * The seat of a memory that nobody else can reach: what ":memory:" has in the place of a lock and a channel.
 */

import { PramanaError } from "../errors.js";
import { Caller, Responder } from "../rpc.js";

/** See `Seat` in store.js. */
export class PrivateSeat extends EventTarget {
  /** @type {import("../seat.js").Role} */
  role = "leader";
  #caller = new Caller();
  /** @type {Responder | null} */
  #responder = null;

  /** @param {string} name */
  constructor(name) {
    super();
    this.name = name;
  }

  /** @param {import("../seat.js").Answer} answer */
  serve(answer) {
    const responder = new Responder((method, params, { requestId, emit, signal }) =>
      answer(method, params, requestId, emit, signal),
    );
    this.#responder = responder;
    this.#caller.connect((message) => responder.receive(message, (answer) => this.#caller.receive(answer)));
  }

  /**
   * @param {string} method
   * @param {string} paramsJson
   * @param {{requestId?: string, onChunk?: (chunkJson: string) => void, signal?: AbortSignal}} [options]
   * @returns {Promise<string>}
   */
  call(method, paramsJson, options) {
    return this.#caller.call(method, paramsJson, options);
  }

  async leave() {
    await this.#responder?.stop();
    this.#caller.fail(new PramanaError("closed", `"${this.name}" was closed`));
  }
}
