/**
 * Pramana in a page: memory that survives, found by meaning, offline.
 *
 * Fields of records keep their names from the wire (snake_case); methods and options are camelCase.
 * Every rejected promise holds a `PramanaError`.
 */

/** The version of this release. */
export const version: string;

/**
 * Open a memory: a name for one that is kept in this origin, ":memory:" for one that ends with the page.
 *
 * The first tab at a name leads: it runs the engine. Others ask it, and one of them takes over when it goes.
 */
export function open(name: string, options?: OpenOptions): Promise<Memory>;

/** Delete a memory with everything in it. Rejects with "in_use" while a tab has it open, or "not_found". */
export function destroy(name: string, options?: { baseUrl?: string | URL }): Promise<void>;

/** What every call rejects with. */
export class PramanaError extends Error {
  constructor(code: ErrorCode | (string & {}), message?: string, details?: Record<string, unknown>);
  /** Stable; what to test for. */
  readonly code: ErrorCode | (string & {});
  /**
   * What is known about it: `field` and `index` of invalid input, `not_written` of a full disk, `file` of what could not
   * be loaded and the `directive` of the policy that forbids it; `at` of a rule, `start`,
   * `end` and `nearest` of a sentence (places in its text count characters, an emoji as one) …
   */
  readonly details: Record<string, unknown>;
  toJSON(): { code: string; message: string; details: Record<string, unknown> };
}

export type ErrorCode =
  | "error"
  | "invalid_input"
  | "invalid_rule"
  | "not_understood"
  | "budget_exceeded"
  | "invalid_proof"
  | "dimension_mismatch"
  | "not_found"
  | "read_only"
  | "closed"
  | "cancelled"
  | "store_failed"
  | "quota_exceeded"
  | "storage_unavailable"
  | "head_moved"
  | "epoch_lost"
  | "schema_newer"
  | "upgrade_blocked"
  | "version_changed"
  | "in_use"
  | "corrupt"
  | "kernel_failed"
  | "kernel_hash_mismatch"
  | "kernel_unavailable"
  | "embedder_mismatch"
  | "embedder_failed"
  | "embedder_auth"
  | "embedder_unreachable"
  | "protocol_mismatch"
  | "boot_failed"
  | "offline_unavailable";

export interface OpenOptions {
  /** Told how far the start has come. Phases may overlap. */
  onProgress?: (progress: Progress) => void;
  /** Aborting rejects with "cancelled". */
  signal?: AbortSignal;
  /** Where pramana.js and its v/ directory lie; by default where this script was loaded from. */
  baseUrl?: string | URL;
  /** Keep this page and Pramana for use without a server; true by default. */
  offline?: boolean;
  /** Refuse to write through this memory, and do not create one that is not there. */
  readOnly?: boolean;
  /** Which build of the kernels to run; "auto" takes SIMD where the browser has it. */
  kernels?: "auto" | "simd" | "scalar";
  /**
   * What embeds, in this page; the one in the box if not given. It must be the one that the memory was written with, or
   * the one of a `reembed` that was broken off, which is then finished. Every tab at a memory brings the same one.
   */
  embedder?: Embedder;
  /** If the memory was written with another embedder, have this one embed all of it first. */
  reembed?: boolean;
}

/** Text to vectors, in the page: a model of one's own. */
export interface Embedder {
  /** Names the model and its version; stored with the memory, 1 to 200 characters. */
  readonly id: string;
  /** Floats per vector. */
  readonly dim: number;
  /** A vector for each text, in order; all zeros for a text of which it knows nothing. */
  embed(texts: string[]): Promise<readonly ArrayLike<number>[]> | readonly ArrayLike<number>[];
}

export interface Progress {
  phase: "download" | "python" | "kernels" | "data" | "embedding";
  /** Bytes for "download", records for "data" and "embedding", steps otherwise. */
  loaded: number;
  /** 0 while it is not known. */
  total: number;
}

export type Role = "leader" | "follower";

export interface MemoryEventMap {
  /** This tab took over, or follows after it slept: `detail` is the role. */
  role: CustomEvent<Role>;
  /** Something was committed, here or in another tab. */
  change: CustomEvent<{ seq: number }>;
  /** The memory ended otherwise than by `close()`; `detail` says why. */
  closed: CustomEvent<PramanaError>;
}

