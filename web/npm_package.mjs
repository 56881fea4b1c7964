/**
 * The npm package: what of the built site is the library, without the explorer, packed as it would be published.
 */
import { execFile } from "node:child_process";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const LIBRARY = ["pramana.js", "pramana.global.js", "pramana-sw.js", "pramana.d.ts", "v"];
const LEGAL = ["LICENSE-APACHE", "LICENSE-MIT", "NOTICE"];
const PRECACHE = "pramana-precache.json";

/**
 * @param {{root: string, site: string, out: string}} places the checkout, the built site, and where the package goes
 * @returns {Promise<string>} the packed file
 */
export async function npmPackage({ root, site, out }) {
  const place = join(out, "package");
  await rm(out, { recursive: true, force: true });
  await mkdir(place, { recursive: true });
  for (const name of LIBRARY) await cp(join(site, name), join(place, "dist", name), { recursive: true });
  for (const name of LEGAL) await cp(join(root, name), join(place, name));
  await cp(join(root, "web/npm/README.md"), join(place, "README.md"));

  // A page of the site's own needs the library offline, not the explorer.
  const list = JSON.parse(await readFile(join(site, PRECACHE), "utf8"));
  list.files = list.files.filter((/** @type {string} */ name) => LIBRARY.includes(name.split("/")[0] ?? ""));
  await writeJson(join(place, "dist", PRECACHE), list, 1);

  const manifest = JSON.parse(await readFile(join(root, "web/npm/package.json"), "utf8"));
  await writeJson(join(place, "package.json"), { ...manifest, version: list.version }, 2);
  const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", out];
  const { stdout } = await promisify(execFile)("npm", pack, { cwd: place });
  return join(dirname(place), JSON.parse(stdout)[0].filename);
}

/** @param {string} path @param {unknown} value @param {number} indent */
async function writeJson(path, value, indent) {
  await writeFile(path, `${JSON.stringify(value, null, indent)}\n`);
}
