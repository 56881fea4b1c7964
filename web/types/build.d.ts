/** What web/build.mjs puts in the place of these names. */

/** The content hash of the release. */
declare const __RELEASE__: string;
/** Where the release's files lie, relative to pramana.js: "v/<release>/". */
declare const __ASSETS__: string;
/** The version in pyproject.toml. */
declare const __VERSION__: string;
