/**
 * One writer among all tabs of an origin. Whoever holds the Web Lock of a name leads: it owns the database and answers
 * the others' calls over a BroadcastChannel. When it goes, for whatever reason, the browser gives the lock to the next
 * in the queue, which takes over; calls that were not answered are asked again, with the same request ids.
 */

import { PramanaError } from "./errors.js";
import { deleteDatabase, unavailable } from "./idb.js";
import { uniqueName } from "./ids.js";
import { Database, notFound } from "./indexeddb.js";
import { MESSAGES, PROTOCOL_VERSION } from "./protocol.js";
import { Caller, protocolMismatch, Responder } from "./rpc.js";
import { qualified } from "./schema.js";

/** @typedef {import("./rpc.js").Message} Message */
/** @typedef {"leader" | "follower"} Role */
/**
 * @callback Answer what the leader runs for its own calls and for those of followers
 * @param {string} method
 * @param {string} paramsJson
 * @param {string} requestId
 * @param {(chunkJson: string) => void} emit
 * @param {AbortSignal} signal
 * @returns {Promise<string>} '{"ok": …}' or '{"error": {code, message, details}}'
 */

/**
 * A tab's place at a database: leader or follower. Made by `join`. Its events are CustomEvents:
 * - "role", `detail` the role: this seat takes over. Its owner then opens the database and serves.
 * - "notice", `detail` {kind, json}: what the leader broadcast, also where that is this seat.
 * - "closed", `detail` a PramanaError: this seat was lost for a reason other than `leave`.
 */
export class Seat extends EventTarget {
  /** @type {Role} */
  role = "follower";
  #id = uniqueName();
  #protocol;
  #channel;
  #caller;
  /** @type {Responder | null} */
  #responder = null;
  /** @type {Database | null} */
  #database = null;
  /** The leader we are connected to. @type {string | null} */
  #leader = null;
  /** Ends our hold on, or our wait for, the lock. */
  #waiting = new AbortController();
  /** @type {() => void} */
  #release = () => {};
  /** Settled by the first sign of a leader. */
  #placed = /** @type {{promise: Promise<void>, resolve: () => void, reject: (error: Error) => void}} */ ({});
  #left = false;

  /**
   * @param {string} name
   * @param {number} protocol
   */
  constructor(name, protocol) {
    super();
    this.name = name;
    this.#protocol = protocol;
    this.#caller = new Caller(protocol);
    this.#channel = new BroadcastChannel(qualified(name));
    this.#channel.onmessage = ({ data }) => this.#receive(data);
    this.#placed.promise = new Promise((resolve, reject) => Object.assign(this.#placed, { resolve, reject }));
    // Only `enter` looks at it; a seat that was lost earlier or later says so by an event.
    this.#placed.promise.catch(() => undefined);
  }

  get epoch() {
    return this.#database?.epoch ?? 0;
  }

