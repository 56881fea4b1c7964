/** What somebody's own page does with Pramana: open, look, show. `?db=` names the memory. */
import { list } from "./own_list.js";

const { open } = await import(new URLSearchParams(location.search).get("from") ?? "/pramana.js");

try {
  window.memory = await open(new URLSearchParams(location.search).get("db") ?? "own");
} catch (error) {
  window.failed = error.toJSON();
  throw error;
}
list(await memory.findSimilar("how to keep notes", { k: 5 }));
document.documentElement.dataset.state = "ready";
