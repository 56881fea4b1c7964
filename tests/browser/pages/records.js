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
    const seq = state.head_seq + 1;
    const parts = rows.map(({ text }) => encoder.encode(text));
    const vectors = parts; // any bytes will do
    const bytes = new Uint8Array(await new Blob([...vectors, ...parts]).arrayBuffer());
    const listed = rows.map(({ id }, i) => ["pattern", id, `${id}@${seq}`, "default", "", "", vectors[i].length]);
    const bodies = rows.map(({ id }, i) => ["pattern", id, `${id}@${seq}`, parts[i].length]);
    const ops = rows.map(({ id }) => ["pattern", id, "put", `${id}@${seq}`]);
    for (const [kind, id] of purged) {
      ops.push([kind, id, "purge", null]);
      listed.push([kind, id, null, "", "", "", -1]);
    }
    const header = {
      expect_head: state.head_seq,
      expect_epoch: this.database.epoch,
      ...expected,
      entries: [
        { seq, hash: `h${seq}`, device: state.device, device_seq: state.device_seq + 1, ops: JSON.stringify(ops) },
      ],
      rows: batches(listed),
      bodies: batches(bodies),
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
      after = rows.at(-1).slice(0, 2);
    }
  }
}

function cut(rows, bytes) {
  const decoder = new TextDecoder();
  let at = 0;
  return rows.map((row) => {
    if (!row) return null;
    const [vectorSize, bodySize] = row.slice(6);
    at += Math.max(0, vectorSize);
    if (bodySize < 0) return null;
    at += bodySize;
    return decoder.decode(bytes.subarray(at - bodySize, at));
  });
}

function batches(items) {
  const cut = [];
  for (let start = 0; start < items.length; start += 256) cut.push(items.slice(start, start + 256));
  return cut;
}

/** The code and details a call fails with, or what it returned. */
export async function outcome(work) {
  try {
    return { value: await work() };
  } catch (error) {
    return { code: error.code ?? String(error), details: error.details, name: error.name };
  }
}
