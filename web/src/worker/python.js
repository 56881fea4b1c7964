/**
 * Python in the engine's worker: Pyodide with the package, started once, when the first memory needs it.
 */

import { cancelled, fromWire, PramanaError } from "../errors.js";
import * as host from "../host.js";
import { Assets } from "../kernels.js";

/** @typedef {import("../../types/pramana.d.ts").Progress} Progress */
/** @typedef {(progress: Progress) => void} OnProgress */
/** @typedef {import("../seat.js").Seat | import("./private_seat.js").PrivateSeat} AnySeat */
/** @typedef {import("./embedder.js").PageEmbedder} PageEmbedder */
/** @typedef {{create: boolean, kernels: string, reembed: boolean, embedder: PageEmbedder | undefined}} BankOptions */
/** @typedef {{close(): Promise<void>, destroy(): void}} PythonMemory a proxy of `pramana.Pramana` */
/** @typedef {{assets: Assets, openBank: Function, reembed: Function}} Started */

/** What Pyodide fetches by itself. */
const RUNTIME = ["pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"];
const PACKAGE = "pramana.zip";
const PACKAGE_DIR = "/pramana";

/** WebKit settles the promise of a compilation without waking the worker that waits for it; a timer does wake it. */
const AWAKE_MS = 50;

/** Imported one by one, so that the worker answers in between. */
const STEPS = [
  "asyncio",
  "pyodide.ffi",
  "pramana.records",
  "pramana.kernels.load",
  "pramana.bank.reasoning_bank",
  "pramana.app",
];

const GLUE = `
import asyncio
import json

from pramana.app import open, open_with_seat
from pramana.errors import CancelledError, to_wire
from pramana.platform.host import Seat
from pramana.platform.page_embedder import PageEmbedder

async def open_bank(js_seat, temporary, create, kernels, embedder, reembed, on_progress):
    """The memory behind a seat, which serves it from then on; or the error as JSON."""
    seat = Seat(js_seat)
    options = {"kernels": kernels, "embedder": PageEmbedder(embedder) if embedder else None, "on_progress": on_progress}
    try:
        if not temporary:
            return await open_with_seat(seat, read_only=not create, reembed=reembed and create, **options)
        memory = await open(":memory:", **options)
        memory._owner.serve(seat)
        return memory
    except Exception as error:
        return json.dumps(to_wire(error))

def reembed(memory, embedder, on_progress, settle):
    """Begin to change the embedder; \`settle\` gets the answer as JSON. Returns what cancels it."""
    async def answer():
        try:
            # A tab that took over made no database anew, which Python calls read-only; the page knows better.
            return {"ok": await memory._owner.reembed(PageEmbedder(embedder), on_progress)}
        except asyncio.CancelledError:
            return {"error": to_wire(CancelledError("cancelled; the embedder before stays in force"))}
        except Exception as error:
            return {"error": to_wire(error)}
    task = asyncio.ensure_future(answer())
    task.add_done_callback(lambda done: settle(json.dumps(done.result())))
    return task.cancel
`;

export class Python {
  #base;
  #onStart;
  /** @type {Promise<Started> | null} */
  #started = null;
  /** Those who wait for the start. @type {Set<OnProgress>} */
  #told = new Set();

  /**
   * @param {string} base URL of the release's directory
   * @param {(starting: boolean) => void} onStart told when it begins and ends to start
   */
  constructor(base, onStart) {
    this.#base = base;
    this.#onStart = onStart;
  }

  /**
   * Open the bank behind a seat and have the seat serve it.
   * @param {AnySeat} seat
   * @param {boolean} temporary
   * @param {BankOptions} options
   * @param {OnProgress} progress
   * @returns {Promise<PythonMemory>}
   */
  async open(seat, temporary, options, progress) {
    const awake = setInterval(() => {}, AWAKE_MS);
    try {
      return await this.#open(seat, temporary, options, progress);
    } finally {
      clearInterval(awake);
    }
  }

