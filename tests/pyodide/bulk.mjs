// Runs pytest itself inside Pyodide on Node:
//     node bulk.mjs ROOT '{"wheels": [FILE, …], "arguments": ["tests/unit", …]}'
// The last line printed is what bulk.run returned, as JSON.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [root, request] = process.argv.slice(2);
const { wheels, arguments: pytestArguments } = JSON.parse(request);
const home = join(root, "web", "node_modules", "pyodide");
const { loadPyodide } = await import(pathToFileURL(join(home, "pyodide.mjs")).href);

try {
  const pyodide = await loadPyodide({
    indexURL: home,
    // the checkout is mounted with all rights, so Python must not leave its bytecode there
    env: { PYTHONDONTWRITEBYTECODE: "1", HOME: "/home/pyodide", HYPOTHESIS_STORAGE_DIRECTORY: "/tmp/hypothesis" },
  });
  await pyodide.loadPackage(wheels, { checkIntegrity: false, messageCallback: () => {} });
  pyodide.FS.mkdirTree("/repo");
  pyodide.mountNodeFS("/repo", root);
  pyodide.globals.set("pytest_arguments", pyodide.toPy(pytestArguments));
  await pyodide.runPythonAsync(`
import sys
sys.path[:0] = ["/repo/pylib", "/repo"]
from tests.pyodide import bulk
await bulk.prepare()
`);
  // not runPythonAsync: coroutine tests run on a loop of their own, which they may not start from a task of the page's
  console.log(pyodide.runPython("bulk.run(pytest_arguments)"));
} catch (error) {
  // an uncaught Pyodide error prints its whole source: keep the end, where the message is
  console.error(String(error?.message ?? error).slice(-4000));
  process.exit(1);
}
