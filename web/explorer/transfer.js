/** Memories in bulk: the sample set, import from a file, export to one. */

import { byId, element } from "./element.js";
import { count, counted, isoDay } from "./format.js";

/** @typedef {import("../types/pramana.d.ts").Memory} Memory */

const area = byId("sample-progress", HTMLElement);
const bar = byId("sample-bar", HTMLProgressElement);
const line = byId("sample-text", HTMLElement);

/**
 * @param {Memory} memory
 * @returns {Promise<string>} what was done
 */
export async function loadSamples(memory) {
  showSamples(0, 0, "Fetching the samples");
  try {
    const response = await fetch(new URL("./samples.json", import.meta.url));
    if (!response.ok) throw new Error(`samples.json could not be loaded (HTTP ${response.status})`);
    const samples = await response.json();
    const ids = await memory.storePatterns(samples, {
      onProgress: ({ done, total }) => showSamples(done, total, `Storing: ${count(done)} of ${count(total)}`),
    });
    return `${counted(ids.length, "memory", "memories")} stored. Search for what you are trying to do.`;
  } finally {
    area.hidden = true;
  }
}

/**
 * @param {Memory} memory
 * @param {File} file
 * @returns {Promise<string>} what was done
 */
export async function importFile(memory, file) {
  const { added, updated, skipped } = await memory.importJsonl(file, { onConflict: "newer" });
  return `${counted(added, "memory", "memories")} added, ${count(updated)} updated, ${count(skipped)} skipped.`;
}

/**
 * Offer all memories as a download.
 * @param {Memory} memory
 * @param {string} name of the database
 */
export async function exportFile(memory, name) {
  const url = URL.createObjectURL(await memory.exportJsonl());
  const file = `pramana-${name.replace(/[^\w-]+/g, "")}-${isoDay(Date.now())}.jsonl`;
  element("a", { href: url, download: file }).click();
  // The download has to have started before its address may go.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * @param {number} done
 * @param {number} total
 * @param {string} text
 */
function showSamples(done, total, text) {
  area.hidden = false;
  bar.max = Math.max(1, total);
  // They are stored in one commit: until the first report there is nothing to measure.
  if (done) bar.value = done;
  else bar.removeAttribute("value");
  line.textContent = text;
}
