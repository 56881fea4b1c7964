/** Pramana as an ES module. */

import { createApi } from "./api.js";

export { PramanaError } from "./errors.js";

export const version = __VERSION__;
export const { open, destroy } = createApi(new URL("./", import.meta.url).href);
