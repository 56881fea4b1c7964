/**
 * Rows as one JSON header and one array of bytes: what crosses between Python and JavaScript in a single step.
 * A byte string in the header is `[offset, length]` into the array, or null.
 */

/** @typedef {[number, number] | null} Span */
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
  /** @param {Uint8Array | null} part @returns {Span} */
  const place = (part) => {
    if (!part) return null;
    bytes.set(part, end);
    end += part.length;
    return [end - part.length, part.length];
  };
  const listed = rows.map((row) => row && { ...row, vector: place(row.vector), body: place(row.body) });
  return { header: JSON.stringify({ ...more, rows: listed }), bytes };
}

/**
 * A copy of its own: storing a view would store all of the array behind it.
 * @param {Uint8Array} bytes
 * @param {Span} span
 */
export function unpack(bytes, span) {
  return span && bytes.slice(span[0], span[0] + span[1]);
}
