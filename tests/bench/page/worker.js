// The bench inside the page: Pyodide with the same package and kernels as the release, and the JavaScript peers.
import { closure, digest } from "./closure.js";
import { Csr } from "./csr.js";
import { ask } from "./graph.js";
import { measure, summary } from "./timing.js";

async function bytesOf(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Plain JavaScript as one writes it with care: one Float32Array, four sums, a small insertion-sorted top-k. */
function plainSearch(rows, dim, query, k) {
  const n = rows.length / dim;
  const bestScores = new Float64Array(k).fill(-Infinity);
  const best = new Int32Array(k).fill(-1);
  for (let r = 0, at = 0; r < n; r++) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    const end = at + dim;
    let q = 0;
    for (; at + 3 < end; at += 4, q += 4) {
      a += rows[at] * query[q];
      b += rows[at + 1] * query[q + 1];
      c += rows[at + 2] * query[q + 2];
      d += rows[at + 3] * query[q + 3];
    }
    for (; at < end; at++, q++) a += rows[at] * query[q];
    const score = a + b + c + d;
    if (score <= bestScores[k - 1]) continue;
    let slot = k - 1;
    while (slot > 0 && bestScores[slot - 1] < score) {
      bestScores[slot] = bestScores[slot - 1];
      best[slot] = best[slot - 1];
      slot--;
    }
    bestScores[slot] = score;
    best[slot] = r;
  }
  return best;
}

let python;
async function boot(base) {
  if (python) return python;
  const { loadPyodide } = await import(`${base}pyodide.mjs`);
  const pyodide = await loadPyodide({ indexURL: base, stdLibURL: `${base}python_stdlib.zip` });
  const assets = new Map();
  const manifest = JSON.parse(new TextDecoder().decode(await bytesOf(`${base}kernels/manifest.json`)));
  const modules = Object.keys(manifest.kernels).map((name) => `kernels/${name}`);
  for (const name of ["kernels/manifest.json", ...modules, "embedder.json", "minilm-static-256-i4.sve"])
    assets.set(name, (await bytesOf(base + name)).buffer);
  pyodide.registerJsModule("pramana_host_assets", { get: (name) => assets.get(name), has: (name) => assets.has(name) });
  pyodide.unpackArchive(await bytesOf(`${base}pramana.zip`), "zip", { extractDir: "/home/pyodide" });
  pyodide.FS.mkdir("/home/pyodide/bench");
  for (const name of ["timing", "kernel_graph", "closures", "kernel_rules"])
    pyodide.FS.writeFile(`/home/pyodide/bench/${name}.py`, await bytesOf(`/bench-python/${name}.py`));
  pyodide.FS.writeFile("/home/pyodide/in_page.py", await bytesOf("/bench/in_page.py"));
  await pyodide.runPythonAsync("import in_page");
  python = pyodide;
  return python;
}

const kinds = {
  /** The plain-JavaScript scan, and the read bound by SIMD loads over as many bytes. */
  async peers({ rows, queries, dim, k, runs }) {
    const data = new Float32Array((await bytesOf(rows)).buffer);
    const asked = new Float32Array((await bytesOf(queries)).buffer);
    const found = [];
    for (let i = 0; i < runs; i++)
      found.push([...plainSearch(data, dim, asked.subarray(i * dim, (i + 1) * dim), k)]);
    const plain = measure((i) => plainSearch(data, dim, asked.subarray(i * dim, (i + 1) * dim), k), runs);
    const { instance } = await WebAssembly.instantiate(await bytesOf("/data/read_bound.wasm"));
    const { memory, read } = instance.exports;
    const size = Math.floor(Math.min(data.byteLength, 120 * 2 ** 20) / 64) * 64;
    new Uint8Array(memory.buffer).set(new Uint8Array(data.buffer, 0, size));
    const bound = measure(() => read(0, size), 15);
    bound.p50_ms *= data.byteLength / size;
    bound.p95_ms *= data.byteLength / size;
    return { plain, found, bound };
  },

  /** The questions to one graph: by plain JavaScript, or by the library that the bundle exports under that name. */
  async graph({ library, nodes, files, asked }) {
    const sample = {
      nodes,
      sources: new Uint32Array((await bytesOf(files.sources)).buffer),
      targets: new Uint32Array((await bytesOf(files.targets)).buffer),
      weights: new Float32Array((await bytesOf(files.weights)).buffer),
    };
    const kind = library ? (await import("/bench-peers/peers.js"))[library] : Csr;
    return ask(kind, sample, asked);
  },

  /** The closure of some edges by a semi-naive loop. */
  async closure({ edges, linear, runs }) {
    const answer = digest(closure(edges, linear));
    return { ...measure(() => closure(edges, linear), runs, 0), digest: answer };
  },

  async python({ base, call, params }) {
    const pyodide = await boot(base);
    const run = pyodide.globals.get("in_page").run;
    const files = {};
    for (const [name, url] of Object.entries(params.files ?? {})) files[name] = await bytesOf(url);
    return JSON.parse(await run(call, JSON.stringify(params), files));
  },
};

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ id: data.id, result: await kinds[data.kind](data.params) });
  } catch (error) {
    self.postMessage({ id: data.id, error: String(error?.message ?? error).slice(-2000) });
  }
};
