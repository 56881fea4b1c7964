/**
 * The knowledge packs that the site offers, and the list of them, packs/index.json.
 *
 * A pack is NAME.csv with NAME.rules beside it. NAME.json, which is not served, may hold a title, and questions that
 * the pack answers. Packs under packs/ of the explorer belong to the release; those of out/packs (./build.sh wordnet)
 * are served if they were made, and loaded only by who asks for them.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** @typedef {Map<string, Uint8Array>} Files by name relative to the site */
/**
 * @typedef {object} Listed a line of the index
 * @property {string} name
 * @property {string} title
 * @property {number} facts
 * @property {number} rules
 * @property {number} bytes of both files
 * @property {string} licence
 * @property {string} source
 * @property {string} file relative to the index, as rules_file, which is "" where there are no rules
 * @property {string} rules_file
 * @property {string[]} questions
 */

/**
 * Add the packs that were made, and the index of all.
 * @param {Files} files of the site, in which the explorer's are already
 * @param {string} made the directory of packs that are no part of the release
 * @returns {Promise<string[]>} the files that nobody needs before asking for them
 */
export async function addPacks(files, made) {
  /** @type {string[]} */
  const later = [];
  for (const name of await namesIn(made)) {
    const place = `packs/${name}`;
    if (files.has(place)) throw new Error(`${join(made, name)} has the name of a file of the explorer`);
    files.set(place, await readFile(join(made, name)));
    later.push(place);
  }
  const packs = [...files.keys()].filter((name) => /^packs\/[^/]+\.csv$/.test(name)).sort();
  const index = packs.map((name) => listed(files, name.slice("packs/".length, -".csv".length)));
  for (const { name } of index) files.delete(`packs/${name}.json`);
  files.set("packs/index.json", Buffer.from(`${JSON.stringify(index, null, 1)}\n`));
  return later.filter((name) => files.has(name));
}

/** @param {string} dir @returns {Promise<string[]>} */
async function namesIn(dir) {
  try {
    return (await readdir(dir)).filter((name) => /\.(csv|rules|json)$/.test(name)).sort();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === "ENOENT") return [];
    throw error;
  }
}

/**
 * @param {Files} files
 * @param {string} name
 * @returns {Listed}
 */
function listed(files, name) {
  /** @param {string} suffix */
  const bytes = (suffix) => files.get(`packs/${name}.${suffix}`) ?? new Uint8Array();
  /** @param {string} suffix */
  const text = (suffix) => new TextDecoder().decode(bytes(suffix));
  const { about, rows } = readCsv(text("csv"));
  const { title = name, questions = [] } = JSON.parse(text("json") || "{}");
  const rules = text("rules");
  return {
    name,
    title,
    facts: rows,
    rules: rules.split("\n").filter((line) => /^[^#]*=>/.test(line)).length,
    bytes: bytes("csv").length + bytes("rules").length,
    licence: about.licence ?? "",
    source: about.source ?? "",
    file: `${name}.csv`,
    rules_file: rules && `${name}.rules`,
    questions,
  };
}

/**
 * What the comments at the head say, and the number of rows below the header; a line break in quotes ends no row.
 * @param {string} csv
 */
function readCsv(csv) {
  /** @type {Record<string, string>} */
  const about = {};
  const lines = csv.split("\n");
  const header = lines.findIndex((line) => !line.startsWith("#"));
  if (header < 0) throw new Error("a pack must have a header, and rows below it");
  for (const line of lines.slice(0, header)) {
    const said = /^# *(\w+): *(.*?)\s*$/.exec(line);
    if (said?.[1]) about[said[1]] ??= said[2] ?? "";
  }
  const rows = lines
    .slice(header + 1)
    .join("\n")
    .replace(/"[^"]*"/g, "q")
    .split("\n");
  return { about, rows: rows.filter((row) => row.trim()).length };
}
