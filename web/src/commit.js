/**
 * What a commit writes, inside its transaction.
 */

import { PramanaError } from "./errors.js";
import { result } from "./idb.js";
import { Unpacker } from "./packing.js";
import { LIMITS } from "./protocol.js";

/** @typedef {import("./packing.js").PackedRow} PackedRow */
/** @typedef {import("./packing.js").PackedBody} PackedBody */
/** A journal entry; `ops` is the JSON text of `[[kind, id, op, body_hash], …]`.
 * @typedef {{seq: number, hash: string, device: string, device_seq: number, ops: string} & Record<string, any>} Entry */
/**
 * @typedef {object} CommitHeader a `pramana.ports.Transaction`
 * @property {number} expect_head
 * @property {number} expect_epoch
 * @property {Entry[]} entries
 * @property {PackedRow[][]} rows in batches
 * @property {PackedBody[][]} bodies in batches; their bytes follow those of the rows
 * @property {Record<string, string>} done
 * @property {[string, string][]} purged
 */

/**
 * Write a commit if the database still stands where its writer believes.
 * @param {IDBTransaction} transaction over COMMIT_STORES
 * @param {CommitHeader} header
 * @param {Uint8Array} bytes
 */
export async function commit(transaction, header, bytes) {
  const meta = transaction.objectStore("meta");
  await assertEpoch(transaction, header.expect_epoch);
  const head = await value(meta, "head_seq");
  if (head !== header.expect_head) {
    const message = `the database stands at commit ${head}, not at ${header.expect_head}`;
    throw new PramanaError("head_moved", message, { expected: header.expect_head, found: head });
  }
  const bodies = transaction.objectStore("bodies");
  // An array sorts after every string, so this is the range of all hashes.
  for (const [kind, id] of header.purged) bodies.delete(IDBKeyRange.bound([kind, id], [kind, id, []]));
  const unpacker = new Unpacker(bytes);
  await putAll(transaction.objectStore("records"), header.rows, (row) => unpacker.row(row));
  await putAll(bodies, header.bodies, (body) => unpacker.body(body));
  const journal = transaction.objectStore("journal");
  for (const entry of header.entries) journal.add(entry);
  const last = header.entries.at(-1);
  if (last) {
    meta.put({ key: "head_seq", value: last.seq });
    meta.put({ key: "head_hash", value: last.hash });
  }
  const device = await value(meta, "device");
  const own = header.entries.findLast((entry) => entry.device === device);
  if (own) meta.put({ key: "device_seq", value: own.device_seq });
  await remember(transaction, header.done, last?.seq ?? head);
}

/**
 * Put values without keeping the worker from its messages for long: waiting for a request keeps the transaction open.
 * @template T
 * @param {IDBObjectStore} store
 * @param {T[][]} batches
 * @param {(value: T) => any} stored
 */
async function putAll(store, batches, stored) {
  for (const batch of batches) {
    const requests = batch.map((value) => store.put(stored(value)));
    if (batches.length > 1) await result(requests[requests.length - 1]);
  }
}

/**
 * Record the results of requests, and forget the oldest beyond LIMITS.max_done. A first result stands.
 * @param {IDBTransaction} transaction
 * @param {Record<string, string>} results
 * @param {number} seq
 */
async function remember(transaction, results, seq) {
  const added = Object.entries(results);
  if (added.length === 0) return;
  const done = transaction.objectStore("done");
  const meta = transaction.objectStore("meta");
  // Counted in `meta`: counting the store would read all of it at every commit.
  let count = await value(meta, "done_count");
  for (const [request_id, answer] of added) {
    if ((await result(done.index("request_id").getKey(request_id))) !== undefined) continue;
    done.add({ request_id, seq, result: answer });
    count++;
  }
  if (count > LIMITS.max_done) {
    const oldest = await result(done.getAllKeys(null, count - LIMITS.max_done));
    for (const key of oldest) done.delete(key);
    count -= oldest.length;
  }
  meta.put({ key: "done_count", value: count });
}

/**
 * @param {IDBTransaction} transaction
 * @param {number} expected
 * @throws {PramanaError} epoch_lost
 */
export async function assertEpoch(transaction, expected) {
  const found = await value(transaction.objectStore("meta"), "epoch");
  if (found === expected) return;
  const message = `another tab took over (epoch ${found}, ours is ${expected}); nothing was written`;
  throw new PramanaError("epoch_lost", message, { expected, found });
}

/**
 * @param {IDBObjectStore} meta
 * @param {string} key
 * @returns {Promise<any>}
 */
export async function value(meta, key) {
  return (await result(meta.get(key)))?.value;
}
