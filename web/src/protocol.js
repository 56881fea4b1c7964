/**
 * Constants that JavaScript, Python and Rust share.
 * Generated from pylib/pramana/protocol.json by pylib/tools/gen_protocol.py; do not edit.
 */

/** Version of the messages between pages, tabs and workers. */
export const PROTOCOL_VERSION = 1;

/** Version of what is stored. */
export const SCHEMA_VERSION = 1;

/** Version of the kernel ABI: what `abi_version()` returns. */
export const ABI_VERSION = 1;

/** Version of folded segments. */
export const SEGMENT_VERSION = 1;

/** Metric ids. */
export const METRICS = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    cosine: 0,
    ip: 1,
    l2sq: 2,
  }),
);

/** @typedef {keyof typeof METRICS} Metric */

/** Row storage ids. */
export const STORAGES = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    f32: 0,
    i8: 1,
    i8_f32: 2,
  }),
);

/** @typedef {keyof typeof STORAGES} RowStorage */

/** Bits of the edges that a walk may take from a node. */
export const DIRECTIONS = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    out: 1,
    in: 2,
    both: 3,
  }),
);

/** Which triples of a rule base are meant. */
export const FACT_KINDS = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    holding: 0,
    asserted: 1,
    known: 2,
  }),
);

/** Operators in a rule: equal, not equal, less than, at most, greater than, at least. */
export const COMPARISONS = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    eq: 0,
    ne: 1,
    lt: 2,
    le: 3,
    gt: 4,
    ge: 5,
  }),
);

/** Bits of what a kernel's `capabilities()` returns. */
export const KERNEL_CAPABILITIES = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    simd128: 1,
  }),
);

/** What a kernel call returns: `>= 0` success, `< 0` one of these. */
export const STATUS = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    ok: 0,
    bad_handle: -1,
    out_of_memory: -2,
    bad_argument: -3,
    bad_dimension: -4,
    bad_pointer: -5,
    not_finite: -6,
    zero_vector: -7,
    ordinal_taken: -8,
    ordinal_missing: -9,
    bad_format: -10,
    bad_checksum: -11,
    bad_utf8: -12,
    too_many_handles: -13,
    internal: -14,
    over_budget: -15,
  }),
);

/** Limits on what is passed in. */
export const LIMITS = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    max_dim: 65536,
    max_k: 65536,
    max_hnsw_m: 64,
    max_hnsw_ef: 4096,
    max_bm25_parameter: 1000000,
    max_term: 268435455,
    max_rule_variables: 64,
    max_rule_literals: 32,
    max_text_chars: 100000,
    max_task_chars: 10000,
    max_name_chars: 200,
    max_tags: 64,
    max_tag_chars: 100,
    max_metadata_bytes: 65536,
    max_done: 4096,
  }),
);

/** Error codes and what each means. */
export const ERRORS = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    error: "an unclassified failure",
    invalid_input: "a value passed in is not acceptable; details.field names it",
    invalid_rule: "a rule does not parse, is not safe, or cannot be stratified",
    not_understood: "a sentence is outside the controlled English; details.nearest is an accepted form",
    budget_exceeded: "inference or a search reached its budget; everything is as it was",
    invalid_proof: "a proof does not hold; details.step says where",
    dimension_mismatch: "a vector's length is not the index's dimension",
    not_found: "no record, or no database, has that name",
    read_only: "a write was asked of a memory opened read-only",
    closed: "the memory was closed",
    cancelled: "the caller cancelled before the commit started; nothing was written",
    store_failed: "the storage engine reported a failure; nothing was written",
    quota_exceeded: "the disk or the origin's quota is full; nothing of the write was stored",
    storage_unavailable:
      "this page cannot keep data (private mode, sandboxed frame, insecure origin); ':memory:' works",
    head_moved: "another process committed first; the writer catches up and retries",
    epoch_lost: "another tab took over as leader; this writer's commit was refused",
    schema_newer: "the database was written by a newer release",
    upgrade_blocked: "another tab holds an older version open",
    version_changed: "another tab upgraded or deleted the database while it was open here",
    in_use: "the database is open elsewhere",
    corrupt: "stored data fails its checksum or its hash chain",
    kernel_failed: "a kernel returned an error status; details.status names it",
    kernel_hash_mismatch: "a kernel or model file is not the one that was released",
    kernel_unavailable: "no WebAssembly runtime could load the kernel",
    embedder_mismatch: "the database was written with another embedder",
    embedder_failed: "the embedder returned something unusable",
    embedder_auth: "the embedder's server does not accept the key",
    embedder_unreachable: "the embedder's server cannot be reached, or is too busy; nothing was written",
    protocol_mismatch: "another tab runs a different release; reload",
    boot_failed: "a file that Pramana needs could not be loaded",
    offline_unavailable: "offline use could not be set up",
  }),
);

/** @typedef {keyof typeof ERRORS} ErrorCode */

/** Kinds of message between pages, tabs and workers. */
export const MESSAGES = /* @__PURE__ */ Object.freeze(
  /** @type {const} */ ({
    request: "request",
    accepted: "accepted",
    chunk: "chunk",
    cancel: "cancel",
    end: "end",
    fail: "fail",
    hello: "hello",
    leader: "leader",
    notice: "notice",
    progress: "progress",
    embed: "embed",
    embedded: "embedded",
  }),
);

/** @typedef {(typeof MESSAGES)[keyof typeof MESSAGES]} MessageKind */
