/** The package in Node, as it is installed. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Package from '../../target/npm/package/dist/index.js';
import { fixture, installed, quiet, root, sample } from './installed';

let there: ReturnType<typeof installed>;
let skipscope: typeof Package;
let net: Package.Net;
beforeAll(async () => {
  there = installed();
  skipscope = (await import(/* @vite-ignore */ pathToFileURL(join(there.folder, 'node_modules/skipscope/dist/node.js')).href)) as typeof Package;
  net = await skipscope.load('resnet20');
});
afterAll(() => {
  net.dispose();
  there.remove();
});

const cat = sample('cat.jpg');
const error = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );

it('the README’s example, with nothing but Node', () => {
  copyFileSync(join(root, 'tests/package/example.mjs'), join(there.folder, 'example.mjs'));
  copyFileSync(cat, join(there.folder, 'cat.jpg'));
  const said = execFileSync(process.execPath, ['example.mjs'], { cwd: there.folder, encoding: 'utf8', env: quiet() });
  expect(said).toMatch(/^cat \[ 32, 16, 16 \] Float32Array\(8192\)/);
});

it.each([
  ['classify.js', /^cat 0\.\d+\n$/],
  ['trace.js', /^\[ 32, 16, 16 \] Float32Array\(8192\)/],
  ['lesion.js', /^(without F\(x\) of layer\d\.\d: \w+\n){9}$/],
])('the guides’ %s, as it stands there', (example, expected) => {
  copyFileSync(join(root, 'www/package/examples', example), join(there.folder, example));
  copyFileSync(cat, join(there.folder, 'cat.jpg'));
  expect(execFileSync(process.execPath, [example], { cwd: there.folder, encoding: 'utf8', env: quiet() })).toMatch(expected);
});

it('reads every form of the fixture picture as the command line does', async () => {
  const expected = Object.entries(JSON.parse(readFileSync(fixture('pictures/expected.json'), 'utf8')) as Record<string, number[]>);
  expect(expected.length).toBeGreaterThan(40);
  for (const [name, wanted] of expected) {
    const { probabilities } = await net.classify(fixture(`pictures/${name}`));
    expect(Math.max(...wanted.map((p, i) => Math.abs(p - probabilities[i]!))), name).toBeLessThan(0.01);
  }
});

it('a path, an address, bytes, a Blob and pixels are the same picture', async () => {
  const bytes = readFileSync(cat);
  const forms = [cat, pathToFileURL(cat), new Uint8Array(bytes), new Blob([bytes]), `data:image/jpeg;base64,${bytes.toString('base64')}`];
  const runs = await Promise.all(forms.map((form) => net.classify(form)));
  for (const { probabilities } of runs) expect(probabilities).toEqual(runs[0]!.probabilities);
  const grey = { data: new Uint8Array(4 * 20 * 10).fill(128), width: 20, height: 10 };
  expect((await net.classify(grey, { topK: 10 })).top).toHaveLength(10);
});

it('the sum is what its branches add up to, the output its ReLU, and each output the next identity', async () => {
  const { blocks, statistics, top } = await net.trace(cat);
  expect(blocks.map(({ name }) => name)).toEqual(net.blocks.map(({ name }) => name));
  expect(top[0]!.label).toBe('cat');
  for (const [index, { name, identity, residual, sum, output }] of blocks.entries()) {
    const [channels, height, width] = net.blocks[index]!.output;
    for (const { shape, data } of [identity!, residual, sum, output]) {
      expect(shape).toEqual([channels, height, width]);
      expect(data).toHaveLength(channels * height * width);
    }
    expect(sum.data).toEqual(identity!.data.map((x, i) => x + residual.data[i]!));
    expect(Math.max(...output.data.map((y, i) => Math.abs(y - Math.max(0, sum.data[i]!))))).toBeLessThan(1e-5);
    const rms = Math.sqrt(residual.data.reduce((all, value) => all + value * value, 0) / residual.data.length);
    expect(statistics[name]!.residual.rms).toBeCloseTo(rms, 3);
  }
  expect(blocks[1]!.identity!.data).toEqual(blocks[0]!.output.data);
});

it('a lesion is what runs under it, and the net stays intact', async () => {
  const cut = net.lesion({ 'layer2.0': { residual: 0 } });
  const [before, lesioned, after] = await Promise.all([net.classify(cat), cut.classify(cat), net.classify(cat)]);
  expect(after.probabilities).toEqual(before.probabilities);
  expect(lesioned.probabilities).not.toEqual(before.probabilities);
  expect((await net.classify(cat, { lesion: cut.lesion })).probabilities).toEqual(lesioned.probabilities);
  const { blocks } = await cut.trace(cat, { blocks: ['layer2.0'] });
  expect(blocks[0]!.scales).toEqual({ identity: 1, residual: 0 });
  expect(blocks[0]!.sum.data).toEqual(blocks[0]!.identity!.data);
});

