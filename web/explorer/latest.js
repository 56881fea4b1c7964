/** Keeping overlapping calls apart. */

/** Only the newest of many requests counts: an older one is aborted, and its late answer is dropped. */
export class Latest {
  #current = new AbortController();

  /**
   * @template T
   * @param {(signal: AbortSignal) => Promise<T>} work
   * @returns {Promise<T | undefined>} undefined if a newer request took over, whatever became of this one
   */
  async run(work) {
    this.#current.abort();
    const controller = new AbortController();
    this.#current = controller;
    try {
      const answer = await work(controller.signal);
      return controller.signal.aborted ? undefined : answer;
    } catch (error) {
      if (controller.signal.aborted) return undefined;
      throw error;
    }
  }
}

/**
 * Wrap `work` so that it never runs twice at once: what is asked for during a run is one more run after it.
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>} settles when nothing is left to do
 */
export function coalesced(work) {
  /** @type {Promise<void> | null} */
  let running = null;
  let again = false;
  const loop = async () => {
    try {
      do {
        again = false;
        await work();
      } while (again);
    } finally {
      running = null;
    }
  };
  return () => {
    if (running !== null) again = true;
    else running = loop();
    return running;
  };
}

/**
 * Run `work` with its control off, so that it is not started twice. A control that is off cannot hold the focus: it
 * gets it back, or `otherwise` does where it is no longer there.
 * @param {HTMLButtonElement | HTMLInputElement} control
 * @param {() => Promise<void>} work
 * @param {HTMLElement} [otherwise]
 */
export async function exclusive(control, work, otherwise) {
  const focused = document.activeElement === control;
  control.disabled = true;
  try {
    await work();
  } finally {
    control.disabled = false;
    const lost = document.activeElement === document.body || document.activeElement === control;
    if (focused && lost) (control.checkVisibility() ? control : otherwise)?.focus();
  }
}

/**
 * Wrap `work` so that it runs once `delayMs` after the last of many calls.
 * @param {() => void} work
 * @param {number} delayMs
 * @returns {{call: () => void, now: () => void}} `now` runs it at once in place of a call that waits
 */
export function debounced(work, delayMs) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return {
    call() {
      clearTimeout(timer);
      timer = setTimeout(work, delayMs);
    },
    now() {
      clearTimeout(timer);
      work();
    },
  };
}
