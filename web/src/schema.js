/**
 * The object stores of a database, and how an older one becomes the present one.
 *
 * IndexedDB's own version is ten times the schema's, plus the layout: stores and indexes may change (layout) while the
 * data in them keeps its meaning (schema).
 */

import { SCHEMA_VERSION } from "./protocol.js";

const LAYOUT = 0;

/** The version that this release opens. */
export const DATABASE_VERSION = SCHEMA_VERSION * 10 + LAYOUT;

/** All stores that one commit touches. */
export const COMMIT_STORES = ["meta", "records", "bodies", "journal", "done"];

/** Keys of `meta` that only commits and this file write. */
export const STATE_KEYS = ["schema", "epoch", "head_seq", "head_hash", "device", "device_seq", "done_count"];

/**
 * Everything that a name of ours stands for: the lock, the channel and the database.
 * @param {string} name
 */
export function qualified(name) {
  return `pramana:${name}`;
}

/**
 * Called in a version change transaction.
 * @param {IDBDatabase} db
 * @param {IDBTransaction} transaction
 * @param {number} oldVersion
 */
export function upgrade(db, transaction, oldVersion) {
  if (oldVersion < 10) createStores(db, transaction);
}

/**
 * @param {IDBDatabase} db
 * @param {IDBTransaction} transaction
 */
function createStores(db, transaction) {
  db.createObjectStore("meta", { keyPath: "key" });
  db.createObjectStore("records", { keyPath: ["kind", "id"] });
  // Every version of every body. The key starts with the record, so that a purge deletes one range of it.
  db.createObjectStore("bodies", { keyPath: ["kind", "id", "hash"] });
  db.createObjectStore("journal", { keyPath: "seq" });
  // Keyed in the order in which requests were done, to forget the oldest first.
  db.createObjectStore("done", { autoIncrement: true }).createIndex("request_id", "request_id", {
    unique: true,
  });
  db.createObjectStore("segments", { keyPath: ["gen", "index"] });
  db.createObjectStore("snapshots", { keyPath: "gen" });
  const meta = transaction.objectStore("meta");
  const device = crypto.getRandomValues(new Uint32Array(1))[0].toString(16).padStart(8, "0");
  const initial = {
    schema: SCHEMA_VERSION,
    epoch: 0,
    head_seq: 0,
    head_hash: "0".repeat(64),
    device,
    device_seq: 0,
  };
  for (const [key, value] of Object.entries({ ...initial, done_count: 0 })) meta.put({ key, value });
}
