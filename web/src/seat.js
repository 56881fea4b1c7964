/**
 * A tab's place among those that have a database open: it leads, or follows whoever does, and may change between both.
 */

import { PramanaError } from "./errors.js";
import { unavailable } from "./idb.js";
import { uniqueName } from "./ids.js";
import { Database } from "./indexeddb.js";
import { Lock, lockHolder } from "./lock.js";
import { listenToPage } from "./page_life.js";
import { MESSAGES } from "./protocol.js";
import { Caller, protocolMismatch, Responder } from "./rpc.js";
import { qualified } from "./schema.js";
import { PATIENCE, UNREADY, Watch } from "./watch.js";

/** Ticks after which it is noted whom we doubt, and its page is asked to look after it. */
const DOUBT = 2;

/** @typedef {import("./rpc.js").Message} Message */
/** @typedef {"leader" | "follower"} Role */
/**
 * @callback Answer what the leader runs for its own calls and for those of followers
 * @param {string} method
 * @param {string} paramsJson
 * @param {string} requestId
 * @param {(chunkJson: string) => void} emit
 * @param {AbortSignal} signal
 * @returns {string | Promise<string>} '{"ok": …}' or '{"error": {code, message, details}}'
 */

/**
 * A tab's place at a database: leader or follower. Made by `join`. Its events are CustomEvents:
 * - "role", `detail` the role: this seat takes over, and its owner then opens the database and serves; or another seat
 *   did while this one slept, and its owner lets go of what it holds of the database.
 * - "notice", `detail` {kind, json}: what the leader broadcast, also where that is this seat.
 * - "closed", `detail` a PramanaError: this seat was lost for a reason other than `leave`.
 */
export class Seat extends EventTarget {
  /** @type {Role} */
  role = "follower";
  /** Of this seat while it leads; another each time. */
  #id = "";
  #protocol;
  #channel;
  #caller;
  /** @type {Responder | null} */
  #responder = null;
  /** @type {Database | null} */
  #database = null;
  /** The leader we are connected to. @type {string | null} */
  #leader = null;
  /** Whether it answers calls by now. */
  #ready = false;
  #watch;
  #lock;
  /** Who has the lock, to the lock manager: our leader when it fell silent, or this seat while it leads. */
  #holder = "";
  /** When this seat last heard anything while it led. */
  #awake = 0;
  /** After hearing nothing for so long it makes sure that it still leads. Less than a silence that would replace it. */
  #dozeMs;
  /** Settled when that is known. @type {Promise<void> | null} */
  #checking = null;
  /** The page that we live in, if we do, is in the back-forward cache or frozen. */
  #paused = false;
  /** Ends our listening to it. */
  #deaf;
  /** Settled by the first sign of a leader. */
  #placed = /** @type {{promise: Promise<void>, resolve: () => void, reject: (error: Error) => void}} */ ({});
  #left = false;

