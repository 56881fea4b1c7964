/**
 * Requests and their answers as messages, the same over a Worker, a MessagePort or a BroadcastChannel.
 *
 *     caller                               responder
 *     request {id, method, params} ──────▶
 *                                  ◀────── accepted {id}?
 *                                  ◀────── progress {id, data}*    chunk {id, index, data}*
 *     cancel {id}?                 ──────▶
 *                                  ◀────── end {id, result}   or   fail {id, error}
 *
 * Nothing here guesses by a timeout that a peer is dead: whoever owns the port knows (a lock that is granted, a new
 * leader that announces itself, a silence that watch.js noticed) and says so by `connect`, `disconnect` or `fail`.
 */

import { cancelled, fromWire, PramanaError, toWire } from "./errors.js";
import { uniqueName } from "./ids.js";
import { MESSAGES, PROTOCOL_VERSION } from "./protocol.js";

/** @typedef {Record<string, any>} Message */
/** @typedef {(message: Message) => void} Post */
/**
 * @typedef {object} CallOptions
 * @property {string} [requestId] the same for every attempt of one call, so that a write happens once
 * @property {number} [bank] which of several open memories behind one port
 * @property {AbortSignal} [signal]
 * @property {(data: any) => void} [onChunk]
 * @property {(data: any) => void} [onProgress]
 */
/**
 * @typedef {object} Call
 * @property {Message} request
 * @property {CallOptions} options
 * @property {boolean} posted
 * @property {boolean} accepted
 * @property {number} chunks delivered so far
 * @property {number} hung how many responders stopped answering while they had it
 * @property {(value: any) => void} resolve
 * @property {(error: unknown) => void} reject
 */

/** Methods whose chunks are parts of the answer. The chunks of others tell how far the work is, and may come again. */
const IN_PARTS = new Set(["export_jsonl"]);

/** A call on which so many responders hung may be why: it is not asked again, or it would hang one tab after another. */
const MAX_HUNG = 2;

/** The asking side: keeps what is unanswered, and can ask it again of another responder. */
export class Caller {
  /** @type {Map<string, Call>} */
  #calls = new Map();
  /** @type {Post | null} */
  #post = null;
  /** @type {PramanaError | null} */
  #failed = null;
  #name = uniqueName();
  #count = 0;

  /** @param {number} [version] of the protocol, as it goes into every message */
  constructor(version = PROTOCOL_VERSION) {
    this.version = version;
  }

  /** How many calls are unanswered. */
  get waiting() {
    return this.#calls.size;
  }