  /** Take the lock, or queue for it and find the leader. */
  async enter() {
    if (!(await this.#take({ ifAvailable: true }))) {
      this.#take({ signal: this.#waiting.signal }).catch((error) => this.#retire(error));
      this.#send({ type: MESSAGES.hello });
    }
    await this.#placed.promise;
  }

  /**
   * Open the database as its leader.
   * @param {{create?: boolean}} [options]
   */
  async openDatabase(options) {
    const database = await Database.open(this.name, options);
    this.#database = database;
    database.onlost = (error) => {
      // The other tabs' memories end as ours does; none of them may make an empty database under the same name.
      this.broadcast("closed", JSON.stringify(error));
      void this.#retire(error);
    };
    return database;
  }

  /**
   * Answer calls from now on: our own and those of followers, also those that waited.
   * @param {Answer} answer
   */
  serve(answer) {
    const responder = new Responder(
      (method, params, { requestId, emit, signal }) => answer(method, params, requestId, emit, signal),
      this.#protocol,
    );
    this.#responder = responder;
    this.#caller.connect((message) => responder.receive(message, (answer) => this.#caller.receive(answer)));
    this.#announce();
  }

  /**
   * Have the leader run a method, whoever that is by then.
   * @param {string} method
   * @param {string} paramsJson
   * @param {{requestId?: string, onChunk?: (chunkJson: string) => void, signal?: AbortSignal}} [options]
   * @returns {Promise<string>} '{"ok": …}' or '{"error": …}'
   */
  call(method, paramsJson, options) {
    return this.#caller.call(method, paramsJson, options);
  }

  /**
   * Tell all seats, this one too.
   * @param {string} kind
   * @param {string} json
   */
  broadcast(kind, json) {
    this.#send({ type: MESSAGES.notice, kind, data: json });
    if (!this.#left) this.#tell("notice", { kind, json });
  }

  /**
   * @param {string} type
   * @param {any} detail
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Finish what runs, then give the seat up. Leaving twice is allowed. */
  async leave() {
    await this.#end(new PramanaError("closed", `"${this.name}" was closed`));
  }

  /** @param {PramanaError} error */
  async #retire(error) {
    if (this.#left) return;
    const ended = this.#end(error);
    this.#tell("closed", error);
    await ended;
  }

  /** @param {PramanaError} error */
  async #end(error) {
    if (this.#left) return;
    this.#left = true;
    this.#placed.reject(error);
    this.#waiting.abort();
    await this.#responder?.stop();
    this.#caller.fail(error);
    this.#database?.close();
    this.#channel.close();
    this.#release();
  }

  /**
   * @param {LockOptions} options
   * @returns {Promise<boolean>} whether the lock is ours, which is then held until `#release`
   */
  #take(options) {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(qualified(this.name), options, (lock) => {
          resolve(lock !== null);
          if (lock && !this.#left) return new Promise((release) => this.#lead(() => release(undefined)));
          return undefined;
        })
        .catch((error) => {
          if (this.#left) resolve(false);
          else if (this.role === "leader") void this.#retire(stolen(this.name));
          else reject(unavailable(error));
        });
    });
  }

  /** @param {() => void} release */
  #lead(release) {
    this.#release = release;
    this.#caller.disconnect();
    this.role = "leader";
    this.#leader = this.#id;
    this.#announce();
    this.#placed.resolve();
    this.#tell("role", this.role);
  }

  /** Say who leads; `ready` once calls are answered. */
  #announce() {
    this.#send({
      type: MESSAGES.leader,
      leader: this.#id,
      epoch: this.epoch,
      ready: this.#responder !== null,
    });
  }

  /** @param {Message} message */
  #send(message) {
    if (!this.#left) this.#channel.postMessage({ v: this.#protocol, ...message });
  }

  /** @param {Message} message */
  #receive(message) {
    if (this.#left) return;
    if (this.role === "leader") {
      if (message.type === MESSAGES.hello) this.#announce();
      else if (message.to === this.#id) this.#responder?.receive(message, (answer) => this.#send(answer));
    } else if (message.type === MESSAGES.leader) this.#follow(message);
    else if (message.type === MESSAGES.notice) this.#heed(message);
    else this.#caller.receive(message);
  }

  /** @param {Message} message of a leader */
  #follow(message) {
    if (message.v !== this.#protocol) {
      const error = protocolMismatch(this.#protocol, message.v);
      void this.#retire(error);
      return;
    }
    if (this.#leader !== message.leader) this.#caller.disconnect();
    this.#leader = message.leader;
    if (message.ready) this.#caller.connect((request) => this.#send({ ...request, to: message.leader }));
    this.#placed.resolve();
  }

  /** @param {Message} message */
  #heed(message) {
    this.#tell("notice", { kind: message.kind, json: message.data });
    if (message.kind !== "closed") return;
    const { code, message: text, details } = JSON.parse(message.data);
    void this.#retire(new PramanaError(code, text, details));
  }
}

/** @param {string} name */
function stolen(name) {
  return new PramanaError("epoch_lost", `another tab took "${name}" over from this one; open it again`, {
    name,
  });
}

/**
 * Take a seat at a database: as its leader if nobody leads, else as a follower of whoever does.
 * @param {string} name
 * @param {{protocol?: number}} [options]
 * @returns {Promise<Seat>}
 * @throws {PramanaError} storage_unavailable; protocol_mismatch if the leader runs another release
 */
export async function join(name, { protocol = PROTOCOL_VERSION } = {}) {
  if (!globalThis.navigator?.locks || !globalThis.BroadcastChannel) throw unavailable();
  const seat = new Seat(name, protocol);
  try {
    await seat.enter();
  } catch (error) {
    await seat.leave();
    throw error;
  }
  return seat;
}

/**
 * Delete a database with everything in it.
 * @param {string} name
 * @throws {PramanaError} in_use if a tab has it open; not_found
 */
export async function destroyDatabase(name) {
  if (!globalThis.navigator?.locks) throw unavailable();
  await navigator.locks.request(qualified(name), { ifAvailable: true }, async (lock) => {
    if (!lock) throw new PramanaError("in_use", `"${name}" is open; close it in every tab first`, { name });
    if (!(await deleteDatabase(qualified(name)))) throw notFound(name);
  });
}
