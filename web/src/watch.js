/**
 * Notices that a peer which should answer says nothing. Rules:
 * - Silence counts only while something is expected of the peer, and anything that it says ends it.
 * - It is counted in ticks of our own, not read from a clock: while this tab slept, nobody could be heard.
 */

/** So much silence is taken for a hang: twice the longest stretch that may hold up a peer that is well. */
export const PATIENCE_MS = 10_000;
/** The same in ticks. */
export const PATIENCE = 10;
/** So many times as much where Python may be starting, which holds a slow machine up for long. */
export const UNREADY = 6;

export class Watch {
  #expecting;
  #onSilence;
  #tickMs;
  #silent = 0;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #timer;

  /**
   * @param {() => boolean} expecting whether the peer owes us anything
   * @param {(silent: number) => void} onSilence told at every tick for how many the peer has been silent; it should ask
   *   for a sign of life
   * @param {number} [patienceMs]
   */
  constructor(expecting, onSilence, patienceMs = PATIENCE_MS) {
    this.#expecting = expecting;
    this.#onSilence = onSilence;
    this.#tickMs = patienceMs / PATIENCE;
  }

  /** Something is expected from now on. */
  start() {
    if (this.#timer !== undefined) return;
    this.#silent = 0;
    this.#timer = setInterval(() => this.#tick(), this.#tickMs);
  }

  /** The peer said something. */
  heard() {
    this.#silent = 0;
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick() {
    if (this.#expecting()) this.#onSilence(++this.#silent);
    else this.stop();
  }
}
