/**
 * JSON lines in pieces of whole lines, so that neither an import nor an export has to fit into one message.
 */

import { PramanaError } from "./errors.js";

/** How many characters a piece has at least, the last one excepted. */
const PIECE_CHARS = 256 * 1024;

/** @typedef {{text: string, firstLine: number}} Piece */

/**
 * Even an empty file is one piece, so that whoever imports it still learns of wrong options.
 * @param {Blob} blob
 * @returns {AsyncGenerator<Piece>}
 * @throws {PramanaError} invalid_input if it is not UTF-8
 */
export async function* wholeLines(blob) {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const reader = blob.stream().getReader();
  let rest = "";
  let firstLine = 1;
  for (let ended = false; !ended; ) {
    const { done, value } = await reader.read();
    ended = done;
    rest += decode(decoder, value);
    const end = ended ? rest.length : rest.lastIndexOf("\n") + 1;
    if (ended ? end === 0 && firstLine > 1 : end < PIECE_CHARS) continue;
    const text = rest.slice(0, end);
    rest = rest.slice(end);
    yield { text, firstLine };
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) firstLine++;
  }
}

/**
 * @param {TextDecoder} decoder
 * @param {Uint8Array<ArrayBuffer> | undefined} bytes undefined at the end
 */
function decode(decoder, bytes) {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch (cause) {
    throw new PramanaError("invalid_input", "the file is not UTF-8 text", { field: "source" }, { cause });
  }
}
