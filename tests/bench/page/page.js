// Runs one request of the bench in a worker and leaves the answer on the window, where the runner reads it.
const worker = new Worker("/bench/worker.js", { type: "module" });
/** @type {Map<number, (value: any) => void>} */
const waiting = new Map();
let id = 0;
worker.onmessage = ({ data }) => {
  waiting.get(data.id)?.(data);
  waiting.delete(data.id);
};
/** @param {string} kind @param {any} params */
window.bench = async (kind, params) => {
  const reply = await new Promise((resolve) => {
    waiting.set(++id, resolve);
    worker.postMessage({ id, kind, params });
  });
  if (reply.error) throw new Error(reply.error);
  return reply.result;
};
window.benchReady = true;
