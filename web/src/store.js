/**
 * One writer among all tabs of an origin. Whoever holds the Web Lock of a name leads: it owns the database and answers
 * the others' calls over a BroadcastChannel. When it goes, for whatever reason, the browser gives the lock to the next
 * in the queue, which takes over; calls that were not answered are asked again, with the same request ids.
 *
 * A leader that stopped answering keeps its lock, so the lock is stolen from it. When it wakes it follows: the database
 * refuses its commits, since its epoch has passed, and nobody heeds its answers, since they name a leader that is not.
 */

import { PramanaError } from "./errors.js";
import { deleteDatabase, unavailable } from "./idb.js";
import { notFound } from "./indexeddb.js";
import { PROTOCOL_VERSION } from "./protocol.js";
import { qualified } from "./schema.js";
import { Seat } from "./seat.js";
import { PATIENCE_MS } from "./watch.js";

/**
 * Take a seat at a database: as its leader if nobody leads, else as a follower of whoever does.
 * @param {string} name
 * @param {{protocol?: number, patienceMs?: number}} [options]
 * @returns {Promise<Seat>}
 * @throws {PramanaError} storage_unavailable; protocol_mismatch if the leader runs another release
 */
export async function join(name, { protocol = PROTOCOL_VERSION, patienceMs = PATIENCE_MS } = {}) {
  if (!globalThis.navigator?.locks || !globalThis.BroadcastChannel) throw unavailable();
  const seat = new Seat(name, protocol, patienceMs);
  try {
    await seat.enter();
  } catch (error) {
    await seat.leave();
    throw error;
  }
  return seat;
}

/**
 * Delete a database with everything in it.
 * @param {string} name
 * @throws {PramanaError} in_use if a tab has it open; not_found
 */
export async function destroyDatabase(name) {
  if (!globalThis.navigator?.locks) throw unavailable();
  await navigator.locks.request(qualified(name), { ifAvailable: true }, async (lock) => {
    if (!lock) throw new PramanaError("in_use", `"${name}" is open; close it in every tab first`, { name });
    if (!(await deleteDatabase(qualified(name)))) throw notFound(name);
  });
}
