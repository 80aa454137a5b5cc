/** Of Cargo.toml, set by build.mjs. */
declare const __VERSION__: string;