export interface CallOptions {
  /** Takes effect until a write's commit starts; from then on the result stands. */
  signal?: AbortSignal;
}

export interface Memory extends EventTarget {
  readonly name: string;
  /** Whether this tab runs the engine. */
  readonly role: Role;
  /** Whether, and from when on, the page survives without its server. */
  readonly offline: Promise<OfflineStatus>;
  /** Facts and rules, what follows from them, and why. */
  readonly graph: Graph;

  /** Store one memory; resolves with its id once it is on disk. */
  storePattern(fields: PatternFields, options?: CallOptions): Promise<string>;
  /** Store memories in one commit: all of them or none. */
  storePatterns(
    list: readonly PatternFields[],
    options?: CallOptions & { onProgress?: (progress: { done: number; total: number }) => void },
  ): Promise<string[]>;
  /** The memories that help with a task, most helpful first, no two with the same text. */
  findSimilar(task: string, options?: FindOptions): Promise<Hit[]>;
  findSimilar(task: string, category?: string | null, k?: number, options?: FindOptions): Promise<Hit[]>;
  /**
   * Answer a question in words from what memory and knowledge hold, with evidence, or say that it is unknown. Asking
   * stores nothing.
   */
  reason(text: string, options?: ReasonOptions): Promise<Answer>;
  /** What happened in the cache of answers, counted, and what it holds. */
  cacheStats(options?: CallOptions): Promise<CacheStats>;
  getPattern(id: string, options?: CallOptions): Promise<Pattern | null>;
  getPatterns(ids: readonly string[], options?: CallOptions): Promise<(Pattern | null)[]>;
  updatePattern(id: string, fields: Partial<PatternFields>, options?: CallOptions): Promise<void>;
  /** Hide a memory for good; its text stays on disk until it is purged. */
  deletePattern(id: string, options?: CallOptions): Promise<void>;
  /** Remove every version of a memory's text from the disk. */
  purgePattern(id: string, options?: CallOptions): Promise<void>;
  /** Count that memories were used, and whether it went well if that is known. */
  used(ids: readonly string[], options?: CallOptions & { success?: boolean }): Promise<void>;
  /** Newest first. `namespace: null` lists all of them. */
  list(options?: ListOptions): Promise<Page>;
  byCategory(
    category: string,
    options?: CallOptions & { namespace?: string | null; limit?: number },
  ): Promise<Pattern[]>;
  stats(options?: CallOptions): Promise<Stats>;
  capabilities(options?: CallOptions): Promise<Capabilities>;
  /**
   * Have another embedder embed all memories, then answer with it; resolves with how many it embedded. The one in force
   * answers until then. Aborted or broken off, it stays in force, and the work goes on where it was when asked again, or
   * when the memory is opened with the new one. Rejects with "in_use" where another tab leads.
   */
  reembed(
    embedder: Embedder,
    options?: CallOptions & { onProgress?: (progress: { done: number; total: number }) => void },
  ): Promise<number>;
  /** All memories as JSON lines. */
  exportJsonl(options?: CallOptions): Promise<Blob>;
  /** Import JSON lines; all of them are checked before any is written. Once writing began, it goes on to the end. */
  importJsonl(source: Blob | string, options?: ImportOptions): Promise<ImportCounts>;
  /** Finish what runs and give the memory up. Closing twice is allowed. */
  close(): Promise<void>;

