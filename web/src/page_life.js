/**
 * When a page stops though it is not closed: the browser froze it, or keeps it to show it again on "back".
 */

/**
 * Call `stop` while the page can still act, and `go` when it runs again. In a worker nothing is heard.
 * @param {() => void} stop
 * @param {() => void} go
 * @returns {() => void} ends it
 */
export function listenToPage(stop, go) {
  const { document: page } = /** @type {{document?: EventTarget}} */ (globalThis);
  if (!page) return () => {};
  const ended = new AbortController();
  const { signal } = ended;
  page.addEventListener("freeze", stop, { signal });
  page.addEventListener("resume", go, { signal });
  addEventListener("pagehide", (/** @type {any} */ { persisted }) => persisted && stop(), { signal });
  addEventListener("pageshow", (/** @type {any} */ { persisted }) => persisted && go(), { signal });
  return () => ended.abort();
}