  /**
   * @param {AnySeat} seat
   * @param {boolean} temporary
   * @param {BankOptions} options
   * @param {OnProgress} progress
   * @returns {Promise<PythonMemory>}
   */
  async #open(seat, temporary, { create, kernels, embedder, reembed }, progress) {
    const { assets, openBank } = await this.#start(kernels, progress);
    await assets.loadAll(kernelFiles(assets, kernels));
    /** @param {"kernels" | "data" | "embedding"} phase @param {number} loaded */
    const onProgress = (phase, loaded) => progress({ phase, loaded, total: 0 });
    const opened = await openBank(seat, temporary, create, kernels, embedder, reembed, onProgress);
    if (typeof opened === "string") throw fromWire(JSON.parse(opened));
    progress({ phase: "kernels", loaded: 1, total: 1 });
    progress({ phase: "data", loaded: 1, total: 1 });
    return opened;
  }

  /**
   * @param {PythonMemory} memory
   * @param {PageEmbedder} embedder
   * @param {AbortSignal} signal
   * @param {(progress: {done: number, total: number}) => void} progress
   * @returns {Promise<number>} how many memories it embedded
   */
  async reembed(memory, embedder, signal, progress) {
    const started = await this.#started;
    if (!started) throw new PramanaError("closed");
    if (signal.aborted) throw cancelled();
    const ended = new AbortController();
    const json = await new Promise((resolve) => {
      const told = (/** @type {number} */ done, /** @type {number} */ total) => progress({ done, total });
      const cancel = started.reembed(memory, embedder, told, resolve);
      signal.addEventListener("abort", () => cancel(), { signal: ended.signal });
      ended.signal.addEventListener("abort", () => cancel.destroy());
    });
    ended.abort();
    const answer = JSON.parse(json);
    if ("error" in answer) throw fromWire(answer.error);
    return answer.ok;
  }

  /**
   * @param {string} kernels
   * @param {OnProgress} progress
   */
  async #start(kernels, progress) {
    this.#told.add(progress);
    this.#started ??= this.#boot(kernels, (step) => {
      for (const told of this.#told) told(step);
    }).finally(() => this.#onStart(false));
    try {
      return await this.#started;
    } catch (error) {
      this.#started = null; // a server that was away may be back for the next try
      throw error;
    } finally {
      this.#told.delete(progress);
    }
  }

  /**
   * @param {string} kernels
   * @param {OnProgress} progress
   */
  async #boot(kernels, progress) {
    this.#onStart(true);
    const assets = await Assets.at(this.#base);
    const ours = [PACKAGE, ...kernelFiles(assets, kernels)];
    assets.expect([...RUNTIME, ...ours]);
    assets.oncount = (loaded, total) => progress({ phase: "download", loaded, total });
    const watched = watchFetches(this.#base, (name) => assets.count(name));
    const [pyodide, archive] = await Promise.all([
      this.#loadPyodide(),
      assets.load(PACKAGE),
      assets.loadAll(ours),
    ]).finally(() => watched.disconnect());
    for (const name of RUNTIME) assets.count(name);
    progress({ phase: "python", loaded: 0, total: STEPS.length });
    pyodide.unpackArchive(archive, "zip", { extractDir: PACKAGE_DIR });
    pyodide.registerJsModule("pramana_host", host);
    pyodide.registerJsModule("pramana_host_assets", {
      has: (/** @type {string} */ name) => assets.has(name),
      get: (/** @type {string} */ name) => assets.get(name),
    });
    pyodide.runPython(`import sys; sys.path.insert(0, "${PACKAGE_DIR}")`);
    for (const [index, module] of STEPS.entries()) {
      pyodide.runPython(`import ${module}`);
      progress({ phase: "python", loaded: index + 1, total: STEPS.length });
      await pause();
    }
    pyodide.runPython(GLUE);
    return { assets, openBank: pyodide.globals.get("open_bank"), reembed: pyodide.globals.get("reembed") };
  }

  async #loadPyodide() {
    await checkWebAssembly();
    try {
      const { loadPyodide } = await import(`${this.#base}pyodide.mjs`);
      return await loadPyodide({ indexURL: this.#base, stdLibURL: `${this.#base}python_stdlib.zip` });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PramanaError(
        "boot_failed",
        `Python could not be started: ${reason}`,
        { file: "pyodide.mjs" },
        { cause },
      );
    }
  }
}

/**
 * @param {Assets} assets
 * @param {string} build
 */
function kernelFiles(assets, build) {
  const kernels = assets.names((name) => name.startsWith("kernels/") && name.endsWith(".wasm"));
  // A kernel that was built once serves as either build.
  const unwanted = kernels.filter((name) => {
    const wanted = name.replace(/\.\w+\.wasm$/, `.${build}.wasm`);
    return build !== "auto" && name !== wanted && kernels.includes(wanted);
  });
  return assets.names((name) => {
    if (kernels.includes(name)) return !unwanted.includes(name);
    return name === "kernels/manifest.json" || name === "embedder.json" || name.endsWith(".sve");
  });
}

/**
 * Where a policy forbids WebAssembly, starting Python would neither succeed nor fail: ask with the smallest module.
 */
async function checkWebAssembly() {
  try {
    await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
  } catch (cause) {
    throw new PramanaError(
      "boot_failed",
      "WebAssembly may not run here: if the page has a Content-Security-Policy, add 'wasm-unsafe-eval' to its script-src",
      { file: "pyodide.asm.wasm" },
      { cause },
    );
  }
}

/**
 * Tell of files under `base` that somebody fetched, when they are here.
 * @param {string} base
 * @param {(name: string) => void} told
 */
function watchFetches(base, told) {
  const observer = new PerformanceObserver((list) => {
    for (const { name } of list.getEntries()) if (name.startsWith(base)) told(name.slice(base.length));
  });
  observer.observe({ type: "resource" });
  return observer;
}

function pause() {
  return new Promise((resolve) => setTimeout(resolve));
}
