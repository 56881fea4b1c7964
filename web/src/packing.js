/**
 * Rows on their way between Python and IndexedDB: JSON for what is text, one run of bytes for the rest.
 *
 * A row is a JSON array; its byte strings follow each other in the run, in the order of the rows, and the array holds
 * their lengths (-1 for none). The twin is pylib/pramana/store/row_packing.py.
 */

/**
 * @typedef {object} StoredRow as the object store keeps it
 * @property {string} kind
 * @property {string} id
 * @property {string | null} body_hash
 * @property {Uint8Array | null} vector
 * @property {string} namespace
 * @property {string} category
 * @property {string} updated
 */
/** @typedef {StoredRow & {body: Uint8Array | null}} JoinedRow */
/** @typedef {{header: string, bytes: Uint8Array}} Packed */

/** A row of a commit: kind, id, body_hash, namespace, category, updated, length of the vector.
 * @typedef {[string, string, string | null, string, string, string, number]} PackedRow */
/** A body of a commit: kind, id, hash, length.
 * @typedef {[string, string, string, number]} PackedBody */

/**
 * @param {(JoinedRow | null)[]} rows
 * @param {Record<string, any>} [more] further keys of the header
 * @returns {Packed}
 */
export function pack(rows, more = {}) {
  let size = 0;
  for (const row of rows) size += (row?.vector?.length ?? 0) + (row?.body?.length ?? 0);
  const bytes = new Uint8Array(size);
  let end = 0;
  /** @param {Uint8Array | null} part */
  const place = (part) => {
    if (!part) return -1;
    bytes.set(part, end);
    end += part.length;
    return part.length;
  };
  const listed = rows.map((row) => {
    if (!row) return null;
    const { kind, id, body_hash, namespace, category, updated } = row;
    return [kind, id, body_hash, namespace, category, updated, place(row.vector), place(row.body)];
  });
  return { header: JSON.stringify({ ...more, rows: listed }), bytes };
}

/** Hands out the byte strings of a run, one after the other. */
export class Unpacker {
  #bytes;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /**
   * A copy of its own: storing a view would store all of the array behind it.
   * @param {number} length
   * @returns {Uint8Array | null}
   */
  take(length) {
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  /**
   * @param {PackedRow} row
   * @returns {StoredRow}
   */
  row([kind, id, body_hash, namespace, category, updated, size]) {
    return { kind, id, body_hash, namespace, category, updated, vector: this.take(size) };
  }

  /** @param {PackedBody} body */
  body([kind, id, hash, size]) {
    return { kind, id, hash, bytes: this.take(size) };
  }
}
