/**
 * The knowledge graph of an open memory: the methods of the page's API, each one request to the engine.
 */

import { PramanaError } from "./errors.js";
import { uniqueName } from "./ids.js";
import { encode, snakeCase, unfit } from "./params.js";

/** @typedef {import("../types/pramana.d.ts").Graph} GraphInterface */
/** @typedef {import("../types/pramana.d.ts").CallOptions} CallOptions */
/** @typedef {import("../types/pramana.d.ts").FactFields} FactFields */
/** @typedef {import("../types/pramana.d.ts").Triple} Triple */
/** @typedef {import("../types/pramana.d.ts").AddManyOptions} AddManyOptions */
/** @typedef {import("../types/pramana.d.ts").Added} Added */
/** @typedef {import("../types/pramana.d.ts").AddPackOptions} AddPackOptions */
/** @typedef {import("../types/pramana.d.ts").PackAdded} PackAdded */
/** @typedef {import("../types/pramana.d.ts").Progressed} Progressed */
/** @typedef {{json: string, last: boolean}} Part parameters of a length that one message may have */
/**
 * @callback Call
 * @param {string} method
 * @param {string} paramsJson
 * @param {CallOptions & {requestId?: string, onChunk?: (chunkJson: string) => void}} [options]
 * @returns {Promise<any>}
 */

/** Where a message ends: what the engine parses of a longer one would hold up its other callers. */
const PART_FACTS = 5_000;
const PART_CHARS = 2_000_000;
const TEXT_CHARS = 1_000_000;
/** How often a list or a text is sent again because the leader changed between its parts. */
const RESENDINGS = 3;

/** @implements {GraphInterface} */
export class Graph {
  #read;
  #write;

  /**
   * @param {Call} read
   * @param {Call} write
   */
  constructor(read, write) {
    this.#read = read;
    this.#write = write;
  }

  /**
   * @param {string | number} subject
   * @param {string} predicate
   * @param {string | number | null} [object]
   * @param {import("../types/pramana.d.ts").AddOptions} [options]
   */
  add(subject, predicate, object, options) {
    return this.#tell("add", { subject, predicate, object, ...snakeCase(options) }, options);
  }

  /**
   * @param {readonly (FactFields | Triple)[]} facts
   * @param {AddManyOptions} [options]
   * @returns {Promise<Added>}
   */
  async addMany(facts, { onProgress, signal, ...options } = {}) {
    if (!Array.isArray(facts)) throw unfit("facts", "an array of facts");
    const listed = [...facts]; // the caller's may change while parts are under way
    const params = snakeCase(options);
    return this.#send("add_many", (batch) => listParts(listed, batch, params), signal, onProgress);
  }

  /**
   * @param {string | Blob} source
   * @param {AddPackOptions} [options]
   * @returns {Promise<PackAdded>}
   */
  async addPack(source, { onProgress, signal, ...options } = {}) {
    const text = await textOf(source);
    const params = snakeCase(options);
    return this.#send("add_pack", (batch) => textParts(text, batch, params), signal, onProgress);
  }

  /** @param {CallOptions} [options] */
  packs(options) {
    return this.#ask("packs", {}, options);
  }

  /** @param {string} name @param {CallOptions} [options] */
  removePack(name, options) {
    return this.#tell("remove_pack", { name }, options);
  }

  /**
   * @param {string | number | null} [subject]
   * @param {string | null} [predicate]
   * @param {string | number | null} [object]
   * @param {import("../types/pramana.d.ts").MatchOptions} [options]
   */
  match(subject, predicate, object, options) {
    return this.#ask("match", { subject, predicate, object, ...snakeCase(options) }, options);
  }

  /** @param {import("../types/pramana.d.ts").FactsOptions} [options] */
  facts(options) {
    return this.#ask("facts", snakeCase(options), options);
  }

  /** @param {import("../types/pramana.d.ts").RetractFilter} filter @param {CallOptions} [options] */
  retract(filter, options) {
    return this.#tell("retract", filter, options);
  }

  /** @param {string} id @param {CallOptions} [options] */
  async retractFact(id, options) {
    await this.#tell("retract_fact", { fid: id }, options);
  }

  /** @param {string} text @param {CallOptions & {name?: string, source?: string}} [options] */
  addRule(text, options) {
    return this.#tell("add_rule", { text, ...snakeCase(options) }, options);
  }

  /** @param {string} rule @param {CallOptions} [options] */
  async removeRule(rule, options) {
    await this.#tell("remove_rule", { rule }, options);
  }

  /** @param {CallOptions} [options] */
  rules(options) {
    return this.#ask("rules", {}, options);
  }

  /** @param {string} predicate @param {import("../types/pramana.d.ts").DeclareOptions} options */
  async declare(predicate, options) {
    await this.#tell("declare", { predicate, ...snakeCase(options) }, options);
  }

  /** @param {string} predicate @param {import("../types/pramana.d.ts").DeclareOptions} options */
  async undeclare(predicate, options) {
    await this.#tell("undeclare", { predicate, ...snakeCase(options) }, options);
  }

  /** @param {CallOptions} [options] */
  declarations(options) {
    return this.#ask("declarations", {}, options);
  }

  /** @param {import("../types/pramana.d.ts").InferOptions} [options] */
  conflicts(options) {
    return this.#ask("conflicts", snakeCase(options), options);
  }

