/**
 * The lock of a database as one tab sees it: queued for, held, given back, or taken from a tab that hangs.
 */

import { unavailable } from "./idb.js";
import { qualified } from "./schema.js";

/** What the locks begin with that engines hold for as long as they live. */
export const ENGINE_LOCK = "pramana:engine:";

export class Lock {
  #name;
  #won;
  #lost;
  /** Ends our wait. */
  #waiting = new AbortController();
  /** Ends our hold. @type {(() => void) | null} */
  #release = null;

  /**
   * @param {string} name of the database
   * @param {(stolen: boolean) => void} won told when the lock is ours, until `leave` or `lost`
   * @param {() => void} lost told when another tab has stolen it
   */
  constructor(name, won, lost) {
    this.#name = name;
    this.#won = won;
    this.#lost = lost;
  }

  /** @returns {Promise<boolean>} whether nobody had it and it is ours now */
  take() {
    return this.#request({ ifAvailable: true });
  }

  /** @returns {Promise<boolean>} true when it is our turn, false when we left before */
  queue() {
    this.#waiting = new AbortController();
    return this.#request({ signal: this.#waiting.signal });
  }

  /**
   * Take it from who hangs; not from another tab that has done so in the meantime.
   * @param {string} holder the client that had the lock when it fell silent
   */
  async steal(holder) {
    await navigator.locks.request(`pramana-heir:${this.#name}`, async () => {
      if (this.#release || (await lockHolder(this.#name)).holder !== holder) return;
      this.#waiting.abort();
      await this.#request({ steal: true });
    });
  }

  /** Neither hold it nor wait for it any more. */
  leave() {
    this.#waiting.abort();
    this.#release?.();
    this.#release = null;
  }

  /**
   * @param {LockOptions} options
   * @returns {Promise<boolean>}
   */
  #request({ signal, ...options }) {
    return new Promise((resolve, reject) => {
      /** @type {(() => void) | null} */
      let release = null;
      navigator.locks
        .request(qualified(this.#name), signal ? { signal } : options, (lock) => {
          const ours = lock !== null && !signal?.aborted;
          resolve(ours);
          if (!ours) return undefined;
          return new Promise((ended) => {
            this.#release = release = () => ended(undefined);
            this.#won(options.steal === true);
          });
        })
        .catch((error) => {
          if (release === null && signal?.aborted) resolve(false);
          else if (release === null) reject(unavailable(error));
          else if (release === this.#release) {
            this.#release = null;
            this.#lost();
          }
        });
    });
  }
}

/**
 * Who holds the lock of a database, as the lock manager names its clients, and the locks of the engines that it runs.
 * @param {string} name
 * @returns {Promise<{holder: string, engines: string[]}>}
 */
export async function lockHolder(name) {
  const { held = [] } = await navigator.locks.query();
  const holder = held.find((lock) => lock.name === qualified(name))?.clientId ?? "";
  const engines = held.filter((lock) => lock.clientId === holder && lock.name?.startsWith(ENGINE_LOCK));
  return { holder, engines: engines.map((lock) => String(lock.name)) };
}
