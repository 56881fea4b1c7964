/**
 * Python sources to `.pyc`-only zips, compiled by the Python that will run them: Pyodide, in Node.
 *
 * Half of Pyodide's stock start-up is compiling its standard library, so what we serve is compiled already.
 * The `.pyc` files are hash-based and unchecked (PEP 552): there is no source beside them to compare with.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);

/** Where npm put Pyodide's files. */
export const PYODIDE_DIR = dirname(require.resolve("pyodide/package.json"));

/**
 * What a page can not use or nothing in it reaches: terminals, processes, mail and file transfer protocols,
 * debuggers, profilers, test frameworks. Names are top-level entries of the standard library.
 */
const LEFT_OUT = `
  _pyrepl bdb cProfile curses doctest ensurepip ftplib idlelib imaplib lib2to3 mailbox modulefinder multiprocessing
  pdb pickletools poplib profile pstats pty pyclbr pydoc pydoc_data smtplib tabnanny test tkinter trace tty turtle
  turtledemo unittest venv webbrowser wsgiref xmlrpc zipapp`
  .trim()
  .split(/\s+/);

/** Compiles `sources` (a dict of zip name to bytes) and returns the bytes of the zip. */
const COMPILER = `
import io, zipfile
from importlib._bootstrap_external import _code_to_hash_pyc
from importlib.util import source_hash

def unzip(data, left_out):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.endswith("/") and name.split("/")[0].removesuffix(".py") not in left_out
        }

def compiled(sources, prefix):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(sources):
            data = sources[name]
            if name.endswith(".py"):
                # As with -OO: docstrings are a third of the package, and nobody reads them in a page.
                code = compile(data, prefix + name, "exec", dont_inherit=True, optimize=2)
                name, data = name + "c", bytes(_code_to_hash_pyc(code, source_hash(data), False))
            # A fixed date: the same sources give the same bytes, and so the same release.
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(info, data)
    return written.getvalue()
`;

/**
 * The package's files as they go into the zip: sources and protocol.json, without data/ (served beside it) and the
 * command line.
 * @param {string} root the package's directory
 * @returns {Promise<Map<string, Uint8Array>>}
 */
async function packageFiles(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  /** @type {Map<string, Uint8Array>} */
  const files = new Map();
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const inside = relative(root, path).split(sep).join("/");
    const wanted = entry.isFile() && (inside.endsWith(".py") || inside === "protocol.json");
    if (wanted && !/^(data|cli)\/|^__main__/.test(inside))
      files.set(`pramana/${inside}`, await readFile(path));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** @param {...(string | Uint8Array)} parts */
function digest(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

/**
 * Compile the standard library and the package, or take them from the cache where nothing changed.
 * @param {{packageDir: string, cacheDir: string, onStep?: (step: string) => void}} options
 * @returns {Promise<{stdlib: Uint8Array, package: Uint8Array}>}
 */
export async function compileZips({ packageDir, cacheDir, onStep = () => {} }) {
  const stdlibSource = await readFile(join(PYODIDE_DIR, "python_stdlib.zip"));
  const files = await packageFiles(packageDir);
  // This file decides what is in the zips and how, and the stock library stands for the Python version.
  const recipe = digest(await readFile(fileURLToPath(import.meta.url)), stdlibSource);
  /** @type {Promise<import("pyodide").PyodideInterface> | undefined} */
  let starting;
  const python = async () => {
    if (!starting) {
      onStep("starting Pyodide in Node to compile Python");
      starting = import("pyodide").then(({ loadPyodide }) => loadPyodide());
      (await starting).runPython(COMPILER);
    }
    return starting;
  };

  /**
   * @param {string} name
   * @param {string} key
   * @param {(py: import("pyodide").PyodideInterface) => unknown} sources a Python dict of name to bytes
   * @param {string} prefix where the code says it lies, in tracebacks
   */
  const cached = async (name, key, sources, prefix) => {
    const path = join(cacheDir, `${name}-${key.slice(0, 16)}.zip`);
    const known = await readFile(path).catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (known) return known;
    const py = await python();
    onStep(`compiling ${name}`);
    const compiled = py.globals.get("compiled")(sources(py), prefix);
    const bytes = compiled.toJs();
    compiled.destroy();
    await mkdir(cacheDir, { recursive: true });
    await writeFile(`${path}.part`, bytes);
    await rename(`${path}.part`, path);
    return bytes;
  };

  const stdlib = await cached(
    "python_stdlib",
    recipe,
    (py) => py.globals.get("unzip")(py.toPy(new Uint8Array(stdlibSource)).tobytes(), py.toPy(LEFT_OUT)),
    // Where Pyodide mounts it: tracebacks name the files so.
    "/lib/python314.zip/",
  );
  const key = digest(recipe, ...[...files].flat());
  const ours = await cached(
    "pramana",
    key,
    (py) => {
      const sources = py.runPython("{}");
      for (const [name, data] of files) sources.set(name, py.toPy(new Uint8Array(data)).tobytes());
      return sources;
    },
    "/lib/pramana.zip/",
  );
  return { stdlib, package: ours };
}
