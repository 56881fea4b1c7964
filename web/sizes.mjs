/**
 * Prints the size of what is shipped, as is and compressed, and fails where a budget of size-budgets.json is exceeded.
 *
 *     node sizes.mjs [--root DIR] [--budgets FILE]
 *
 * A file over 1 MiB is measured at brotli 9, as compressed while serving; the others at 11, as compressed ahead.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** @typedef {{bytes: number, gzip_bytes: number, brotli_bytes: number}} Sizes */
/** @typedef {{name: string, files: string[], except?: string[]} & Partial<Sizes>} Budget a limit per kind of size */

const WEB = dirname(fileURLToPath(import.meta.url));
/** @type {(keyof Sizes)[]} */
const KINDS = ["bytes", "gzip_bytes", "brotli_bytes"];

const { values: options } = parseArgs({
  options: {
    root: { type: "string", default: dirname(WEB) },
    budgets: { type: "string", default: join(WEB, "size-budgets.json") },
  },
});

/** Whether `name` matches one of the patterns, in which `*` stands for anything but a slash. */
const matches = (/** @type {string} */ name, /** @type {string[]} */ patterns) =>
  patterns.some((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${parts.join("[^/]*")}$`).test(name);
  });

async function shipped() {
  /** @type {string[]} */
  const names = [];
  for (const dir of ["dist", "pylib/pramana/data"]) {
    const entries = await readdir(join(options.root, dir), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter((one) => one.isFile())) {
      names.push(relative(options.root, join(entry.parentPath, entry.name)).split(sep).join("/"));
    }
  }
  return names;
}

/** @param {Uint8Array} data @returns {Sizes} */
function measure(data) {
  const quality = data.length > 1 << 20 ? 9 : constants.BROTLI_MAX_QUALITY;
  const brotli = brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } });
  return { bytes: data.length, gzip_bytes: gzipSync(data, { level: 9 }).length, brotli_bytes: brotli.length };
}

/** Compressing Pyodide takes seconds, so sizes are kept by content. */
async function measurer() {
  const path = join(options.root, "out/cache/sizes.json");
  /** @type {Record<string, Sizes>} */
  const known = JSON.parse(
    await readFile(path, "utf8").catch((error) => {
      if (error.code !== "ENOENT") throw error;
      return "{}";
    }),
  );
  /** @type {Record<string, Sizes>} */
  const kept = {};
  return {
    /** @param {string} name */
    async of(name) {
      const data = await readFile(join(options.root, name));
      const key = createHash("sha256").update(data).digest("hex");
      kept[key] ??= known[key] ?? measure(data);
      return kept[key];
    },
    async save() {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, JSON.stringify(kept));
    },
  };
}

/** @type {Budget[]} */
const budgets = JSON.parse(await readFile(options.budgets, "utf8"));
const names = await shipped();
const sizes = await measurer();
const report = [];
for (const budget of budgets) {
  const files = names.filter((name) => matches(name, budget.files) && !matches(name, budget.except ?? []));
  const total = { bytes: 0, gzip_bytes: 0, brotli_bytes: 0 };
  for (const file of files) {
    const size = await sizes.of(file);
    for (const kind of KINDS) total[kind] += size[kind];
  }
  const over = KINDS.filter((kind) => total[kind] > (budget[kind] ?? Number.POSITIVE_INFINITY));
  report.push({ budget, total, over, missing: files.length === 0 });
}
await sizes.save();
await writeFile(
  join(options.root, "out/sizes.json"),
  JSON.stringify(Object.fromEntries(report.map(({ budget, total }) => [budget.name, total])), null, 1),
);

const number = (/** @type {number} */ bytes) => bytes.toLocaleString("en").padStart(12);
console.log(`${"".padEnd(22)}${"bytes".padStart(12)}${"gzip".padStart(12)}${"brotli".padStart(12)}  budget`);
for (const { budget, total, over, missing } of report) {
  const limits = KINDS.filter((kind) => budget[kind] !== undefined).map(
    (kind) => `${(budget[kind] ?? 0).toLocaleString("en")} ${kind.replace("_bytes", "")}`,
  );
  const verdict = missing ? "  MISSING" : over.length > 0 ? "  OVER" : "";
  const figures = KINDS.map((kind) => number(total[kind])).join("");
  console.log(`${budget.name.padEnd(22)}${figures}  ${limits.join(", ")}${verdict}`);
}
const failures = report.filter(({ over, missing }) => missing || over.length > 0);
if (failures.length > 0) {
  console.error(`over budget or missing: ${failures.map(({ budget }) => budget.name).join(", ")}`);
  process.exitCode = 1;
}
