/**
 * Keeping the page that calls `open()` for the time without a server: registers the service worker where it may, and
 * asks whichever service worker serves the page to keep it.
 */

/** @typedef {import("../types/pramana.d.ts").OfflineStatus} OfflineStatus */

/** What another site's service worker has to answer in, if it knows Pramana at all. */
const FOREIGN_ANSWER_MS = 10_000;

/** How a page starts a resource that is part of it, as opposed to data that it asks for. */
const PARTS = ["script", "link", "css", "img", "other"];
const PART_ELEMENTS =
  "script[src], img[src], link[rel~=stylesheet], link[rel~=icon], link[rel=manifest], link[rel=modulepreload]";

/** Held while a page uses a release, so that its cache stays. */
let held = "";

/** What was asked for already: one page is kept once. @type {Map<string, Promise<OfflineStatus>>} */
const asked = new Map();

/**
 * @param {string} base URL of the directory that holds pramana-sw.js
 * @returns {Promise<OfflineStatus>} once it is so, or known not to become so
 */
export function survive(base) {
  const status = asked.get(base) ?? arrange(base);
  asked.set(base, status);
  return status;
}

/**
 * @param {string} base
 * @returns {Promise<OfflineStatus>}
 */
async function arrange(base) {
  const obstacle = hindered(base);
  if (obstacle) return without(obstacle);
  holdRelease();
  try {
    const registration = await registered(base);
    if (!registration) {
      return without(
        "no service worker covers this page: serve Pramana's files from the page's own directory or one above it, or " +
          `register a service worker at the site's root that says importScripts("${new URL("pramana-sw.js", base).pathname}")`,
      );
    }
    await loaded();
    return await ask(registration, base);
  } catch (error) {
    return without(error instanceof Error ? error.message : String(error));
  }
}

/** @param {string} base */
function hindered(base) {
  if (new URL(base).origin !== location.origin) {
    console.info("Pramana was loaded from another origin, so this page is not kept for offline use.");
    return "Pramana was loaded from another origin; serve its files from the page's own to have it offline";
  }
  if (!navigator.serviceWorker)
    return "there are no service workers here (an insecure origin, or private mode)";
  return "";
}

/** @param {string} reason @returns {OfflineStatus} */
function without(reason) {
  return { ready: false, reason };
}

function holdRelease() {
  if (held || !navigator.locks) return;
  held = `pramana:release:${__RELEASE__}`;
  void navigator.locks.request(held, { mode: "shared" }, () => new Promise(() => undefined));
}

/**
 * The registration that serves this page: the site's own if it has one, else ours if its scope can cover the page.
 * @param {string} base
 */
async function registered(base) {
  const script = new URL("pramana-sw.js", base).href;
  const existing = await navigator.serviceWorker.getRegistration(location.href);
  const worker = existing && (existing.active ?? existing.waiting ?? existing.installing);
  if (worker && worker.scriptURL !== script) return existing;
  if (!location.href.startsWith(base)) return undefined;
  return navigator.serviceWorker.register(script, { scope: base });
}

function loaded() {
  if (document.readyState === "complete") return undefined;
  return new Promise((resolve) => addEventListener("load", resolve, { once: true }));
}

/**
 * @param {ServiceWorkerRegistration} registration
 * @param {string} base
 * @returns {Promise<OfflineStatus>}
 */
async function ask(registration, base) {
  const request = { type: "pramana-keep", base, document: location.href.split("#")[0], parts: parts() };
  for (;;) {
    const worker = registration.active ?? (await navigator.serviceWorker.ready).active;
    const status = worker && (await answered(worker, request));
    // A worker that another release's takes the place of may end without an answer: its successor is asked again.
    if (status) return status;
  }
}

/**
 * @param {ServiceWorker} worker
 * @param {object} request
 * @returns {Promise<OfflineStatus | null>} null if the worker was replaced
 */
function answered(worker, request) {
  const { port1, port2 } = new MessageChannel();
  const settled = new AbortController();
  return new Promise((resolve) => {
    /** @param {OfflineStatus | null} status */
    const settle = (status) => {
      settled.abort();
      port1.close();
      resolve(status);
    };
    const foreign = setTimeout(
      () => settle(without("the site's service worker does not import pramana-sw.js")),
      FOREIGN_ANSWER_MS,
    );
    const replaced = () => {
      if (worker.state === "redundant") settle(null);
    };
    settled.signal.addEventListener("abort", () => clearTimeout(foreign));
    worker.addEventListener("statechange", replaced, { signal: settled.signal });
    port1.onmessage = ({ data }) => {
      clearTimeout(foreign);
      if (data.type === "pramana-offline-ready") settle({ ready: data.reason === null, reason: data.reason });
    };
    replaced();
    worker.postMessage(request, [port2]);
  });
}

/** Same-origin resources that the page was made of. */
function parts() {
  const urls = new Set();
  for (const entry of performance.getEntriesByType("resource"))
    if (PARTS.includes(/** @type {PerformanceResourceTiming} */ (entry).initiatorType)) urls.add(entry.name);
  for (const element of document.querySelectorAll(PART_ELEMENTS))
    urls.add("href" in element ? element.href : /** @type {HTMLScriptElement} */ (element).src);
  const here = location.href.split("#")[0];
  return [...urls]
    .map((url) => String(url).split("#")[0])
    .filter((url) => url.startsWith(`${location.origin}/`) && url !== here);
}
