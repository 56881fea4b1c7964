/**
 * One database of Pramana in IndexedDB, owned by the leader tab. Every method is one transaction, durable when it
 * returns; it either did all of its work or, when it throws, none.
 *
 * Python calls these methods, so records go in and come out as a JSON header and one array of bytes (packing.js).
 */

import { assertEpoch, commit, value } from "./commit.js";
import { PramanaError } from "./errors.js";
import { openConnection, result, transact } from "./idb.js";
import { pack } from "./packing.js";
import { COMMIT_STORES, DATABASE_VERSION, qualified, STATE_KEYS, upgrade } from "./schema.js";

/** @typedef {import("./packing.js").Packed} Packed */
/** @typedef {import("./packing.js").StoredRow} StoredRow */
/** @typedef {import("./packing.js").JoinedRow} JoinedRow */
/**
 * @typedef {object} SnapshotHeader a `pramana.ports.Snapshot`
 * @property {number} gen
 * @property {number} seq
 * @property {string} head_hash
 * @property {[string, number, string][]} segments
 */

/** How many records a batch of `scan` holds. */
const SCAN_BATCH = 1000;

export class Database {
  #db;
  /** @type {PramanaError | null} */
  #closed = null;

  /**
   * @param {string} name
   * @param {IDBDatabase} db
   */
  constructor(name, db) {
    this.name = name;
    this.epoch = 0;
    /** Told once, when the connection was lost to another tab's upgrade or deletion.
     * @type {((error: PramanaError) => void) | null} */
    this.onlost = null;
    /** Told when a write was refused because another tab has opened the database since: every later one will be.
     * @type {(() => void) | null} */
    this.onreplaced = null;
    this.#db = db;
    // close() lets the running commit complete, so whoever upgrades or deletes waits for just that.
    db.onversionchange = () => this.#lose();
    db.onclose = () => this.#lose();
  }

