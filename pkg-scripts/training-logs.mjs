#!/usr/bin/env node
// Writes the training logs of the CIFAR nets in the short form that the page draws (www/src/views/why/logs.json): of every epoch both
// errors, of the first and the last one the gradient norm of every convolution. The logs are those of the script that trained the nets.
//     node pkg-scripts/training-logs.mjs FOLDER && npm --prefix www run format
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('which folder has plain20.json, resnet20.json, plain56.json and resnet56.json?');

const digits = (value, count) => Number(value.toPrecision(count));
const short = (id) => {
  const { depth, kind, dataset, epoch } = JSON.parse(readFileSync(join(folder, `${id}.json`), 'utf8'));
  const norms = ({ grad_norm }) => grad_norm.map((value) => digits(value, 3));
  return {
    id,
    depth,
    residual: kind === 'residual',
    dataset,
    trainError: epoch.map(({ train_error }) => digits(train_error, 4)),
    testError: epoch.map(({ test_error }) => digits(test_error, 4)),
    firstNorms: norms(epoch[0]),
    lastNorms: norms(epoch.at(-1)),
  };
};

const logs = ['plain20', 'plain56', 'resnet20', 'resnet56'].map(short);
writeFileSync(new URL('../www/src/views/why/logs.json', import.meta.url), `${JSON.stringify(logs)}\n`);
