/** The status corner: what runs, what is kept, and how fast the last answer came. */

import { byId } from "./element.js";
import { count, duration, size } from "./format.js";

/** @typedef {import("../types/pramana.d.ts").Memory} Memory */
/** @typedef {import("../types/pramana.d.ts").Stats} Stats */
/** @typedef {import("../types/pramana.d.ts").Capabilities} Capabilities */
/** @typedef {"good" | "mixed" | ""} Tone */

const corner = byId("status", HTMLElement);

/**
 * @param {string} name of the `data-status` line
 * @param {string} text
 * @param {Tone} [tone]
 * @param {string} [title] a longer explanation
 */
function set(name, text, tone = "", title = "") {
  const line = corner.querySelector(`[data-status="${name}"]`);
  if (!(line instanceof HTMLElement)) throw new TypeError(`the page has no status line "${name}"`);
  line.textContent = text;
  line.dataset.tone = tone;
  line.title = title;
}

/** @param {number} ms */
export function showLatency(ms) {
  set("latency", duration(ms));
}

/** @param {Capabilities} capabilities */
export function showKernels({ kernels }) {
  const fallbacks = kernels.fallbacks ?? [];
  const modules = Object.keys(kernels.modules ?? {}).join(", ");
  set("kernels", kernels.build, fallbacks.length ? "mixed" : "good", [modules, ...fallbacks].join("\n"));
}

/** @param {number} facts that hold, once it is known */
export function showFacts(facts) {
  set("facts", count(facts));
  byId("status-facts", HTMLElement).hidden = false;
}

/** @param {Memory} memory follow its role and the network from now on */
export async function followSurroundings(memory) {
  const role = () => set("role", memory.role, "", roleMeaning(memory.role));
  const network = () => {
    const online = navigator.onLine;
    const meaning = "whether this device is on a network at all; the page's server may be down all the same";
    set("network", online ? "online" : "offline", online ? "" : "mixed", meaning);
  };
  memory.addEventListener("role", role);
  addEventListener("online", network);
  addEventListener("offline", network);
  role();
  network();
  set("offline", "being kept");
  const { ready, reason } = await memory.offline;
  if (ready)
    set("offline", "this page works offline", "good", "it also loads when its server does not answer");
  else set("offline", `not kept: ${reason}`, "mixed", `this page needs its server: ${reason}`);
}

/** @param {string} role */
function roleMeaning(role) {
  return role === "leader"
    ? "this tab holds the memory and writes"
    : "another tab holds the memory; this one asks it";
}

/**
 * @param {Stats} stats
 * @param {string} durability what a commit survives: "none", "process-crash" or "power-loss"
 */
export async function showStats(stats, durability) {
  set("count", count(stats.patterns));
  set("storage", size(stats.size_bytes));
  if (durability === "none") {
    set("durable", "until this page closes", "mixed", "this memory is not written to disk");
    return;
  }
  const survives = durability === "power-loss" ? "a power cut" : "a crash of the browser";
  const persistent = await navigator.storage?.persisted?.();
  const eviction = persistent
    ? "the browser keeps this data"
    : "the browser may evict it when the disk runs full";
  set(
    "durable",
    persistent ? "on disk, persistent" : "on disk, evictable",
    persistent ? "good" : "",
    `what is stored survives ${survives}; ${eviction}`,
  );
}
