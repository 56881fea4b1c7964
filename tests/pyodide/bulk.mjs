// Runs pytest itself inside Pyodide on Node: node bulk.mjs ROOT WHEELS '["tests/unit", …]'. The last line printed is JSON:
// {"passed": n, "failed": n, "skipped": n, "failures": [[test, text], …]}.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [root, wheels, paths] = process.argv.slice(2);
const home = join(root, "web", "node_modules", "pyodide");
const { loadPyodide } = await import(pathToFileURL(join(home, "pyodide.mjs")).href);

try {
  // the repository is mounted read-write by Node, so nothing there may be written: no .pyc, no pytest cache
  const pyodide = await loadPyodide({
    indexURL: home,
    env: { PYTHONDONTWRITEBYTECODE: "1", HOME: "/home/pyodide", HYPOTHESIS_STORAGE_DIRECTORY: "/tmp/hypothesis" },
  });
  const local = readdirSync(wheels).filter((name) => name.endsWith(".whl"));
  await pyodide.loadPackage(
    local.map((name) => join(wheels, name)),
    { checkIntegrity: false, messageCallback: () => {} },
  );
  pyodide.FS.mkdirTree("/repo");
  pyodide.mountNodeFS("/repo", root);
  pyodide.globals.set("arguments", pyodide.toPy(JSON.parse(paths)));
  const answer = await pyodide.runPythonAsync(`
import sys
sys.path[:0] = ["/repo/pylib", "/repo/tests/pyodide"]
import bulk
await bulk.run(list(arguments))
`);
  console.log(answer);
} catch (error) {
  // an uncaught Pyodide error prints its whole source: keep the end, where the message is
  console.error(String(error?.message ?? error).slice(-4000));
  process.exit(1);
}
