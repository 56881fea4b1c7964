/** The knowledge packs that this site offers, by its packs/index.json, and loading one of them. */

/** @typedef {import("../types/pramana.d.ts").Graph} Graph */
/** @typedef {import("../types/pramana.d.ts").PackAdded} PackAdded */
/**
 * @typedef {object} Offered
 * @property {string} name
 * @property {string} title
 * @property {number} facts
 * @property {number} bytes
 * @property {number} rules
 * @property {string} licence
 * @property {string} source
 * @property {string} file relative to the index, like `rules_file`
 * @property {string} rules_file "" for none
 * @property {string[]} questions that it answers
 */

const INDEX = new URL("./packs/index.json", import.meta.url);

/** @type {Promise<Offered[]> | null} */
let offered = null;

/** @returns {Promise<Offered[]>} the smallest first; none where the site has no list */
export function offeredPacks() {
  offered ??= listed().catch(() => {
    // No network now, or a page of the site's in place of the list: the next one who asks may have it.
    offered = null;
    return [];
  });
  return offered;
}

async function listed() {
  const response = await fetch(INDEX);
  return response.ok ? (await response.json()).sort(smallerFirst) : [];
}

/**
 * @param {Graph} graph
 * @param {Offered} pack
 * @param {object} [options]
 * @param {AbortSignal} [options.signal]
 * @param {(done: number, total: number) => void} [options.onFetched] told of the bytes that have come
 * @param {(progress: {done: number, total: number}) => void} [options.onProgress] told of the facts that are read
 * @returns {Promise<PackAdded>}
 */
export async function loadOffered(graph, pack, { signal, onFetched, onProgress } = {}) {
  const rules = pack.rules_file ? await (await fetched(pack.rules_file, signal)).text() : "";
  const response = await fetched(pack.file, signal);
  const facts = await received(response, pack.bytes, onFetched);
  return graph.addPack(facts, { rules, signal, onProgress });
}

/** @param {Offered} one @param {Offered} other */
function smallerFirst(one, other) {
  return one.bytes - other.bytes;
}

/** @param {string} file @param {AbortSignal} [signal] */
async function fetched(file, signal) {
  const response = await fetch(new URL(file, INDEX), { signal });
  if (!response.ok) throw new Error(`${file} could not be loaded (HTTP ${response.status})`);
  return response;
}

/**
 * @param {Response} response
 * @param {number} expected bytes
 * @param {(done: number, total: number) => void} [onFetched]
 */
async function received(response, expected, onFetched) {
  /** @type {BlobPart[]} */
  const parts = [];
  let bytes = 0;
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    bytes += read.value.length;
    onFetched?.(bytes, Math.max(bytes + 1, expected));
  }
  onFetched?.(bytes, bytes);
  return new Blob(parts);
}
