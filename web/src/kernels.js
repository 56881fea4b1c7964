/**
 * The release's files as the engine loads them: each once, counted while it arrives, and checked against the hash that
 * was released.
 */

import { PramanaError } from "./errors.js";
import { refusal } from "./policy.js";

/** @typedef {{sha256: string, size_bytes: number}} Listed */
/** @typedef {(loaded: number, total: number) => void} Counted */

export class Assets {
  #base;
  #listed;
  /** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} */
  #loading = new Map();
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  #loaded = new Map();
  /** Bytes received by name of file, for the files that are expected. @type {Map<string, number>} */
  #received = new Map();
  /** Told how many bytes of the expected files are here. @type {Counted | null} */
  oncount = null;

  /**
   * @param {string} base URL of the release's directory
   * @param {Record<string, Listed>} listed
   */
  constructor(base, listed) {
    this.#base = base;
    this.#listed = listed;
  }

  /** @param {string} base */
  static async at(base) {
    const response = await fetched(new URL("assets.json", base).href, "assets.json", "default");
    return new Assets(base, (await response.json()).files);
  }

  /** @param {(name: string) => boolean} wanted */
  names(wanted) {
    return Object.keys(this.#listed).filter(wanted);
  }

  /**
   * Count these files into the total, whoever fetches them.
   * @param {string[]} names
   */
  expect(names) {
    for (const name of names) if (!this.#received.has(name)) this.#received.set(name, 0);
  }

  /**
   * Note that so much of a file is here.
   * @param {string} name
   * @param {number} [bytes] all of it by default
   */
  count(name, bytes = this.#listed[name]?.size_bytes ?? 0) {
    if (bytes <= (this.#received.get(name) ?? bytes)) return;
    this.#received.set(name, bytes);
    let loaded = 0;
    let total = 0;
    for (const [name, received] of this.#received) {
      loaded += received;
      total += this.#listed[name]?.size_bytes ?? 0;
    }
    this.oncount?.(loaded, total);
  }

  /** @param {string} name */
  has(name) {
    return this.#loaded.has(name);
  }

  /**
   * A file that was loaded.
   * @param {string} name
   */
  get(name) {
    return this.#loaded.get(name);
  }

  /** @param {string[]} names */
  async loadAll(names) {
    await Promise.all(names.map((name) => this.load(name)));
  }

  /**
   * @param {string} name
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   * @throws {PramanaError} boot_failed, kernel_hash_mismatch
   */
  load(name) {
    const known = this.#loading.get(name);
    if (known) return known;
    const loading = this.#load(name);
    this.#loading.set(name, loading);
    // What failed once may be tried again.
    loading.catch(() => this.#loading.delete(name));
    return loading;
  }

  /** @param {string} name */
  async #load(name) {
    const listed = this.#listed[name];
    if (!listed) throw new PramanaError("boot_failed", `the release has no file ${name}`, { file: name });
    let data = await this.#receive(name, "default");
    let got = await sha256(data);
    if (got && got !== listed.sha256) {
      // A cache may hold a damaged copy; past it there may be a sound one.
      data = await this.#receive(name, "reload");
      got = await sha256(data);
    }
    if (got && got !== listed.sha256) {
      const code = /^kernels\/|\.sve$/.test(name) ? "kernel_hash_mismatch" : "boot_failed";
      const message = `${name} is not the file that was released: upload the release again, or clear the site's data`;
      throw new PramanaError(code, message, { file: name, expected: listed.sha256, got });
    }
    this.#loaded.set(name, data);
    return data;
  }

  /**
   * @param {string} name
   * @param {RequestCache} cache
   */
  async #receive(name, cache) {
    const response = await fetched(new URL(name, this.#base).href, name, cache);
    const parts = [];
    let size = 0;
    try {
      const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        parts.push(value);
        size += value.length;
        this.count(name, size);
      }
    } catch (cause) {
      throw await unreachable(response.url, name, cause);
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }
}

/**
 * @param {string} url
 * @param {string} name
 * @param {RequestCache} cache
 */
async function fetched(url, name, cache) {
  let response;
  try {
    response = await fetch(url, { cache });
  } catch (cause) {
    throw await unreachable(url, name, cause);
  }
  if (!response.ok) throw await unreachable(url, name, new Error(`HTTP ${response.status}`));
  return response;
}

/**
 * @param {string} url
 * @param {string} name
 * @param {unknown} cause
 */
async function unreachable(url, name, cause) {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const { hint, details } = await refusal(url);
  const message = `${name} could not be loaded: ${reason}${hint}`;
  return new PramanaError("boot_failed", message, { file: name, ...details }, { cause });
}

/**
 * @param {Uint8Array<ArrayBuffer>} data
 * @returns {Promise<string | null>} null in an insecure context, which has no digests; Python checks kernels and model
 *   once more anyway
 */
async function sha256(data) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
