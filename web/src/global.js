/** Pramana as a classic script: `window.Pramana`. */

import { createApi } from "./api.js";
import { PramanaError } from "./errors.js";

const script = document.currentScript;
const home = new URL("./", script instanceof HTMLScriptElement ? script.src : location.href).href;

Object.assign(window, { Pramana: { ...createApi(home), PramanaError, version: __VERSION__ } });
