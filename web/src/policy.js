/**
 * What a Content-Security-Policy forbade here, in a page or in a worker, so that an error can name the directive.
 */

/** A report may come after the failure that it explains. */
const LATE_MS = 50;

/** The directive that refused, by the URL that it refused. @type {Map<string, string>} */
const refused = new Map();

globalThis.addEventListener("securitypolicyviolation", (event) => {
  const { blockedURI, effectiveDirective } = /** @type {SecurityPolicyViolationEvent} */ (event);
  refused.set(blockedURI, effectiveDirective);
});

/**
 * Why `url` could not be loaded, if a policy is why.
 * @param {string} url
 * @returns {Promise<{hint: string, details: {directive?: string}}>} the hint is to be added to a message
 */
export async function refusal(url) {
  await new Promise((resolve) => setTimeout(resolve, LATE_MS));
  const scheme = url.slice(0, url.indexOf(":"));
  const directive = refused.get(url) ?? refused.get(scheme);
  if (!directive) return { hint: "", details: {} };
  const source = url.startsWith("http") ? sourceOf(url) : `${scheme}:`;
  const hint = `; the Content-Security-Policy forbids it: add ${source} to its ${directive}`;
  return { hint, details: { directive } };
}

/** @param {string} url */
function sourceOf(url) {
  const { origin } = new URL(url);
  return origin === globalThis.location.origin ? "'self'" : origin;
}