  /**
   * Open the database and take it over: its epoch goes up by one, which shuts out every earlier owner's commits.
   * @param {string} name
   * @param {{create?: boolean}} [options]
   * @returns {Promise<Database>}
   */
  static async open(name, { create = true } = {}) {
    const db = await openConnection(qualified(name), DATABASE_VERSION, (db, transaction, oldVersion) => {
      if (oldVersion === 0 && !create) throw notFound(name);
      upgrade(db, transaction, oldVersion);
    });
    const database = new Database(name, db);
    try {
      database.epoch = await database.#transact(["meta"], "readwrite", async (transaction) => {
        const meta = transaction.objectStore("meta");
        const epoch = (await value(meta, "epoch")) + 1;
        meta.put({ key: "epoch", value: epoch });
        return epoch;
      });
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  }

  /** @returns {Promise<string>} JSON of a `StoreState` */
  async state() {
    return JSON.stringify(await this.#transact(["meta"], "readonly", readState));
  }

  /** @param {string} json an object; its keys are set beside those that are there */
  async setMeta(json) {
    const entries = Object.entries(JSON.parse(json));
    const taken = entries.find(([key]) => STATE_KEYS.includes(key));
    if (taken)
      throw new PramanaError("invalid_input", `"${taken[0]}" is kept by the store`, { field: taken[0] });
    await this.#write(["meta"], (transaction) => {
      for (const [key, value] of entries) transaction.objectStore("meta").put({ key, value });
    });
  }

  /**
   * Write all of it or nothing.
   * @param {string} headerJson a `CommitHeader`
   * @param {Uint8Array} bytes
   */
  async commit(headerJson, bytes) {
    /** @type {import("./commit.js").CommitHeader} */
    const header = JSON.parse(headerJson);
    const details = { not_written: [...new Set(header.rows.flat().map(([, id]) => id))] };
    await this.#transact(
      COMMIT_STORES,
      "readwrite",
      (transaction) => commit(transaction, header, bytes),
      details,
    );
  }

  /**
   * @param {string} requestId
   * @returns {Promise<string | undefined>} the result recorded for it
   */
  async done(requestId) {
    const found = await this.#transact(["done"], "readonly", (transaction) =>
      result(transaction.objectStore("done").index("request_id").get(requestId)),
    );
    return found?.result;
  }

  /**
   * @param {string} kind
   * @param {string} idsJson
   * @returns {Promise<Packed>} rows in the order of the ids, null where there is none
   */
  async read(kind, idsJson) {
    /** @type {string[]} */
    const ids = JSON.parse(idsJson);
    const keys = ids.map((id) => [kind, id]);
    return pack(
      await this.#transact(["records", "bodies"], "readonly", (transaction) => readRows(transaction, keys)),
    );
  }

  /**
   * @param {string} afterJson `[kind, id]` of the last row of the batch before, or null
   * @param {string} [kindJson] the one kind of record to scan, or null for all
   * @param {number} [limit]
   * @returns {Promise<Packed>} the next rows by (kind, id)
   */
  async scan(afterJson, kindJson = "null", limit = SCAN_BATCH) {
    const after = JSON.parse(afterJson);
    const kind = JSON.parse(kindJson);
    // An array sorts after every string, so [kind, []] lies behind the last record of the kind.
    const range =
      kind === null
        ? after && IDBKeyRange.lowerBound(after, true)
        : IDBKeyRange.bound(after ?? [kind], [kind, []], after !== null);
    const rows = await this.#transact(["records", "bodies"], "readonly", async (transaction) =>
      join(transaction, await result(transaction.objectStore("records").getAll(range, limit))),
    );
    return pack(rows);
  }

  /**
   * @param {number} seq
   * @returns {Promise<Packed>} the newest rows of what later entries touched; `state` in the header
   */
  async changesSince(seq) {
    const [state, rows] = await this.#transact(
      ["meta", "journal", "records", "bodies"],
      "readonly",
      async (transaction) => {
        const entries = await result(
          transaction.objectStore("journal").getAll(IDBKeyRange.lowerBound(seq, true)),
        );
        const touched = new Map();
        for (const entry of entries)
          for (const [kind, id] of JSON.parse(entry.ops)) touched.set(`${kind}\n${id}`, [kind, id]);
        const keys = [...touched.values()].sort((a, b) => indexedDB.cmp(a, b));
        return [await readState(transaction), await readRows(transaction, keys)];
      },
    );
    return pack(rows, { state });
  }

  /**
   * @param {number} after
   * @param {number} limit
   * @returns {Promise<string>} JSON of the journal entries with a greater seq, ascending
   */
  async entries(after, limit) {
    const found = await this.#transact(["journal"], "readonly", (transaction) =>
      result(transaction.objectStore("journal").getAll(IDBKeyRange.lowerBound(after, true), limit)),
    );
    return JSON.stringify(found);
  }

  /**
   * Start a snapshot; nobody sees it before `finishSnapshot`. What an earlier one left unfinished goes.
   * @param {string} headerJson a `SnapshotHeader`
   */
  async beginSnapshot(headerJson) {
    /** @type {SnapshotHeader} */
    const header = JSON.parse(headerJson);
    await this.#write(["snapshots", "segments"], async (transaction) => {
      const snapshots = transaction.objectStore("snapshots");
      for (const found of await result(snapshots.getAll()))
        if (found.status === "building" || found.gen === header.gen) forget(transaction, found.gen);
      snapshots.put({ ...header, status: "building" });
    });
  }

  /**
   * @param {number} gen
   * @param {number} index
   * @param {Uint8Array} bytes
   */
  async writeSegment(gen, index, bytes) {
    await this.#write(["segments"], (transaction) => {
      transaction.objectStore("segments").put({ gen, index, bytes: bytes.slice() });
    });
  }

  /**
   * Make a snapshot visible, and drop older ones but the last before it.
   * @param {number} gen
   */
  async finishSnapshot(gen) {
    await this.#write(["snapshots", "segments"], async (transaction) => {
      const snapshots = transaction.objectStore("snapshots");
      const found = await result(snapshots.get(gen));
      snapshots.put({ ...found, status: "ready" });
      const older = await result(snapshots.getAllKeys(IDBKeyRange.upperBound(gen, true)));
      for (const key of older.slice(0, -1)) forget(transaction, Number(key));
    });
  }

  /** @returns {Promise<string>} JSON of the complete snapshots, newest first */
  async snapshots() {
    const found = await this.#transact(["snapshots"], "readonly", (transaction) =>
      result(transaction.objectStore("snapshots").getAll()),
    );
    const ready = found.filter((snapshot) => snapshot.status === "ready").reverse();
    return JSON.stringify(ready.map(({ status: _, ...snapshot }) => snapshot));
  }

  /**
   * @param {number} gen
   * @param {number} index
   * @returns {Promise<Uint8Array>}
   */
  async readSegment(gen, index) {
    const found = await this.#transact(["segments"], "readonly", (transaction) =>
      result(transaction.objectStore("segments").get([gen, index])),
    );
    if (!found)
      throw new PramanaError("not_found", `there is no segment ${index} of snapshot ${gen}`, { gen, index });
    return found.bytes;
  }

  async dropSnapshots() {
    await this.#write(["snapshots", "segments"], (transaction) => {
      transaction.objectStore("snapshots").clear();
      transaction.objectStore("segments").clear();
    });
  }

  /** What the browser accounts to this origin's databases; for display, never to judge whether a write fits. */
  async sizeBytes() {
    /** @type {StorageEstimate & {usageDetails?: {indexedDB?: number}}} */
    const estimate = await navigator.storage.estimate();
    return estimate.usageDetails?.indexedDB ?? estimate.usage ?? 0;
  }

  /**
   * Close once what runs has completed. Closing twice is allowed.
   * @param {PramanaError} [reason] what later calls throw
   */
  close(reason = new PramanaError("closed", `"${this.name}" was closed`)) {
    this.#closed ??= reason;
    this.#db.close();
  }

  #lose() {
    if (this.#closed) return;
    const message = `another tab upgraded or deleted "${this.name}" while it was open here; reload`;
    this.#closed = new PramanaError("version_changed", message, { name: this.name });
    this.#db.close();
    this.onlost?.(this.#closed);
  }

  /**
   * @template T
   * @param {string[]} stores
   * @param {IDBTransactionMode} mode
   * @param {(transaction: IDBTransaction) => T | Promise<T>} work
   * @param {Record<string, any>} [details]
   * @returns {Promise<T>}
   */
  async #transact(stores, mode, work, details) {
    if (this.#closed) throw this.#closed;
    try {
      return await transact(this.#db, stores, mode, work, details);
    } catch (error) {
      const lost = error instanceof PramanaError && error.code === "epoch_lost";
      if (lost && error.details.found !== this.epoch) this.onreplaced?.();
      throw error;
    }
  }

  /**
   * A write besides commits: refused as they are once another tab has taken over.
   * @param {string[]} stores
   * @param {(transaction: IDBTransaction) => void | Promise<void>} work
   */
  #write(stores, work) {
    return this.#transact([...new Set(["meta", ...stores])], "readwrite", async (transaction) => {
      await assertEpoch(transaction, this.epoch);
      await work(transaction);
    });
  }
}