  /** @param {string} text @param {CallOptions & {source?: string, confidence?: number}} [options] */
  tell(text, options) {
    return this.#tell("tell", { text, ...snakeCase(options) }, options);
  }

  /** @param {string} text @param {import("../types/pramana.d.ts").AskOptions} [options] */
  ask(text, options) {
    return this.#ask("ask", { text, ...snakeCase(options) }, options);
  }

  /**
   * @param {string | number} subject
   * @param {string} predicate
   * @param {string | number | null} [object]
   * @param {import("../types/pramana.d.ts").AskOptions & {negated?: boolean}} [options]
   */
  explain(subject, predicate, object, options) {
    return this.#ask("explain", { subject, predicate, object, ...snakeCase(options) }, options);
  }

  /**
   * @param {string | number} term
   * @param {import("../types/pramana.d.ts").WalkOptions & {depth?: number, maxNodes?: number}} [options]
   */
  neighbors(term, options) {
    return this.#ask("neighbors", { term, ...snakeCase(options) }, options);
  }

  /**
   * @param {string | number} source
   * @param {string | number} target
   * @param {import("../types/pramana.d.ts").WalkOptions & {k?: number, maxNodes?: number}} [options]
   */
  paths(source, target, options) {
    return this.#ask("paths", { source, target, ...snakeCase(options) }, options);
  }

  /**
   * @param {readonly (string | number)[]} seeds
   * @param {import("../types/pramana.d.ts").RankOptions} [options]
   */
  rank(seeds, options) {
    return this.#ask("rank", { seeds, ...snakeCase(options) }, options);
  }

  /** @param {string} text @param {CallOptions & {source?: string}} [options] */
  extract(text, options) {
    return this.#tell("extract", { text, ...snakeCase(options) }, options);
  }

  /** @param {CallOptions & {status?: import("../types/pramana.d.ts").ProposalStatus}} [options] */
  proposals(options) {
    return this.#ask("proposals", snakeCase(options), options);
  }

  /** @param {string} id @param {CallOptions} [options] */
  accept(id, options) {
    return this.#tell("accept", { pid: id }, options);
  }

  /** @param {string} id @param {CallOptions} [options] */
  async reject(id, options) {
    await this.#tell("reject", { pid: id }, options);
  }

  /** @param {CallOptions} [options] */
  stats(options) {
    return this.#ask("stats", {}, options);
  }

  /**
   * Send a list or a text in as many messages as it takes; only with the last one it is stored, all or nothing, and
   * once however often it is sent.
   * @param {string} method
   * @param {(batch: string) => Iterable<Part>} parts
   * @param {AbortSignal} [signal]
   * @param {(progress: Progressed) => void} [onProgress]
   */
  async #send(method, parts, signal, onProgress) {
    const batch = uniqueName();
    const onChunk = onProgress && ((/** @type {string} */ chunk) => onProgress(JSON.parse(chunk)));
    for (let attempt = 0; ; attempt++) {
      try {
        /** @type {any} */
        let answer;
        for (const { json, last } of parts(batch))
          answer = await this.#write(`graph.${method}`, json, {
            signal,
            onChunk,
            ...(last && { requestId: batch }),
          });
        return answer;
      } catch (error) {
        const lost = error instanceof PramanaError && error.code === "epoch_lost";
        if (!lost || attempt === RESENDINGS) throw error;
      }
    }
  }

  /**
   * @param {string} method
   * @param {object} params
   * @param {CallOptions} [options]
   */
  async #ask(method, params, options) {
    return this.#read(`graph.${method}`, encode(params), { signal: options?.signal });
  }

  /**
   * @param {string} method
   * @param {object} params
   * @param {CallOptions} [options]
   */
  async #tell(method, params, options) {
    return this.#write(`graph.${method}`, encode(params), { signal: options?.signal });
  }
}

/**
 * @param {unknown[]} facts
 * @param {string} batch names the list
 * @param {Record<string, unknown>} params
 * @returns {Generator<Part>}
 */
function* listParts(facts, batch, params) {
  for (let start = 0, part = 0, last = false; !last; part++) {
    for (let length = PART_FACTS; ; length = Math.ceil(length / 2)) {
      const end = Math.min(start + length, facts.length);
      last = end === facts.length;
      const place = part || !last ? { batch, part, more: !last } : {};
      const json = encode({ ...params, ...place, facts: facts.slice(start, end) });
      if (json.length > PART_CHARS && end - start > 1) continue;
      yield { json, last };
      start = end;
      break;
    }
  }
}

/**
 * @param {string} text
 * @param {string} batch names the text
 * @param {Record<string, unknown>} params go with the last part
 * @returns {Generator<Part>}
 */
function* textParts(text, batch, params) {
  for (let start = 0, part = 0, last = false; !last; part++) {
    let end = Math.min(start + TEXT_CHARS, text.length);
    last = end === text.length;
    // The halves of a surrogate pair must not come apart: JSON would make two characters of them.
    if (!last && /[\ud800-\udbff]/.test(text[end - 1])) end--;
    const place = part || !last ? { batch, part, more: !last } : {};
    yield { json: encode({ ...(last && params), ...place, text: text.slice(start, end) }), last };
    start = end;
  }
}

/** @param {unknown} source */
async function textOf(source) {
  if (typeof source === "string") return source;
  if (!(source instanceof Blob)) throw unfit("text", "a string, a Blob or a File");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await source.arrayBuffer());
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new PramanaError("invalid_input", "the file is not UTF-8 text", { field: "text" }, { cause });
  }
}
