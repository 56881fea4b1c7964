/** Pramana as an ES module. */

import { createApi } from "./api.js";

export { PramanaError } from "./errors.js";

export const version = __VERSION__;
// Not `new URL("./", import.meta.url)`, which bundlers take for the name of a file.
export const { open, destroy } = createApi(import.meta.url.replace(/[^/]*([?#].*)?$/, ""));
