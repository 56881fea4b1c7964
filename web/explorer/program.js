/** A text that holds sentences, rules and facts of the rule language, told apart line by line. */

/**
 * @typedef {object} Fact
 * @property {string} subject
 * @property {string} predicate
 * @property {string | null} object
 * @property {boolean} negated
 * @property {number} confidence
 */
/**
 * @typedef {object} Formula a rule, or where `fact` is given a fact, between two places in the text
 * @property {number} start
 * @property {number} end
 * @property {string} text
 * @property {Fact | null} fact
 */

const FORMULA = /^\s*(?:(?:not|unless)?\s*\(|\?)|=>/;
const COMMENT = /^\s*#/;
const UNFINISHED = /(?:&|=>|,|@|[=<>]|\b(?:and|unless|not))\s*$/;
const CONTINUES = /^\s*(?:&|=>|@|,)/;
const QUOTED = String.raw`"(?:[^"\\\n]|\\["\\])*"`;
const TERM = String.raw`(${QUOTED}|[\p{L}\p{M}\p{N}_\-.:/]+)`;
const WEIGHT = String.raw`@\s*([\d.eE+-]+)`;
const FACT = new RegExp(
  String.raw`^(not\s*)?\(\s*${TERM}\s+${TERM}(?:\s+${TERM})?\s*\)\s*(?:${WEIGHT})?\s*$`,
  "u",
);
const QUOTES_AND_COMMENTS = new RegExp(`(${QUOTED})|#[^\\n]*`, "g");

/**
 * @param {string} text
 * @returns {{sentences: string, formulas: Formula[]}} `sentences` is the text with the formulas and comments blanked,
 *   character for character, so that a place in it is the same place in the text
 */
export function split(text) {
  /** @type {Formula[]} */
  const formulas = [];
  let sentences = "";
  const lines = text.split(/(?<=\n)/);
  let at = 0;
  for (let i = 0; i < lines.length; i++) {
    const start = at;
    let block = lines[i];
    if (COMMENT.test(block)) {
      sentences += blank(block);
    } else if (FORMULA.test(block)) {
      while (i + 1 < lines.length && goesOn(block, lines[i + 1])) block += lines[++i];
      formulas.push(formula(block, start));
      // It ends the sentence before it, which may lack its stop.
      const stop = /[^\s.!?]\s*$/.test(sentences) ? "." : "";
      sentences += stop + blank(block).slice(stop.length);
    } else {
      sentences += block;
    }
    at += block.length;
  }
  return { sentences, formulas };
}

/**
 * Where a count of characters (code points, as Python counts them) leads to in a string.
 * @param {string} text
 * @param {number} characters
 */
export function placeOf(text, characters) {
  let place = 0;
  for (let i = 0; i < characters && place < text.length; i++) {
    place += String.fromCodePoint(text.codePointAt(place) ?? 0).length;
  }
  return place;
}

/**
 * @param {string} block
 * @param {number} start
 * @returns {Formula}
 */
function formula(block, start) {
  const text = block.trim();
  const begin = start + block.indexOf(text);
  return { start: begin, end: begin + text.length, text, fact: readFact(text) };
}

/**
 * @param {string} text
 * @returns {Fact | null}
 */
function readFact(text) {
  const found = FACT.exec(text.replace(QUOTES_AND_COMMENTS, (_, quoted) => quoted ?? ""));
  if (!found) return null;
  const [, not, subject, predicate, object, confidence] = found;
  return {
    subject: unquoted(subject),
    predicate: unquoted(predicate),
    object: object === undefined ? null : unquoted(object),
    negated: not !== undefined,
    confidence: confidence === undefined ? 1 : Number(confidence),
  };
}

/** @param {string} term */
function unquoted(term) {
  return term.startsWith('"') ? term.slice(1, -1).replace(/\\(["\\])/g, "$1") : term;
}

/**
 * Whether a formula is visibly incomplete, or the next line goes on with it.
 * @param {string} block
 * @param {string} next
 */
function goesOn(block, next) {
  const bare = block.replace(QUOTES_AND_COMMENTS, "");
  const open = (bare.match(/\(/g) ?? []).length - (bare.match(/\)/g) ?? []).length;
  return open > 0 || UNFINISHED.test(bare) || CONTINUES.test(next);
}

/** @param {string} text */
function blank(text) {
  return text.replace(/[^\n]/gu, " ");
}
