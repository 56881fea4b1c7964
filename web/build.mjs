/**
 * Builds what is served and what goes into the wheel from JavaScript.
 *
 *     node build.mjs host    web/src/host.js → pylib/pramana/data/host.js (part of the wheel)
 *     node build.mjs site    everything else → dist/web/, a static site
 *     node build.mjs npm     the library in dist/web/ → dist/npm/pramana-<version>.tgz
 *
 * What a page loads after the first script lies under v/<release>/, where the release is a hash of its contents:
 * it can be cached for ever, and two releases live side by side.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { compileZips, PYODIDE_DIR } from "./compile_pyc.mjs";
import { npmPackage } from "./npm_package.mjs";
import { addPacks } from "./packs.mjs";

const WEB = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(WEB);
const DATA = join(ROOT, "pylib/pramana/data");
const SITE = join(ROOT, "dist/web");
const PYODIDE_FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json"];
/** Stands for the release in the bundles while the release, a hash that covers them, is not known. */
const UNRELEASED = "0".repeat(16);

/** @typedef {Map<string, Uint8Array>} Files by name relative to some directory */

/** @param {string} message */
function step(message) {
  console.log(`web: ${message}`);
}

/** @param {Uint8Array | string} data */
function sha256(data) {
  return createHash("sha256").update(data).digest("hex");
}

async function version() {
  const found = /^version = "([^"]+)"$/m.exec(await readFile(join(ROOT, "pyproject.toml"), "utf8"));
  if (!found?.[1]) throw new Error("pyproject.toml names no version");
  return found[1];
}

/**
 * Bundle one entry point. Names are kept, so that a stack trace from the field can be read.
 * @param {string} entry relative to web/src
 * @param {"esm" | "iife"} format
 * @param {{release: string, version: string}} constants
 * @returns {Promise<Uint8Array>}
 */
async function bundle(entry, format, constants) {
  const result = await build({
    entryPoints: [join(WEB, "src", entry)],
    bundle: true,
    format,
    target: ["chrome115", "firefox115", "safari17"],
    platform: "browser",
    charset: "utf8",
    legalComments: "none",
    minifySyntax: true,
    minifyWhitespace: true,
    // Pyodide is loaded from beside the worker as it is.
    external: ["*/pyodide.mjs"],
    define: {
      __RELEASE__: JSON.stringify(constants.release),
      __ASSETS__: JSON.stringify(`v/${constants.release}/`),
      __VERSION__: JSON.stringify(constants.version),
    },
    logLevel: "warning",
    write: false,
  });
  const [output] = result.outputFiles;
  if (!output) throw new Error(`esbuild wrote nothing for ${entry}`);
  return output.contents;
}

/**
 * @param {string} dir
 * @param {(name: string) => boolean} [wanted]
 * @returns {Promise<Files>}
 */
async function read(dir, wanted = () => true) {
  /** @type {Files} */
  const files = new Map();
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(dir, path).split(sep).join("/");
    if (entry.isFile() && wanted(name)) files.set(name, await readFile(path));
  }
  return files;
}

/** @param {Files} files @param {string} dir */
async function write(files, dir) {
  for (const [name, data] of files) {
    const path = join(dir, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data);
  }
}