  addEventListener<K extends keyof MemoryEventMap>(
    type: K,
    listener: (event: MemoryEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** What one gives; only `task_description` is required. */
export interface PatternFields {
  task_description: string;
  namespace?: string;
  task_category?: string;
  strategy?: string;
  title?: string;
  description?: string;
  content?: string;
  /** 0 to 1. */
  success_score?: number;
  tags?: readonly string[];
  /** JSON values. */
  metadata?: Record<string, unknown>;
  /** Ids of the trajectories it was learned from. */
  source?: readonly string[];
  /** Milliseconds since 1970; now unless given. */
  created_ms?: number;
}

export interface Pattern {
  id: string;
  task_description: string;
  namespace: string;
  task_category: string;
  strategy: string;
  title: string;
  description: string;
  content: string;
  success_score: number;
  tags: string[];
  metadata: Record<string, unknown>;
  source: string[];
  /** Milliseconds since 1970, UTC. */
  created_ms: number;
  /** A hybrid logical clock reading; later ones sort after earlier ones. */
  updated: string;
  status: "active" | "superseded" | "deleted";
  /** Id of the embedder that made its vector. */
  embedder: string;
  /** By device: successes, failures, uses, when last used. */
  evidence: Record<string, [number, number, number, number]>;
  usage_count: number;
  last_used_ms: number | null;
  /** Mean of the posterior over success, 0 to 1. */
  reliability: number;
}

export interface Hit {
  pattern: Pattern;
  /** Orders the hits of one query; not comparable between queries. */
  score: number;
  /** Cosine in [-1, 1], comparable between queries. */
  similarity: number;
  /** What the score is made of: exact, cosine, bm25, recency, reliability … */
  parts: Record<string, number>;
  /** Ids of memories with the same text, for which this one stands. */
  duplicates: string[];
}

export interface ReasonOptions extends CallOptions {
  /** How many statements a chain may have, 1 to 16 (3). */
  depth?: number;
  /** Below it a statement is no evidence. */
  minConfidence?: number;
  /** At most so many chains, and so many memories (5). */
  k?: number;
  /** What held then, in milliseconds since 1970 UTC. */
  asOfMs?: number | null;
  /** Of the memories; of all, if not given. */
  namespace?: string | null;
  /** Take the remembered answer to the same question put with other manners, if that was asked with this too (false). */
  similar?: boolean;
}

export interface Answer {
  /** The one that was answered; not quite the one that was asked where `cached` is set. */
  question: string;
  /** "causal", "comparative", "procedural", "hypothetical", "diagnostic", "exploratory", "systems", "lateral", "factual" */
  kind: string;
  /** "true" or "false" where yes or no is asked for, else "answered"; "unknown" where nothing supports an answer. */
  verdict: "true" | "false" | "answered" | "unknown";
  /** From the evidence; 0 when unknown. */
  confidence: number;
  /** What it says is cited as "[n]"; empty when unknown. */
  text: string;
  /** What "[n]" stands for, n counting from 1. */
  citations: { kind: "fact" | "rule" | "memory"; id: string }[];
  /** Every kind with its score, best first. */
  kinds: [string, number][];
  proofs: Proof[];
  /** Of the opposite, where both hold. */
  against: Proof[];
  /** What follows and is not stated; `proof` is an index of `proofs`. */
  insights: { statement: Atom; confidence: number; proof: number }[];
  paths: FactPath[];
  /** Those that are cited; as a proof has them, so perhaps without interval and pack. */
  facts: Fact[];
  /** What the question names: characters as Python counts them, "exact", "plural", "alias", "fuzzy", "meaning" or "part". */
  entities: { mention: string; start: number; end: number; term: string; how: string; score: number }[];
  memories: {
    id: string;
    task_description: string;
    strategy: string;
    similarity: number;
    success: number;
  }[];
  /** Each step, how long it took and what came of it. */
  trace: { step: string; ms: number; found: Record<string, unknown> }[];
  /** "exact" or "similar" where the answer was given before, else "". */
  cached: "" | "exact" | "similar";
  compute_ms: number;
}

/** Counted since the cache was made; the last four tell what it holds now. */
export interface CacheStats {
  hits: number;
  similar_hits: number;
  misses: number;
  stale: number;
  expired: number;
  evicted: number;
  oversized: number;
  entries: number;
  bytes: number;
  compressed: number;
  compressed_bytes: number;
}

export interface FindOptions extends CallOptions {
  k?: number;
  category?: string | null;
  /** "default" by default; null for all. */
  namespace?: string | null;
  /** Only memories with all of these. */
  tags?: readonly string[];
  sinceMs?: number;
  minSimilarity?: number;
  /** Weigh this category up without leaving others out. */
  preferCategory?: string;
}

export interface ListOptions extends CallOptions {
  category?: string | null;
  namespace?: string | null;
  tags?: readonly string[];
  /** That of the page before. */
  cursor?: string | null;
  limit?: number;
}

export interface Page {
  patterns: Pattern[];
  /** Pass it to `list` for the next page; null at the end. */
  cursor: string | null;
}

export interface ImportOptions extends CallOptions {
  /** For an id that is here already; "newer" by default. */
  onConflict?: "newer" | "skip" | "replace" | "error";
}

export interface ImportCounts {
  added: number;
  updated: number;
  skipped: number;
  lines: number;
}

export interface Stats {
  patterns: number;
  deleted: number;
  categories: Record<string, number>;
  namespaces: Record<string, number>;
  tags: Record<string, number>;
  head_seq: number;
  size_bytes: number;
  embedder: { id: string; dim: number };
  index: Record<string, unknown>;
}

/**
 * Statements of subject, predicate and object, and rules over them. Terms are the same in any case and spacing, but
 * for IRIs; `mortal(x)` is the triple (x, "is", "mortal"), and an object left out means just that.
 */
export interface Graph {
  /** Assert a fact; resolves with its id once it is on disk. What its source said already is not stored twice. */
  add(
    subject: string | number,
    predicate: string,
    object?: string | number | null,
    options?: AddOptions,
  ): Promise<string>;
  /** Assert facts in one commit: all of them or none. */
  addMany(facts: readonly (FactFields | Triple)[], options?: AddManyOptions): Promise<Added>;
  /** The facts of this form; what is null or left out matches anything. */
  match(
    subject?: string | number | null,
    predicate?: string | null,
    object?: string | number | null,
    options?: MatchOptions,
  ): Promise<Fact[]>;
  /** What is asserted, newest first. */
  facts(options?: FactsOptions): Promise<FactPage>;
  /** End the facts of this form, now; resolves with how many. `knownAtMs` of before still shows them. */
  retract(filter: RetractFilter, options?: CallOptions): Promise<number>;
  retractFact(id: string, options?: CallOptions): Promise<void>;
  /** Add a rule such as `(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z) @0.9`. */
  addRule(text: string, options?: CallOptions & { name?: string; source?: string }): Promise<string>;
  removeRule(idOrName: string, options?: CallOptions): Promise<void>;
  rules(options?: CallOptions): Promise<Rule[]>;
  /** Say what is so of a predicate, so that contradictions are seen. */
  declare(predicate: string, options: DeclareOptions): Promise<void>;
  undeclare(predicate: string, options: DeclareOptions): Promise<void>;
  declarations(options?: CallOptions): Promise<Declaration[]>;
  /** Pairs of facts that cannot both hold. */
  conflicts(options?: InferOptions): Promise<Conflict[]>;
  /** Store facts and rules told in controlled English: the whole text, or with "not_understood" nothing. */
  tell(text: string, options?: CallOptions & { source?: string; confidence?: number }): Promise<Told>;
  /** Answer a question in controlled English, with proofs. */
  ask(text: string, options?: AskOptions): Promise<Verdict>;
  /** As `ask`, for a triple. */
  explain(
    subject: string | number,
    predicate: string,
    object?: string | number | null,
    options?: AskOptions & { negated?: boolean },
  ): Promise<Verdict>;
  neighbors(
    term: string | number,
    options?: WalkOptions & { depth?: number; maxNodes?: number },
  ): Promise<Neighbor[]>;
  /** The `k` most confident simple paths. */
  paths(
    source: string | number,
    target: string | number,
    options?: WalkOptions & { k?: number; maxNodes?: number },
  ): Promise<FactPath[]>;
  /** The terms most closely connected with the seeds, by personalized PageRank. */
  rank(seeds: readonly (string | number)[], options?: RankOptions): Promise<TermRanking>;
  /** Find facts in free text; they are proposals until they are accepted. */
  extract(text: string, options?: CallOptions & { source?: string }): Promise<Proposal[]>;
  proposals(options?: CallOptions & { status?: ProposalStatus }): Promise<Proposal[]>;
  /** Resolves with the id of the fact. */
  accept(id: string, options?: CallOptions): Promise<string>;
  reject(id: string, options?: CallOptions): Promise<void>;
  /**
   * Load a knowledge pack, facts and rules from elsewhere, in one commit: CSV, N-Triples or JSON-LD (docs/packs.md).
   * Rejects with "invalid_input" and `details.line` where a line is malformed.
   */
  addPack(source: string | Blob, options?: AddPackOptions): Promise<PackAdded>;
  /** Those that are loaded, oldest first. */
  packs(options?: CallOptions): Promise<Pack[]>;
  /** Retract the facts of a pack and remove its rules; resolves with how many facts. */
  removePack(name: string, options?: CallOptions): Promise<number>;
  stats(options?: CallOptions): Promise<GraphStats>;
}

/** `[subject, predicate, object]` */
export type Triple = readonly [string | number, string, string | number];

/** What one gives to `addMany`; only `subject` and `predicate` are required. */
export interface FactFields {
  subject: string | number;
  predicate: string;
  object?: string | number | null;
  negated?: boolean;
  /** Above 0, up to 1. */
  confidence?: number;
  source?: string;
  valid_from_ms?: number | null;
  valid_to_ms?: number | null;
}

export interface AddOptions extends CallOptions {
  negated?: boolean;
  /** Above 0, up to 1; 1 by default. */
  confidence?: number;
  source?: string;
  validFromMs?: number | null;
  validToMs?: number | null;
}

export interface AddManyOptions extends CallOptions {
  /** Of the facts that name none. */
  source?: string;
  onProgress?: (progress: Progressed) => void;
}

/** Of so many facts, how many are in the commit. */
export interface Progressed {
  done: number;
  total: number;
}

export interface AddPackOptions extends CallOptions {
  /** By which it can be removed; like the next three it may stand in a CSV's header instead. */
  name?: string;
  /** Needed: every fact of the pack bears it. */
  licence?: string;
  /** Of the facts that name none, and of the rules. */
  source?: string;
  version?: string;
  /** "csv" by default; "nt" is N-Triples, and "jsonld" needs rdflib in Python. */
  format?: "csv" | "nt" | "jsonld";
  /** In the rule language. */
  rules?: string;
  /** Load the other lines, and say which were left out. */
  skipMalformed?: boolean;
  onProgress?: (progress: Progressed) => void;
}

export interface Pack {
  name: string;
  version: string;
  licence: string;
  source: string;
  /** How many came with it. */
  facts: number;
  rules: number;
  added_ms: number;
}

export interface PackAdded {
  pack: Pack;
  /** Facts that the text gave again. */
  repeats: number;
  /** The first hundred lines that were left out, counted from 1, and why. */
  skipped: { line: number; reason: string }[];
  /** All of them. */
  skipped_count: number;
}

export interface Added {
  added: number;
  /** Facts that were there already. */
  known: number;
}

/** The point in time that a read is about; now unless given. */
export interface TimeOptions extends CallOptions {
  /** What holds at this time. */
  asOfMs?: number | null;
  /** What was known at this time. */
  knownAtMs?: number | null;
}

/** Budgets; beyond one, the call rejects with "budget_exceeded" and changes nothing. */
export interface InferOptions extends TimeOptions {
  /** Derived facts. */
  maxDerived?: number;
  timeoutS?: number;
}

export interface MatchOptions extends InferOptions {
  /** Also what follows by rules. */
  derived?: boolean;
  /** Statements that something is not so: true for only these, null for both kinds; false by default. */
  negated?: boolean | null;
  minConfidence?: number;
  limit?: number;
}

export interface AskOptions extends InferOptions {
  /** Proofs that share no asserted fact; they make the confidence together. */
  maxProofs?: number;
}

export interface FactsOptions extends TimeOptions {
  source?: string | null;
  predicate?: string | null;
  /** That of the page before. */
  cursor?: string | null;
  limit?: number;
}

/** At least one of them. */
export interface RetractFilter {
  subject?: string | number | null;
  predicate?: string | null;
  object?: string | number | null;
  source?: string | null;
}

export interface DeclareOptions extends CallOptions {
  /** It has one object for each subject. */
  functional?: boolean;
  /** Nothing has both; classes too ("cat" and "dog"). */
  disjointWith?: string | readonly string[] | null;
}

export interface WalkOptions extends TimeOptions {
  direction?: "out" | "in" | "both";
  /** Only over these. */
  predicates?: readonly string[] | null;
}

export interface RankOptions extends WalkOptions {
  k?: number;
  /** How often a walk starts anew, 0 to 1. */
  alpha?: number;
  /** How much may be left out, per degree of a term. */
  epsilon?: number;
}

/** A statement; in rules, terms may be variables ("?x"). */
export interface Atom {
  subject: string;
  predicate: string;
  object: string;
  negated: boolean;
}

export interface Fact extends Atom {
  /** "" of a derived fact. */
  id: string;
  confidence: number;
  source: string;
  /** It holds from here, null: always. */
  valid_from_ms: number | null;
  /** It holds until before here, null: still. */
  valid_to_ms: number | null;
  created_ms: number;
  retracted_ms: number | null;
  /** Id of the fact that ended it. */
  superseded_by: string;
  /** It follows, and was not asserted. */
  derived: boolean;
  /** The knowledge pack it came with, and its licence; "" for none. */
  pack: string;
  licence: string;
}

export interface FactPage {
  facts: Fact[];
  /** Pass it to `facts` for the next page; null at the end. */
  cursor: string | null;
}

export interface Comparison {
  left: string;
  operator: "=" | "!=" | "<" | "<=" | ">" | ">=";
  right: string;
}

export interface Rule {
  id: string;
  head: Atom;
  body: Atom[];
  unless: Atom[];
  where: Comparison[];
  weight: number;
  name: string;
  /** In the rule language. */
  text: string;
  /** The English it was told in. */
  sentence: string;
  source: string;
  created_ms: number;
  /** The knowledge pack it came with; "" for none. */
  pack: string;
}

/** Steps that rest on earlier ones alone; the last one concludes what is proved. */
export interface Proof {
  conclusion: Atom;
  confidence: number;
  steps: ProofStep[];
}

/** Why a statement holds: a fact, or a rule applied to what earlier steps conclude. */
export interface ProofStep {
  conclusion: Atom;
  confidence: number;
  /** Id of the fact, or "". */
  fact: string;
  /** Id of the rule, or "". */
  rule: string;
  bindings: Record<string, string>;
  /** Indexes of steps, in the order of the rule's body. */
  premises: number[];
  /** What the rule's `unless` names, and what does not hold. */
  absent: Atom[];
  /** Of the fact. */
  source: string;
  /** Of the rule, as written or told. */
  text: string;
}

export interface Verdict {
  /** "unknown": neither the statement nor its negation follows, or both do. */
  verdict: "true" | "false" | "unknown";
  /** Of all proofs together; 0 when unknown. */
  confidence: number;
  /** The best one. */
  proof: Proof | null;
  /** They share no asserted fact. */
  proofs: Proof[];
  /** Proofs of the opposite, where both hold. */
  against: Proof[];
  contradictory: boolean;
  question: string;
  /** For "who" and "what", best first. */
  answers: string[];
}

export interface Told {
  /** Ids. */
  facts: string[];
  rules: string[];
  /** What was understood, sentence by sentence, in the rule language. */
  understood: string[];
}

export interface Declaration {
  kind: "functional" | "disjoint";
  predicate: string;
  other: string;
}

export interface Conflict {
  kind: "functional" | "disjoint" | "negation";
  older: Fact;
  newer: Fact;
  /** "superseded": the newer one ended the older one's validity. */
  status: "superseded" | "open";
}

export interface Neighbor {
  term: string;
  /** Hops away. */
  depth: number;
  /** Over which it was reached first. */
  via: Fact;
}

export interface FactPath {
  terms: string[];
  /** `forward`: from the fact's subject to its object. */
  steps: { fact: Fact; forward: boolean }[];
  /** The product over its facts. */
  confidence: number;
}

export interface TermRanking {
  ranked: { term: string; score: number }[];
  /** No score is further from the true one. */
  residual: number;
}

export type ProposalStatus = "pending" | "accepted" | "rejected";

export interface Proposal extends Atom {
  id: string;
  confidence: number;
  /** Names what read it. */
  pattern: string;
  /** Where it was read. */
  sentence: string;
  source: string;
  status: ProposalStatus;
  /** Id of the fact it became, or "". */
  fact: string;
  created_ms: number;
}

export interface GraphStats {
  /** That hold now. */
  facts: number;
  /** All that were ever asserted. */
  recorded: number;
  /** That follow, as far as they were worked out. */
  derived: number;
  rules: number;
  declarations: number;
  terms: number;
  predicates: number;
  proposals: number;
  [more: string]: unknown;
}

export interface Capabilities {
  kernels: {
    build: string;
    runtime: string;
    abi: number;
    modules: Record<string, { sha256: string; size_bytes: number }>;
    /** Fall-backs taken, for people to read. */
    fallbacks: string[];
  };
  store: {
    backend: "memory" | "indexeddb" | "sqlite";
    /** What a returned write survives: "none", "process-crash" or "power-loss". */
    durability: string;
    read_only: boolean;
  };
  embedder: { id: string; dim: number };
  [more: string]: unknown;
}

export interface OfflineStatus {
  /** Whether the page and Pramana are kept, so that both load without the server. */
  ready: boolean;
  /** Why not; null if they are. */
  reason: string | null;
}
