/**
 * Answers that a leader gives again without asking Python: those of which it said until when they stand. Rules:
 * - An answer is that of one method and the very same parameters.
 * - It goes when anything is committed, before that is acknowledged, and when its time is over.
 * - What was asked for before a commit is not kept after it: it may have been found before.
 */

/** Beyond these, those go that were not asked for for the longest time. */
const MAX_TEXTS = 256;
const MAX_CHARS = 2 ** 21;
const UNTIL = /^\{"until_ms":(\d+),/;

export class Repeats {
  /** @type {Map<string, {text: string, from: number, until: number}>} */
  #kept = new Map();
  #chars = 0;
  #commits = 0;
  /** Answers given by `find`. */
  hits = 0;

  /** How often `forget` was called: what `keep` wants to know of the time of asking. */
  get commits() {
    return this.#commits;
  }

  /**
   * @param {string} request
   * @returns {string | undefined} the answer that it had
   */
  find(request) {
    const found = this.#kept.get(request);
    if (!found) return undefined;
    const now = Date.now();
    // Before it was kept, by a clock that was set back, other facts may hold.
    if (found.from <= now && now < found.until) {
      this.hits++;
      this.#kept.delete(request);
      this.#kept.set(request, found);
      return found.text;
    }
    this.#drop(request, found.text);
    return undefined;
  }

  /**
   * Keep an answer that says until when it stands.
   * @param {string} request
   * @param {string} answer
   * @param {number} commits when it was asked for
   * @returns {string} the answer without that
   */
  keep(request, answer, commits) {
    const until = Number(UNTIL.exec(answer)?.[1] ?? 0);
    if (!until) return answer;
    const text = answer.replace(UNTIL, "{");
    const old = this.#kept.get(request);
    if (old) this.#drop(request, old.text);
    if (commits !== this.#commits || text.length > MAX_CHARS / 8) return text;
    this.#kept.set(request, { text, from: Date.now(), until });
    this.#chars += text.length;
    for (const [oldest, { text: gone }] of this.#kept) {
      if (this.#kept.size <= MAX_TEXTS && this.#chars <= MAX_CHARS) break;
      this.#drop(oldest, gone);
    }
    return text;
  }

  /** Something was committed. */
  forget() {
    this.#commits++;
    this.#kept.clear();
    this.#chars = 0;
  }

  /**
   * @param {string} request
   * @param {string} text
   */
  #drop(request, text) {
    this.#kept.delete(request);
    this.#chars -= text.length;
  }
}
