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
/** How often a list is sent again because the leader changed between its parts. */
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
    const batch = uniqueName();
    const call = {
      signal,
      onChunk: onProgress && ((/** @type {string} */ chunk) => onProgress(JSON.parse(chunk))),
    };
    const listed = [...facts]; // the caller's may change while parts are under way
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#addParts(listed, batch, snakeCase(options), call);
      } catch (error) {
        const lost = error instanceof PramanaError && error.code === "epoch_lost";
        if (!lost || attempt === RESENDINGS) throw error;
      }
    }
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
   * Send a list in as many messages as it takes; only with the last one are they stored, all of them or none.
   * @param {unknown[]} facts
   * @param {string} batch names the list; also the last part's request id, so that sent again it is stored once
   * @param {Record<string, unknown>} params
   * @param {{signal?: AbortSignal, onChunk?: (chunkJson: string) => void}} call
   */
  async #addParts(facts, batch, params, call) {
    for (let start = 0, part = 0; ; part++) {
      const { json, end } = encodePart(facts, start, batch, part, params);
      if (end === facts.length) return this.#write("graph.add_many", json, { ...call, requestId: batch });
      await this.#write("graph.add_many", json, call);
      start = end;
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
 * @param {number} start
 * @param {string} batch
 * @param {number} part
 * @param {Record<string, unknown>} params
 * @returns {{json: string, end: number}} parameters with `facts[start..end]`, of a length that one message may have
 */
function encodePart(facts, start, batch, part, params) {
  for (let length = PART_FACTS; ; length = Math.ceil(length / 2)) {
    const end = Math.min(start + length, facts.length);
    const more = end < facts.length;
    const place = part || more ? { batch, part, more } : {};
    const json = encode({ ...params, ...place, facts: facts.slice(start, end) });
    if (json.length <= PART_CHARS || end - start <= 1) return { json, end };
  }
}
