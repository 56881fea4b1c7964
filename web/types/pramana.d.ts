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
  /** What is known about it: `field` and `index` of invalid input, `not_written` of a full disk … */
  readonly details: Record<string, unknown>;
  toJSON(): { code: string; message: string; details: Record<string, unknown> };
}

export type ErrorCode =
  | "error"
  | "invalid_input"
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
}

export interface Progress {
  phase: "download" | "python" | "kernels" | "data";
  /** Bytes for "download", records for "data", steps otherwise. */
  loaded: number;
  /** 0 while it is not known. */
  total: number;
}

export type Role = "leader" | "follower";

export interface MemoryEventMap {
  /** This tab took over: `detail` is the role. */
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
  /** All memories as JSON lines. */
  exportJsonl(options?: CallOptions): Promise<Blob>;
  /** Import JSON lines; all of them are checked before any is written. */
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
