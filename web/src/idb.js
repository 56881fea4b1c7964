/**
 * Raw IndexedDB as promises, with its failures as Pramana's errors.
 */

import { PramanaError } from "./errors.js";

/** How long another connection may take to finish its running transaction and close, before it counts as blocking. */
const BLOCKED_GRACE_MS = 2000;

/**
 * What an IndexedDB failure means to a caller.
 * @param {DOMException | Error | null} cause
 * @param {Record<string, any>} [details]
 * @returns {PramanaError}
 */
export function storeError(cause, details = {}) {
  if (cause instanceof PramanaError) return cause;
  const name = cause?.name ?? "AbortError";
  const reason = `${name}: ${cause?.message || "the transaction was aborted"}`;
  if (name === "QuotaExceededError") {
    const message = "no room is left for this site's data; nothing of this write was stored";
    return new PramanaError("quota_exceeded", message, { ...details, reason }, { cause });
  }
  return new PramanaError("store_failed", `IndexedDB failed (${reason}); nothing was written`, details, {
    cause,
  });
}

/**
 * @param {unknown} [cause]
 */
export function unavailable(cause) {
  const reason = cause instanceof Error ? ` (${cause.name}: ${cause.message})` : "";
  return new PramanaError(
    "storage_unavailable",
    `this page cannot keep data${reason}: private mode, a sandboxed frame or an insecure origin. ` +
      'Open ":memory:" to work without keeping anything',
    { alternative: ":memory:" },
    { cause },
  );
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Run `work` in one transaction and wait until it completed, on disk if it writes. `work` must not await anything but
 * requests of this transaction: one with no pending request commits.
 * @template T
 * @param {IDBDatabase} db
 * @param {string[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(transaction: IDBTransaction) => T | Promise<T>} work throwing aborts the transaction
 * @param {Record<string, any>} [details] of the error, if it fails
 * @returns {Promise<T>}
 * @throws {PramanaError} nothing was written
 */
export async function transact(db, stores, mode, work, details) {
  const transaction = db.transaction(stores, mode, { durability: "strict" });
  /** @type {DOMException | null} */
  let first = null;
  const completed = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(undefined);
    transaction.onerror = (event) => {
      first ??= /** @type {IDBRequest} */ (event.target).error;
    };
    transaction.onabort = () => reject(transaction.error ?? first);
  });
  try {
    // Both at once: an abort while `work` awaits a request of the transaction rejects both.
    const [value] = await Promise.all([work(transaction), completed]);
    return value;
  } catch (error) {
    abort(transaction);
    await completed.catch(() => undefined);
    // The abort's own reason is the truth; a request that it took along says only "AbortError".
    const reason = error instanceof PramanaError ? error : (transaction.error ?? first ?? error);
    throw storeError(/** @type {Error} */ (reason), details);
  }
}

/** @param {IDBTransaction} transaction */
function abort(transaction) {
  try {
    transaction.abort();
  } catch (error) {
    // InvalidStateError: it has ended already.
    if (/** @type {Error} */ (error).name !== "InvalidStateError") throw error;
  }
}

/**
 * @param {string} name
 * @param {number} version
 * @param {(db: IDBDatabase, transaction: IDBTransaction, oldVersion: number) => void} upgrade called if the one on
 *   disk is older or absent (`oldVersion` 0); throwing leaves everything as it was
 * @returns {Promise<IDBDatabase>}
 */
export function openConnection(name, version, upgrade) {
  return new Promise((resolve, reject) => {
    const request = ask((factory) => factory.open(name, version));
    /** @type {unknown} */
    let refused = null;
    const giveUp = whenBlocked(request, () =>
      reject(
        new PramanaError(
          "upgrade_blocked",
          `another tab holds an older version of "${name}" open; close it`,
          {
            name,
          },
        ),
      ),
    );
    request.onupgradeneeded = (event) => {
      const transaction = /** @type {IDBTransaction} */ (request.transaction);
      try {
        upgrade(request.result, transaction, event.oldVersion);
      } catch (error) {
        refused = error;
        transaction.abort();
      }
    };
    request.onsuccess = () => {
      if (giveUp()) request.result.close();
      else resolve(request.result);
    };
    request.onerror = () => {
      giveUp();
      reject(refused ?? openError(request.error, name, version));
    };
  });
}

/**
 * Delete a database, unless a connection to it stays open: also one that holds no lock, of a script that is not ours.
 * A request to delete cannot be withdrawn, and would be obeyed later although an error had said that it was not. So an
 * upgrade is asked for first, which too waits until no other connection is left, and is aborted in any case.
 * @param {string} name
 * @returns {Promise<boolean>} whether there was one
 * @throws {PramanaError} in_use: nothing was deleted, and nothing will be
 */
export function deleteDatabase(name) {
  return new Promise((resolve, reject) => {
    const probe = ask((factory) => factory.open(name, Number.MAX_SAFE_INTEGER));
    let free = false;
    const giveUp = whenBlocked(probe, () =>
      reject(
        new PramanaError("in_use", `"${name}" is open in another tab, which does not close it`, { name }),
      ),
    );
    probe.onupgradeneeded = ({ oldVersion }) => {
      free = true;
      /** @type {IDBTransaction} */ (probe.transaction).abort();
      if (giveUp()) return;
      if (oldVersion === 0) {
        resolve(false);
        return;
      }
      // Asked for before the upgrade has ended, so that whoever opens the database next waits for it.
      const request = ask((factory) => factory.deleteDatabase(name));
      request.onsuccess = () => resolve(true);
      request.onerror = () => reject(openError(request.error, name, 0));
    };
    probe.onerror = () => {
      giveUp();
      if (!free) reject(openError(probe.error, name, 0));
    };
  });
}

/**
 * Call `fail` if other connections still block the request after their time to close.
 * @param {IDBOpenDBRequest} request
 * @param {() => void} fail
 * @returns {() => boolean} to be called when the request ends; true if it had failed by then
 */
function whenBlocked(request, fail) {
  let failed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  request.onblocked = () => {
    timer = setTimeout(() => {
      failed = true;
      fail();
    }, BLOCKED_GRACE_MS);
  };
  return () => {
    clearTimeout(timer);
    return failed;
  };
}

/**
 * @template T
 * @param {(factory: IDBFactory) => T} start
 * @returns {T}
 */
function ask(start) {
  try {
    // Reading the property throws in some sandboxed frames, opening in others.
    return start(globalThis.indexedDB);
  } catch (error) {
    throw unavailable(error);
  }
}

/**
 * @param {DOMException | null} cause
 * @param {string} name
 * @param {number} version
 */
function openError(cause, name, version) {
  if (cause?.name === "VersionError") {
    const message = `"${name}" was written by a newer release of Pramana; reload, or update this page's copy`;
    return new PramanaError("schema_newer", message, { name, known: version }, { cause });
  }
  return cause?.name === "QuotaExceededError" ? storeError(cause) : unavailable(cause);
}
