/**
 * Runs pytest inside Pyodide on Node, over tests of the repository and the built wheel.
 *
 *     node node_runner.mjs PYODIDE_DIR REPOSITORY WHEEL[,WHEEL…] PYTEST_ARGUMENT…
 *
 * The last line on stdout is JSON: {exit, passed, skipped, failed: {id: text}}.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideDir, repository, wheels, ...args] = process.argv.slice(2);

const LOAD = `
import importlib
importlib.invalidate_caches()  # the wheels came after the path was first looked at
import inside
await inside.load()
`;

async function main() {
  const { loadPyodide } = await import(pathToFileURL(join(pyodideDir, "pyodide.mjs")).href);
  const pyodide = await loadPyodide();
  const extractDir = pyodide.runPython("import sysconfig; sysconfig.get_path('purelib')");
  for (const wheel of wheels.split(",")) {
    pyodide.unpackArchive(new Uint8Array(await readFile(wheel)), "wheel", { extractDir });
  }
  pyodide.mountNodeFS("/repo", repository);
  const start = await readFile(join(repository, "tests/pyodide/inside.py"), "utf8");
  pyodide.FS.writeFile("/home/pyodide/inside.py", start);
  pyodide.globals.set("arguments", pyodide.toPy(args));
  await pyodide.runPythonAsync(LOAD);
  // Not from a coroutine: a task cannot run while another one does.
  console.log(pyodide.runPython("inside.run(arguments)"));
}

try {
  await main();
} catch (error) {
  // In full it would show Pyodide's own source, a megabyte in one line.
  console.error(String(error?.message ?? error).slice(-4000));
  process.exitCode = 1;
}
