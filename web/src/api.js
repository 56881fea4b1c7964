/**
 * `open` and `destroy` for scripts that were loaded from a given place.
 */

import { Engine } from "./engine.js";
import { PramanaError } from "./errors.js";
import { Memory, TEMPORARY } from "./memory.js";
import { survive } from "./offline.js";
import { LIMITS } from "./protocol.js";

/** @typedef {import("../types/pramana.d.ts").OpenOptions} OpenOptions */

const OPTIONS = ["onProgress", "signal", "baseUrl", "offline", "readOnly", "kernels", "embedder", "reembed"];
const BUILDS = ["auto", "simd", "scalar"];

/** @param {string} home URL of the directory that holds pramana.js */
export function createApi(home) {
  /**
   * @param {string} name
   * @param {OpenOptions} [options]
   * @returns {Promise<import("../types/pramana.d.ts").Memory>}
   */
  async function open(name, options = {}) {
    check(name, options);
    const {
      onProgress,
      signal,
      offline = true,
      readOnly = false,
      kernels = "auto",
      reembed = false,
    } = options;
    const base = directory(options.baseUrl ?? home);
    const engine = Engine.use(base);
    /** @type {import("./embedder.js").Described | undefined} */
    let embedder;
    try {
      embedder = options.embedder && engine.embedders.add(options.embedder);
      const params = { name, create: !readOnly, kernels, embedder, reembed };
      const opened = await engine.open(params, { signal, onProgress });
      // Started only now: what the worker has fetched need not be fetched again.
      const kept = offline ? survive(base) : Promise.resolve({ ready: false, reason: "turned off" });
      return new Memory(engine, opened, { name, readOnly, offline: kept, embedder });
    } catch (error) {
      if (embedder) engine.embedders.drop(embedder.number);
      engine.release();
      throw error;
    }
  }

  /**
   * @param {string} name
   * @param {{baseUrl?: string | URL}} [options]
   */
  async function destroy(name, { baseUrl = home } = {}) {
    check(name, {});
    if (name === TEMPORARY)
      throw new PramanaError("invalid_input", '":memory:" leaves nothing to destroy', { field: "name" });
    const engine = Engine.use(directory(baseUrl));
    try {
      await engine.call("destroy", name);
    } finally {
      engine.release();
    }
  }

  return { open, destroy };
}

/**
 * @param {unknown} name
 * @param {OpenOptions} options
 */
function check(name, options) {
  if (typeof name !== "string" || name === "" || name.length > LIMITS.max_name_chars) {
    const message = `a memory's name is a string of 1 to ${LIMITS.max_name_chars} characters`;
    throw new PramanaError("invalid_input", message, { field: "name" });
  }
  if (typeof options !== "object" || options === null)
    throw new PramanaError("invalid_input", "options must be an object", { field: "options" });
  if (options.onProgress !== undefined && typeof options.onProgress !== "function")
    throw new PramanaError("invalid_input", "onProgress must be a function", { field: "onProgress" });
  const unknown = Object.keys(options).find((option) => !OPTIONS.includes(option));
  if (unknown) {
    const message = `open takes no option "${unknown}"; it takes ${OPTIONS.join(", ")}`;
    throw new PramanaError("invalid_input", message, { field: unknown });
  }
  if (typeof (options.reembed ?? false) !== "boolean" || (options.reembed && options.readOnly)) {
    const message = "reembed is true or false, and false with readOnly";
    throw new PramanaError("invalid_input", message, { field: "reembed" });
  }
  if (!BUILDS.includes(options.kernels ?? "auto"))
    throw new PramanaError("invalid_input", `kernels is one of ${BUILDS.join(", ")}`, { field: "kernels" });
}

/** @param {string | URL} url */
function directory(url) {
  return new URL(String(url).replace(/\/?$/, "/"), location.href).href;
}