  /**
   * @param {string} name
   * @param {number} protocol
   * @param {number} patienceMs after so much silence a leader is replaced
   */
  constructor(name, protocol, patienceMs) {
    super();
    this.name = name;
    this.#protocol = protocol;
    this.#caller = new Caller(protocol);
    this.#channel = new BroadcastChannel(qualified(name));
    this.#channel.onmessage = ({ data }) => this.#receive(data);
    this.#dozeMs = patienceMs / 2;
    this.#lock = new Lock(
      name,
      (stolen) => this.#lead(stolen),
      () => this.#yield(),
    );
    this.#watch = new Watch(
      () => this.#expecting(),
      (silent) => void this.#look(silent).catch((error) => this.retire(unavailable(error))),
      patienceMs,
    );
    this.#deaf = listenToPage(
      () => this.#pause(),
      () => this.#resume(),
    );
    this.#placed.promise = new Promise((resolve, reject) => Object.assign(this.#placed, { resolve, reject }));
    // Only `enter` looks at it; a seat that was lost earlier or later says so by an event.
    this.#placed.promise.catch(() => undefined);
  }

  get epoch() {
    return this.#database?.epoch ?? 0;
  }

  /** Take the lock, or queue for it and find the leader. */
  async enter() {
    if (!(await this.#lock.take())) this.#queue();
    await this.#placed.promise;
  }

  /**
   * Open the database as its leader.
   * @param {{create?: boolean}} [options]
   */
  async openDatabase(options) {
    const id = this.#id;
    const database = await Database.open(this.name, options);
    if (id !== this.#leader) {
      database.close();
      throw replaced(this.name);
    }
    this.#database = database;
    database.onlost = (error) => {
      // The other tabs' memories end as ours does; none of them may make an empty database under the same name.
      this.broadcast("closed", JSON.stringify(error));
      void this.retire(error);
    };
    database.onreplaced = () => this.#yield();
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
    this.#caller.connect((message) =>
      this.#whenLeading(() => responder.receive(message, (answer) => this.#caller.receive(answer))),
    );
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
    const answer = this.#caller.call(method, paramsJson, options);
    if (this.role === "follower") this.#watch.start();
    return answer;
  }

  /**
   * Tell all seats, this one too.
   * @param {string} kind
   * @param {string} json
   */
  broadcast(kind, json) {
    this.#send({ type: MESSAGES.notice, from: this.#id, kind, data: json });
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

  /**
   * Give the seat up for a reason, which "closed" and all calls tell.
   * @param {PramanaError} error
   */
  async retire(error) {
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
    this.#deaf();
    this.#watch.stop();
    await this.#responder?.stop();
    this.#caller.fail(error);
    this.#database?.close();
    this.#channel.close();
    this.#lock.leave();
  }

  /** Wait for the lock, and find the leader meanwhile. */
  #queue() {
    this.#lock.queue().catch((error) => this.retire(error));
    this.#send({ type: MESSAGES.hello });
    this.#watch.start();
  }

  /** @param {boolean} stolen whether the leader before was silent */
  #lead(stolen) {
    if (this.#left) return;
    this.#caller.disconnect(stolen);
    this.role = "leader";
    const id = uniqueName();
    this.#leader = this.#id = id;
    this.#holder = "";
    this.#awake = performance.now();
    void lockHolder(this.name).then(({ holder }) => {
      if (this.#leader === id) this.#holder = holder;
    });
    this.#announce(stolen);
    this.#placed.resolve();
    this.#tell("role", this.role);
  }

  /**
   * Follow nobody yet; and lead no more, if we did: let go of the database, and leave to the next leader what is
   * unanswered.
   * @param {boolean} hung whether that is because we did not answer
   */
  #stepDown(hung) {
    const led = this.role === "leader";
    this.role = "follower";
    this.#leader = null;
    this.#responder?.abandon();
    this.#responder = null;
    this.#database?.close(replaced(this.name));
    this.#database = null;
    this.#lock.leave();
    this.#caller.disconnect(hung);
    if (led) this.#tell("role", this.role);
  }

  /** Another tab has taken over: follow it. */
  #yield() {
    if (this.#left || this.role === "follower") return;
    this.#stepDown(true);
    this.#queue();
  }

  /** The page stops, perhaps for hours: let others lead. */
  #pause() {
    if (this.#left || this.#paused) return;
    this.#paused = true;
    this.#watch.stop();
    this.#stepDown(false);
  }

  #resume() {
    if (this.#left || !this.#paused) return;
    this.#paused = false;
    this.#queue();
  }

  /** Whether we wait for our leader, or to learn who leads. */
  #expecting() {
    return this.role === "follower" && (this.#leader === null || this.#caller.waiting > 0);
  }

  /**
   * Our leader has said nothing for a while: ask, then doubt, then replace it.
   * @param {number} silent in ticks
   */
  async #look(silent) {
    this.#send({ type: MESSAGES.hello });
    if (silent === DOUBT) {
      const { holder, engines } = await lockHolder(this.name);
      this.#holder = holder;
      for (const engine of engines) post(engine, { type: MESSAGES.hello });
    }
    if (silent < (this.#leader === null || this.#ready ? PATIENCE : PATIENCE * UNREADY)) return;
    this.#watch.heard();
    await this.#lock.steal(this.#holder);
  }

  /**
   * Do what only a leader may, at once; or, if we may have slept so long that another tab took over, when we know that
   * none did. Whoever wakes finds what others sent meanwhile before it is told that its lock is gone.
   * @param {() => void} work
   */
  #whenLeading(work) {
    const now = performance.now();
    if (now - this.#awake > this.#dozeMs) this.#checking ??= this.#checkLead();
    this.#awake = now;
    if (!this.#checking) work();
    else
      void this.#checking.then(() => {
        if (this.role === "leader") work();
      });
  }

  async #checkLead() {
    const { holder } = await lockHolder(this.name);
    this.#checking = null;
    if (this.#holder !== "" && holder !== this.#holder) this.#yield();
  }

  /**
   * Say who leads; `ready` once calls are answered.
   * @param {boolean} [stolen] that the leader before was silent
   */
  #announce(stolen = false) {
    this.#send({
      type: MESSAGES.leader,
      leader: this.#id,
      epoch: this.epoch,
      ready: this.#responder !== null,
      stolen,
    });
  }

  /** @param {Message} message */
  #send(message) {
    if (!this.#left) this.#channel.postMessage({ v: this.#protocol, ...message });
  }

  /** @param {Message} message */
  #receive(message) {
    if (this.#left || this.#paused) return;
    if (this.role === "leader") {
      if (message.type === MESSAGES.hello) this.#whenLeading(() => this.#announce());
      else if (message.to === this.#id) this.#whenLeading(() => this.#answer(message));
    } else if (message.type === MESSAGES.leader) this.#follow(message);
    else if (message.from === this.#leader) {
      this.#watch.heard();
      if (message.type === MESSAGES.notice) this.#heed(message);
      else this.#caller.receive(message);
    }
  }

  /** @param {Message} message of a follower */
  #answer(message) {
    const from = this.#id;
    this.#responder?.receive(message, (answer) => this.#send({ ...answer, from }));
  }

  /** @param {Message} message of a leader */
  #follow(message) {
    if (message.v !== this.#protocol) {
      const error = protocolMismatch(this.#protocol, message.v);
      void this.retire(error);
      return;
    }
    const { leader, ready, stolen } = message;
    const known = this.#leader === leader;
    if (!known) this.#caller.disconnect(stolen);
    if (ready && !(known && this.#ready))
      this.#caller.connect((request) => this.#send({ ...request, to: leader }));
    this.#leader = leader;
    this.#ready = ready;
    this.#watch.heard();
    this.#placed.resolve();
  }

  /** @param {Message} message */
  #heed(message) {
    this.#tell("notice", { kind: message.kind, json: message.data });
    if (message.kind !== "closed") return;
    const { code, message: text, details } = JSON.parse(message.data);
    void this.retire(new PramanaError(code, text, details));
  }
}

/** @param {string} name */
function replaced(name) {
  return new PramanaError("epoch_lost", `another tab took over "${name}"; nothing was written`, { name });
}

/**
 * @param {string} channel
 * @param {Message} message
 */
function post(channel, message) {
  const opened = new BroadcastChannel(channel);
  opened.postMessage(message);
  opened.close();
}