  /**
   * Ask; calls made while no responder is connected wait for one.
   * @param {string} method
   * @param {any} params
   * @param {CallOptions} [options]
   * @returns {Promise<any>} rejects with a PramanaError; "cancelled" only if the call had no effect
   */
  call(method, params, options = {}) {
    if (this.#failed) return Promise.reject(this.#failed);
    if (options.signal?.aborted) return Promise.reject(cancelled());
    const id = `${this.#name}.${++this.#count}`;
    const { requestId = id, bank } = options;
    const request = { v: this.version, type: MESSAGES.request, id, method, params, requestId, bank };
    const answer = new Promise((resolve, reject) => {
      /** @type {Call} */
      const call = { request, options, posted: false, accepted: false, chunks: 0, hung: 0, resolve, reject };
      this.#calls.set(id, call);
      if (this.#post) this.#send(call);
    });
    const { signal } = options;
    if (!signal) return answer;
    const onAbort = () => this.#cancel(id);
    signal.addEventListener("abort", onAbort, { once: true });
    return answer.finally(() => signal.removeEventListener("abort", onAbort));
  }

  /**
   * A responder is there: ask it everything it has not accepted yet.
   * @param {Post} post
   */
  connect(post) {
    this.#post = post;
    for (const call of this.#calls.values()) if (!call.accepted) this.#send(call);
  }

  /**
   * The responder is gone; the next one is asked again, under the same request id. What fails is a call whose answer
   * had begun to arrive, since its parts may not fit those of another answer, and one on which others hung before.
   * @param {boolean} [hung] whether it had stopped answering
   */
  disconnect(hung = false) {
    this.#post = null;
    for (const [id, call] of this.#calls) {
      if (hung && call.posted) call.hung++;
      call.accepted = call.posted = false;
      if (call.hung < MAX_HUNG && (call.chunks === 0 || !IN_PARTS.has(call.request.method))) continue;
      this.#calls.delete(id);
      const message =
        call.hung < MAX_HUNG
          ? "another tab took over while the answer arrived; call again"
          : `${call.hung} tabs in turn stopped answering when they had this call, so it was not asked again`;
      call.reject(new PramanaError("epoch_lost", message, { hung: call.hung }));
    }
  }

  /**
   * Fail everything unanswered, and every later call.
   * @param {PramanaError} error
   */
  fail(error) {
    this.#failed = error;
    this.#post = null;
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }

  /**
   * Take a message of the port; one that answers no call of ours is ignored.
   * @param {Message} message
   */
  receive(message) {
    const call = this.#calls.get(message.id);
    if (!call) return;
    switch (message.type) {
      case MESSAGES.accepted:
        call.accepted = true;
        break;
      case MESSAGES.progress:
        call.options.onProgress?.(message.data);
        break;
      case MESSAGES.chunk:
        call.chunks++;
        call.options.onChunk?.(message.data);
        break;
      case MESSAGES.end:
        this.#calls.delete(message.id);
        call.resolve(message.result);
        break;
      case MESSAGES.fail:
        this.#calls.delete(message.id);
        call.reject(fromWire(message.error));
        break;
    }
  }

  /** @param {Call} call */
  #send(call) {
    call.posted = true;
    this.#post?.(call.request);
  }

  /** @param {string} id */
  #cancel(id) {
    const call = this.#calls.get(id);
    if (!call) return;
    if (call.posted) {
      // Only the responder knows whether it is too late: its answer decides.
      this.#post?.({ v: this.version, type: MESSAGES.cancel, id });
      return;
    }
    this.#calls.delete(id);
    call.reject(cancelled());
  }
}

/**
 * @typedef {object} Request what a `Serve` function is told besides method and parameters
 * @property {string} requestId
 * @property {number | undefined} bank
 * @property {AbortSignal} signal
 * @property {(data: any) => void} emit sends a chunk
 * @property {(data: any) => void} progress
 */
/** @typedef {(method: string, params: any, request: Request) => any} Serve */

/** The answering side: runs each request once, and answers through the port it came from. */
export class Responder {
  #serve;
  /** @type {Map<string, AbortController>} */
  #running = new Map();
  #stopped = false;
  #abandoned = false;
  /** @type {(() => void) | null} */
  #onIdle = null;

  /**
   * @param {Serve} serve
   * @param {number} [version]
   */
  constructor(serve, version = PROTOCOL_VERSION) {
    this.#serve = serve;
    this.version = version;
  }

  /**
   * Take a message of the port; what is no request or cancel is ignored.
   * @param {Message} message
   * @param {Post} post where the answer goes
   */
  receive(message, post) {
    if (message.type === MESSAGES.cancel) this.#running.get(message.id)?.abort();
    if (message.type !== MESSAGES.request || this.#stopped || this.#running.has(message.id)) return;
    void this.#run(message, (answer) => {
      if (!this.#abandoned) post({ v: this.version, id: message.id, ...answer });
    });
  }

  /** Answer nothing any more, not even what runs: somebody else is asked the same by now. */
  abandon() {
    this.#stopped = this.#abandoned = true;
    for (const cancel of this.#running.values()) cancel.abort();
  }

  /** Take no more requests and wait for those that run. What is left unanswered, the next responder answers. */
  async stop() {
    this.#stopped = true;
    if (this.#running.size > 0) await new Promise((resolve) => (this.#onIdle = () => resolve(undefined)));
  }

  /**
   * @param {Message} message
   * @param {Post} post
   */
  async #run(message, post) {
    const cancel = new AbortController();
    this.#running.set(message.id, cancel);
    let index = 0;
    // An answer that comes at once says as much, and a message costs more than many an answer.
    const late = setTimeout(() => post({ type: MESSAGES.accepted }));
    try {
      if (message.v !== this.version) throw protocolMismatch(this.version, message.v);
      const result = await this.#serve(message.method, message.params, {
        requestId: message.requestId,
        bank: message.bank,
        signal: cancel.signal,
        emit: (data) => post({ type: MESSAGES.chunk, index: index++, data }),
        progress: (data) => post({ type: MESSAGES.progress, data }),
      });
      post({ type: MESSAGES.end, result });
    } catch (error) {
      post({ type: MESSAGES.fail, error: toWire(error) });
    } finally {
      clearTimeout(late);
      this.#running.delete(message.id);
      if (this.#running.size === 0) this.#onIdle?.();
    }
  }
}

/**
 * @param {number} ours
 * @param {number} theirs
 */
export function protocolMismatch(ours, theirs) {
  return new PramanaError(
    "protocol_mismatch",
    `another tab runs a release with protocol ${theirs}, this page has ${ours}; reload. Nothing was lost`,
    { ours, theirs },
  );
}