/** @param {string} name */
export function notFound(name) {
  return new PramanaError("not_found", `there is no database "${name}"`, { name });
}

/** @param {IDBTransaction} transaction */
async function readState(transaction) {
  /** @type {Record<string, any>} */
  const state = { meta: {} };
  for (const { key, value } of await result(transaction.objectStore("meta").getAll()))
    (STATE_KEYS.includes(key) ? state : state.meta)[key] = value;
  return state;
}

/**
 * @param {IDBTransaction} transaction
 * @param {string[][]} keys
 * @returns {Promise<(JoinedRow | null)[]>}
 */
async function readRows(transaction, keys) {
  const records = transaction.objectStore("records");
  return join(transaction, await Promise.all(keys.map((key) => result(records.get(key)))));
}

/**
 * @param {IDBTransaction} transaction
 * @param {(StoredRow | undefined)[]} rows
 * @returns {Promise<(JoinedRow | null)[]>}
 */
function join(transaction, rows) {
  const bodies = transaction.objectStore("bodies");
  return Promise.all(
    rows.map(async (row) => {
      if (!row) return null;
      const body = row.body_hash && (await result(bodies.get([row.kind, row.id, row.body_hash])));
      return { ...row, body: body ? body.bytes : null };
    }),
  );
}

/**
 * @param {IDBTransaction} transaction
 * @param {number} gen
 */
function forget(transaction, gen) {
  transaction.objectStore("snapshots").delete(gen);
  transaction.objectStore("segments").delete(IDBKeyRange.bound([gen], [gen, []]));
}
