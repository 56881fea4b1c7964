/**
 * A name that nobody else has: 128 random bits. (`crypto.randomUUID` exists in secure contexts only, and ":memory:"
 * works everywhere.)
 */
export function uniqueName() {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join("-");
}
