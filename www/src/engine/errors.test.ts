import { expect, it } from 'vitest';
import { asEngineError, EngineError, isTrap } from './errors';

/** A module whose function calls itself for ever. */
const ENDLESS = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 6, 1, 4, 0, 0x10, 0, 0x0b);
/** ... that is unreachable. */
const UNREACHABLE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b);

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
const call = (binary: Uint8Array<ArrayBuffer>) => thrownBy(() => (new WebAssembly.Instance(new WebAssembly.Module(binary)).exports.f as () => void)());

it('knows when an instance is dead', () => {
  expect(isTrap(call(UNREACHABLE))).toBe(true);
  expect(isTrap(call(ENDLESS))).toBe(true); // the stack's end
  expect(isTrap(thrownBy(() => new WebAssembly.Memory({ initial: 1 }).grow(70000)))).toBe(true);
  expect(isTrap(Object.assign(new Error('too much recursion'), { name: 'InternalError' }))).toBe(true); // Firefox
  for (const error of [new Error('no'), new TypeError('no'), new EngineError('truncated', 'no'), 'no', null]) expect(isTrap(error)).toBe(false);
});

it('an error from a worker is of the kind it was', () => {
  const own = new EngineError('corrupted', 'bad');
  expect(asEngineError(own, 'prefix: ')).toBe(own);
  const travelled = Object.assign(new Error('bad'), { name: 'corrupted' }); // what is left of it after the trip
  expect(asEngineError(travelled, 'prefix: ')).toMatchObject({ name: 'corrupted', message: 'bad' });
  expect(asEngineError(new TypeError('bad'), 'prefix: ')).toMatchObject({ name: 'engine', message: 'prefix: bad' });
  expect(asEngineError('bad', '', 'not-a-model')).toMatchObject({ name: 'not-a-model', message: 'bad' });
});
