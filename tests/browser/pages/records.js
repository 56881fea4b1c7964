/** A writer of plain rows straight over a Database: what the engine does, without the engine. */
import { Database } from "/src/indexeddb.js";

const encoder = new TextEncoder();

export class Records {
  constructor(database) {
    this.database = database;
    this.turn = Promise.resolve();
  }

  static async open(name, options) {
    return new Records(await Database.open(name, options));
  }

  /** Commit rows `{id, text}`, one after the other even if called at once. */
  put(rows, more = {}) {
    const commit = this.turn.then(() => this.#commit(rows, more));
    this.turn = commit.catch(() => undefined);
    return commit;
  }

  async #commit(rows, { requestId, purged = [], ...expected }) {
    if (requestId && (await this.database.done(requestId)) !== undefined) return;
    const state = JSON.parse(await this.database.state());
    const parts = rows.map(({ text }) => encoder.encode(text));
    const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    const bodies = rows.map(({ id }, i) => {
      bytes.set(parts[i], at);
      at += parts[i].length;
      return { hash: `${id}@${state.head_seq + 1}`, kind: "pattern", id, bytes: [at - parts[i].length, parts[i].length] };
    });
    const ops = bodies.map(({ kind, id, hash }) => ({ kind, id, op: "put", body_hash: hash }));
    for (const [kind, id] of purged) ops.push({ kind, id, op: "purge", body_hash: null });
    const listed = bodies.map(({ kind, id, hash, bytes }) => ({
      kind, id, body_hash: hash, vector: bytes, namespace: "default", category: "", updated: "",
    }));
    for (const [kind, id] of purged)
      listed.push({ kind, id, body_hash: null, vector: null, namespace: "", category: "", updated: "" });
    const header = {
      expect_head: state.head_seq,
      expect_epoch: this.database.epoch,
      ...expected,
      entries: [{ seq: state.head_seq + 1, hash: `h${state.head_seq + 1}`, device_seq: state.device_seq + 1, ops }],
      rows: listed,
      bodies,
      done: requestId ? { [requestId]: "stored" } : {},
      purged,
    };
    await this.database.commit(JSON.stringify(header), bytes);
  }

  /** The texts of these ids; null where there is none. */
  async texts(ids) {
    const { header, bytes } = await this.database.read("pattern", JSON.stringify(ids));
    return cut(JSON.parse(header).rows, bytes);
  }

  async all() {
    const texts = [];
    let after = null;
    for (;;) {
      const { header, bytes } = await this.database.scan(JSON.stringify(after));
      const { rows } = JSON.parse(header);
      if (rows.length === 0) return texts;
      texts.push(...cut(rows, bytes));
      after = [rows.at(-1).kind, rows.at(-1).id];
    }
  }
}

function cut(rows, bytes) {
  const decoder = new TextDecoder();
  return rows.map((row) => row?.body && decoder.decode(bytes.subarray(row.body[0], row.body[0] + row.body[1])));
}

/** The code and details a call fails with, or what it returned. */
export async function outcome(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { code: error.code ?? String(error), details: error.details, name: error.name };
  }
}
