// node pkg-scripts/convert.mjs MODEL.JSON LABELS CARD OUT: a tfjs layers-model as a model file, by the reader that
// `pkg-scripts/wasm foreign` has compiled.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { convert_layers_model, initSync } from '../www/src/foreign/pkg/foreign.js';

const [model, labels, card, out] = process.argv.slice(2);
initSync({ module: readFileSync(new URL('../www/src/foreign/pkg/foreign_bg.wasm', import.meta.url)) });

/** Shards lie beside model.json, nowhere else. */
function shard(path) {
  if (isAbsolute(path) || normalize(path).startsWith('..')) throw new Error(`${path} is not below the model's folder`);
  return readFileSync(join(dirname(model), path));
}

const file = convert_layers_model(readFileSync(model), shard, readFileSync(card), readFileSync(labels, 'utf8'));
writeFileSync(`${out}.part`, file);
renameSync(`${out}.part`, out); // whole or not at all
console.log(`${out}: ${file.length} bytes`);
