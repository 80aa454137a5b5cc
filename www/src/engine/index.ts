/// <reference types="vite/client" />
/**
 * SkipScope's engine: residual networks in WebAssembly, in a worker of their own. Everything that others may import is here.
 *
 *     const engine = await Engine.start();
 *     const net = await engine.load({ ...entry, from: url });
 *     await net.look({ id: 1, name: 'cat.jpg', blob }, null);
 *     const { intact, result } = await net.run({ lesion: { 'layer2.0': { identity: 1, residual: 0 } } });
 *
 * Every call takes an AbortSignal and settles: with an `EngineError` whose name is its kind ('cancelled' where it was aborted or
 * superseded, 'crashed' where the worker or one of its threads died: `engine.lost` is aborted then, and a new engine is needed).
 */
export { Engine, type LoadOptions, type ModelSource, type StartOptions } from './engine';
export { cancelled, EngineError, isKind, messageOf, type ErrorKind } from './errors';
export { Net, type Run, type RunOptions } from './net';
export type { Pictured, Seen } from './protocol';
export { handed, type HandedFile } from './handed';
export { hasher } from './hash';
export { fetchFile, readList, readRegistry, type ModelEntry } from './sources';
export { budget, ThreadBudget } from './thread-budget';
export { distance } from './trace';
export * from './types';
export { WorkerHandle, type CallOptions } from './worker-handle';
export { scriptUrl, startWorker } from './start-worker';