it('a model comes from its address, its file and its bytes, and tells how far it is', async () => {
  const file = join(root, 'www/public/models/resnet20.gguf');
  const bytes = readFileSync(file);
  for (const source of [file, pathToFileURL(file), bytes, new Blob([bytes])]) {
    const heard: [number, number][] = [];
    const other = await skipscope.load(source, { onProgress: (...now) => void heard.push(now) });
    expect((await other.classify(cat)).top[0]!.label).toBe('cat');
    if (typeof source === 'string') expect(heard.at(-1)).toEqual([bytes.length, bytes.length]);
    other.dispose();
  }
});

it.each(['relaxed', 'simd128', 'scalar'])('flavour %s, or what runs in its place', async (flavour) => {
  const other = await skipscope.load('resnet20', { flavour });
  const { probabilities } = await other.classify(cat);
  const before = (await net.classify(cat)).probabilities;
  expect(Math.max(...probabilities.map((p, i) => Math.abs(p - before[i]!)))).toBeLessThan(1e-4);
  if (other.engine.flavour !== flavour) expect(other.engine.fell[0]!.flavour).toBe(flavour);
  other.dispose();
});

describe('what goes wrong has a kind', () => {
  const kinds = (name: string, kind: string, work: () => Promise<unknown>, message?: RegExp) =>
    it(`${name}: ${kind}`, async () => {
      const thrown = await error(work());
      expect(thrown).toBeInstanceOf(skipscope.SkipScopeError);
      expect(thrown).toMatchObject({ kind, name: kind });
      if (message) expect((thrown as Error).message).toMatch(message);
    });
  const write = (name: string, bytes: Uint8Array | string) => {
    const file = join(there.folder, name);
    writeFileSync(file, bytes);
    return file;
  };
  kinds('no such model', 'not-found', () => skipscope.load('resnet9000'), /there are: resnet20/);
  kinds('no such file', 'not-found', () => skipscope.load('./no/such.gguf'));
  kinds('a server that is not there', 'network', () => skipscope.load('http://127.0.0.1:9/net.gguf'));
  kinds('no model', 'not-a-model', () => skipscope.load(new TextEncoder().encode('not a model at all')));
  kinds('half a model', 'not-a-model', () => skipscope.load(readFileSync(join(root, 'www/public/models/resnet20.gguf')).subarray(0, 100_000)));
  kinds('a safetensors file', 'not-a-model', () => skipscope.load(write('net.safetensors', '\x40\0\0\0\0\0\0\0{"x":{}}')), /safetensors/);
  kinds('no picture', 'not-a-picture', () => net.classify(write('text.jpg', 'hello')));
  kinds('a picture cut off', 'not-a-picture', () => net.classify(write('half.jpg', readFileSync(cat).subarray(0, 5000))), /cut off/);
  kinds('pixels that are too few', 'not-a-picture', () => net.classify({ data: new Uint8Array(8), width: 20, height: 10 }));
  kinds('no such picture', 'not-found', () => net.classify('no-such.jpg'));
  kinds('no such block', 'argument', () => net.trace(cat, { blocks: ['layer9.9'] }), /layer1\.0, /);
  kinds('a lesion of no such block', 'argument', async () => net.lesion({ 'layer9.9': { residual: 0 } }));
  kinds('a net that was given back', 'cancelled', async () => {
    const other = await skipscope.load('resnet20');
    other.dispose();
    other.dispose(); // twice is once
    return other.classify(cat);
  });
});

describe('aborted', () => {
  it('before it began', async () => {
    expect(await error(skipscope.load('resnet20', { signal: AbortSignal.abort() }))).toMatchObject({ kind: 'cancelled' });
    expect(await error(net.classify(cat, { signal: AbortSignal.abort() }))).toMatchObject({ kind: 'cancelled' });
  });

  it('in its middle: a load, and a trace between two blocks; what else runs goes on', async () => {
    const loading = new AbortController();
    const load = skipscope.load('resnet20', { signal: loading.signal, onProgress: () => loading.abort() });
    expect(await error(load)).toMatchObject({ kind: 'cancelled' });
    const tracing = new AbortController();
    setTimeout(() => tracing.abort());
    const [trace, run] = await Promise.all([error(net.trace(cat, { signal: tracing.signal })), net.classify(cat)]);
    expect(trace).toMatchObject({ kind: 'cancelled' });
    expect(run.top[0]!.label).toBe('cat');
    expect((await net.classify(cat)).top[0]!.label).toBe('cat');
  });
});