/** @param {Files} files @returns {Files} */
function sorted(files) {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The bundles, by their place in the site; those under v/ without that prefix.
 * @param {{release: string, version: string}} constants
 */
async function bundles(constants) {
  return {
    root: new Map([
      ["pramana.js", await bundle("pramana.js", "esm", constants)],
      ["pramana.global.js", await bundle("global.js", "iife", constants)],
      ["pramana-sw.js", await bundle("sw.js", "iife", constants)],
    ]),
    versioned: new Map([["worker.js", await bundle("worker.js", "esm", constants)]]),
  };
}

/** What lies under v/<release>/ beside the worker: Python, the package, kernels, embedder. */
async function engine() {
  const kernels = await read(join(DATA, "kernels"));
  if (!kernels.has("manifest.json")) throw new Error("no kernels: run ./build.sh kernels");
  const zips = await compileZips({
    packageDir: join(ROOT, "pylib/pramana"),
    cacheDir: join(ROOT, "out/cache/pyc"),
    onStep: step,
  });
  /** @type {Files} */
  const files = new Map([
    ["python_stdlib.zip", zips.stdlib],
    ["pramana.zip", zips.package],
  ]);
  for (const name of PYODIDE_FILES) files.set(name, await readFile(join(PYODIDE_DIR, name)));
  for (const [name, data] of kernels) files.set(`kernels/${name}`, data);
  const model = await read(DATA, (name) => name === "embedder.json" || name.endsWith(".sve"));
  for (const [name, data] of model) files.set(name, data);
  return files;
}

/** @param {Files} files @returns {Uint8Array} */
function assets(files) {
  const entries = [...sorted(files)].map(([name, data]) => [
    name,
    { sha256: sha256(data), size_bytes: data.length },
  ]);
  return Buffer.from(`${JSON.stringify({ files: Object.fromEntries(entries) }, null, 1)}\n`);
}

async function site() {
  const number = await version();
  const inside = await engine();
  const files = await read(join(WEB, "explorer"), (name) => !name.startsWith("README"));
  files.set("pramana.d.ts", await readFile(join(WEB, "types/pramana.d.ts")));
  files.set("NOTICE.txt", await readFile(join(ROOT, "NOTICE")));
  const onRequest = await addPacks(files, join(ROOT, "out/packs"));

  // The release covers all that is served, so a change of the explorer alone reaches those who have it offline.
  const draft = await bundles({ release: UNRELEASED, version: number });
  const covered = [inside, files, draft.root, draft.versioned].flatMap((some) =>
    [...sorted(some)].map(([name, data]) => [name, sha256(data)]),
  );
  const release = sha256(JSON.stringify(covered)).slice(0, 16);
  const made = await bundles({ release, version: number });

  for (const [name, data] of made.versioned) inside.set(name, data);
  inside.set("assets.json", assets(inside));
  for (const [name, data] of made.root) files.set(name, data);
  for (const [name, data] of inside) files.set(`v/${release}/${name}`, data);

  // A page offline needs all of it but these; the service worker itself is kept by the browser.
  const unneeded = new Set(["NOTICE.txt", "pramana.d.ts", "pramana-sw.js", ...onRequest]);
  const needed = [...files.keys()].filter((name) => !unneeded.has(name));
  const { protocol_version: protocol } = JSON.parse(
    await readFile(join(ROOT, "pylib/pramana/protocol.json"), "utf8"),
  );
  const precache = { release, version: number, protocol, files: needed.sort() };
  files.set("pramana-precache.json", Buffer.from(`${JSON.stringify(precache, null, 1)}\n`));

  // Built aside and moved in at the end: a failed build leaves the site that was there.
  const aside = `${SITE}.part`;
  await rm(aside, { recursive: true, force: true });
  await write(files, aside);
  await rm(SITE, { recursive: true, force: true });
  await rename(aside, SITE);
  const size = [...files.values()].reduce((sum, data) => sum + data.length, 0);
  step(`dist/web holds release ${release}: ${files.size} files, ${(size / 1e6).toFixed(1)} MB`);
}

/** The shim runs from inside the wheel, which has no v/ directory: its release is the version. */
async function host() {
  const number = await version();
  const code = await bundle("host.js", "esm", { release: `wheel-${number}`, version: number });
  await mkdir(DATA, { recursive: true });
  await writeFile(join(DATA, "host.js"), code);
  step(`pylib/pramana/data/host.js: ${code.length.toLocaleString("en")} bytes`);
}

async function npm() {
  const packed = await npmPackage({ root: ROOT, site: SITE, out: join(ROOT, "dist/npm") });
  step(`${relative(ROOT, packed)}: ${((await stat(packed)).size / 1e6).toFixed(1)} MB`);
}

/** @type {Record<string, () => Promise<void>>} */
const commands = { host, npm, site };
try {
  for (const name of process.argv.slice(2)) {
    const command = commands[name];
    if (!command) throw new Error(`build.mjs knows ${Object.keys(commands).join(", ")}, not ${name}`);
    await command();
  }
} catch (error) {
  // Cut, since the stack of an error inside Pyodide quotes a source line of a megabyte.
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(`web: ${text.slice(0, 2000)}`);
  process.exitCode = 1;
}
