/**
 * The service worker. It holds each release of Pramana in a cache of its own and each page that asks for it in
 * another, and answers from them when the network does not.
 *
 * A site with a service worker of its own imports this file last, after its own listeners; it then keeps Pramana and
 * the site's pages all the same, and leaves the site's ways of updating alone.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

const RELEASES = "pramana:release:";
const PAGES = "pramana:page:";
/** Kept pages beyond this many go, the oldest first. */
const MAX_PAGES = 32;
/** A file of some release, which never changes. */
const VERSIONED = /\/v\/[0-9a-f]{16}\//;
const LIST = "pramana-precache.json";

/** Registered as it is, not imported by a site's worker. */
const OWN = worker.location.pathname.endsWith("/pramana-sw.js");

worker.addEventListener("install", (event) => {
  if (!OWN) return;
  // Taking over at once is safe: releases lie side by side, and open pages go on with the one they loaded.
  event.waitUntil(precache(new URL("./", worker.location.href).href).then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    OWN ? Promise.all([worker.clients.claim(), dropUnused(__RELEASE__)]) : dropUnused(__RELEASE__),
  );
});

worker.addEventListener("message", (event) => {
  if (event.data?.type !== "pramana-keep") return;
  const [port] = event.ports;
  port.postMessage({ type: "pramana-keeping" });
  const answer = keep(event.data).then(
    () => null,
    (error) => (error instanceof Error ? error.message : String(error)),
  );
  event.waitUntil(answer.then((reason) => port.postMessage({ type: "pramana-offline-ready", reason })));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin || request.headers.has("range"))
    return;
  event.respondWith(VERSIONED.test(url.pathname) ? fromCacheFirst(request) : fromNetworkFirst(request));
});

/** @param {Request} request */
async function fromCacheFirst(request) {
  // "reload" is how the page says that what it got was damaged.
  const found = request.cache === "reload" ? undefined : await kept(request);
  return found ?? fetch(request);
}

/** @param {Request} request */
async function fromNetworkFirst(request) {
  try {
    const response = await fetch(request);
    // What a gateway says in the place of a server that is down.
    if (response.status < 502 || response.status > 504) return response;
    return (await kept(request)) ?? response;
  } catch (error) {
    const found = await kept(request);
    if (found) return found;
    throw error;
  }
}

/**
 * @param {Request} request
 * @returns {Promise<Response | undefined>}
 */
async function kept(request) {
  const names = (await caches.keys()).filter((name) => name.startsWith(RELEASES) || name.startsWith(PAGES));
  // The release of this worker first, then pages, then older releases for the tabs that still run them.
  /** @param {string} name */
  const rank = (name) => (name === RELEASES + __RELEASE__ ? 2 : name.startsWith(PAGES) ? 1 : 0);
  names.sort((a, b) => rank(b) - rank(a));
  const urls = [request.url];
  if (request.mode === "navigate" && new URL(request.url).pathname.endsWith("/"))
    urls.push(new URL("index.html", request.url).href);
  for (const ignoreSearch of request.mode === "navigate" ? [false, true] : [false]) {
    for (const url of urls) {
      for (const name of names) {
        const found = await (await caches.open(name)).match(url, { ignoreVary: true, ignoreSearch });
        if (found) return found;
      }
    }
  }
  return undefined;
}

/**
 * Hold the release that lies at `base`.
 * @param {string} base
 */
async function precache(base) {
  const list = await (await download(new URL(LIST, base).href, "no-cache")).json();
  const cache = await caches.open(RELEASES + list.release);
  /** @param {string} name */
  const add = async (name) => {
    const url = new URL(name, base).href;
    const versioned = name.startsWith("v/");
    if (versioned && (await cache.match(url, { ignoreVary: true }))) return;
    await cache.put(url, await download(url, versioned ? "default" : "no-cache"));
  };
  await Promise.all(list.files.map(add));
  return list.release;
}

/**
 * Hold a page with its parts, and Pramana with it.
 * @param {{base: string, document: string, parts: string[]}} page
 */
async function keep({ base, document, parts }) {
  const release = await precache(base);
  const cache = await caches.open(PAGES + document);
  // A part that cannot be had is not needed to show the page; the document is.
  const wanted = parts.filter((url) => !VERSIONED.test(new URL(url).pathname));
  await Promise.all([
    hold(cache, document),
    ...wanted.map((url) =>
      hold(cache, url).catch((error) => console.warn(`Pramana could not keep ${url}: ${error}`)),
    ),
  ]);
  const current = new Set([document, ...wanted]);
  for (const request of await cache.keys()) if (!current.has(request.url)) await cache.delete(request);
  await dropUnused(release);
  const pages = (await caches.keys()).filter((name) => name.startsWith(PAGES) && name !== PAGES + document);
  for (const name of pages.slice(0, Math.max(0, pages.length + 1 - MAX_PAGES))) await caches.delete(name);
}

/**
 * @param {Cache} cache
 * @param {string} url
 */
async function hold(cache, url) {
  const response = await download(url, "no-cache");
  // A response that was redirected may not answer a navigation.
  const { headers, status, statusText } = response;
  await cache.put(
    url,
    response.redirected ? new Response(response.body, { headers, status, statusText }) : response,
  );
}

/**
 * @param {string} url
 * @param {RequestCache} mode
 */
async function download(url, mode) {
  const response = await fetch(url, { cache: mode, credentials: "same-origin" });
  if (!response.ok) throw new Error(`${url} could not be loaded (HTTP ${response.status})`);
  return response;
}

/**
 * Delete the caches of releases that no page uses: every page holds a shared lock on its own.
 * @param {string} current
 */
async function dropUnused(current) {
  for (const name of await caches.keys()) {
    if (!name.startsWith(RELEASES) || name === RELEASES + current) continue;
    await worker.navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && caches.delete(name));
  }
}
