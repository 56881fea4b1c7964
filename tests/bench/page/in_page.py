"""The bench's Python half inside Pyodide: the public wrapper and the public API, timed as a user calls them."""

import json
import time
from array import array

import pramana
from bench import kernel_graph, kernel_rules
from bench.closures import Case
from bench.timing import measure, summary
from pramana.kernels.load import load_kernels
from pramana.platform import current


async def vectors(params, files):
    """One storage and build over the given rows: build, search, save, load."""
    platform = current()
    kernels = await load_kernels(platform, platform, params["build"])
    dim, k, runs = params["dim"], params["k"], params["runs"]
    rows = array("f", files["rows"].to_bytes())
    asked = array("f", files["queries"].to_bytes())
    queries = [asked[i * dim : (i + 1) * dim] for i in range(runs)]
    index = kernels.vector_index(dim=dim, storage=params["storage"])
    start = time.perf_counter()
    index.add(array("I", range(len(rows) // dim)), rows)
    build_ms = (time.perf_counter() - start) * 1e3
    found = [list(index.search(query, k).ordinals) for query in queries]
    figure = measure(lambda i: index.search(queries[i], k), runs)
    start = time.perf_counter()
    saved = index.save()
    save_ms = (time.perf_counter() - start) * 1e3
    index.close()
    start = time.perf_counter()
    kernels.load_vector_index(saved).close()
    load_ms = (time.perf_counter() - start) * 1e3
    return {
        **figure,
        "found": found,
        "build_ms": build_ms,
        "save_ms": save_ms,
        "load_ms": load_ms,
        "saved_bytes": len(saved),
    }


async def embedding(params, files):
    """Microseconds a sentence, one at a time and in a batch of 64."""
    platform = current()
    kernels = await load_kernels(platform, platform, params["build"])
    model = kernels.text_model(await platform.asset("minilm-static-256-i4.sve"))
    sentence = params["sentence"]
    one = measure(lambda _: model.embed([sentence]), params["runs"])
    batch = measure(lambda _: model.embed([sentence] * 64), 20)
    return {
        "tokens": len(model.tokenize(sentence)),
        "one_us": one["p50_ms"] * 1e3,
        "in_batch_us": batch["p50_ms"] * 1e3 / 64,
    }


async def find_similar(params, files):
    """`find_similar` from Python over a bank in memory."""
    bank = await pramana.open(":memory:")
    start = time.perf_counter()
    await bank.store_many(json.loads(files["memories"].to_bytes()))
    store_ms = (time.perf_counter() - start) * 1e3
    asked = params["questions"]
    for question in asked[:5]:
        await bank.find_similar(question, k=5)
    times = []
    for question in asked:
        start = time.perf_counter()
        await bank.find_similar(question, k=5)
        times.append((time.perf_counter() - start) * 1e3)
    await bank.close()
    return {**summary(times), "store_ms": store_ms}


async def graph(params, files):
    """Every question to one graph through the graph kernel's wrapper."""
    platform = current()
    kernels = await load_kernels(platform, platform, params["build"])
    triples, weights = array("I", files["triples"].to_bytes()), array("f", files["weights"].to_bytes())
    return kernel_graph.run(
        kernels, triples, weights, params["seeds"], [tuple(pair) for pair in params["pairs"]], params["runs"]
    )


async def closure(params, files):
    """A transitive closure through the rules kernel's wrapper; with `change` its changes, too."""
    platform = current()
    kernels = await load_kernels(platform, platform, params["build"])
    case = Case(params["name"], [tuple(edge) for edge in params["edges"]], params["linear"])
    figure, answer = kernel_rules.close(kernels, case, params["runs"])
    changes = kernel_rules.changed(kernels, case, params["runs"]) if params["change"] else None
    return {**figure, "digest": answer, "changes": changes}


async def run(call, params, files):
    """Run one of the functions above; parameters and result are JSON, `files` a JS object of Uint8Arrays."""
    files = {name: getattr(files, name) for name in json.loads(params).get("files", {})}
    return json.dumps(await globals()[call](json.loads(params), files))
