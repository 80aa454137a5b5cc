import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { importedMemory, sharedMemory } from './memory';

afterEach(() => void vi.unstubAllGlobals());

/** A browser that sets aside at most so many pages for a memory. */
function browserWith(room: number): WebAssembly.MemoryDescriptor[] {
  const asked: WebAssembly.MemoryDescriptor[] = [];
  class Memory {
    constructor(readonly descriptor: WebAssembly.MemoryDescriptor) {
      asked.push(descriptor);
      if (descriptor.maximum! > room) throw new RangeError('could not allocate memory');
    }
  }
  vi.stubGlobal('WebAssembly', { ...WebAssembly, Memory });
  return asked;
}

it.each([
  [16384, [16384]],
  [10000, [16384, 8192]],
  [2100, [16384, 8192, 4096, 2048]],
])('with room for %i pages it takes %j', (room, maxima) => {
  const asked = browserWith(room);
  sharedMemory({ initial: 18, maximum: 16384 });
  expect(asked).toEqual(maxima.map((maximum) => ({ initial: 18, maximum, shared: true })));
});

it('a browser that gives too little is told apart', () => {
  const asked = browserWith(1000);
  expect(() => sharedMemory({ initial: 18, maximum: 16384 })).toThrow(RangeError);
  expect(asked.length).toBe(4);
});

it('a small module’s own maximum is never exceeded', () => {
  const asked = browserWith(100);
  expect(() => sharedMemory({ initial: 18, maximum: 300 })).toThrow(RangeError);
  expect(asked).toEqual([{ initial: 18, maximum: 300, shared: true }]);
});

it('finds the memory among the imports of what was built', () => {
  for (const flavour of ['threads', 'threads-simd128']) {
    const binary = new Uint8Array(readFileSync(`${import.meta.dirname}/pkg/${flavour}/skipscope_bg.wasm`));
    const limits = importedMemory(binary);
    expect(limits).toMatchObject({ maximum: 16384 });
    expect(limits.initial).toBeGreaterThan(1);
    if (!WebAssembly.validate(binary)) continue; // Node 20 has no relaxed SIMD
    // A smaller maximum suits the module, more than it asks for does not: the engine instantiates the one and not the other.
    const imports = (maximum: number) => {
      const wanted: WebAssembly.Imports = {};
      for (const { module, name, kind } of WebAssembly.Module.imports(new WebAssembly.Module(binary))) {
        const memory = () => new WebAssembly.Memory({ initial: limits.initial, maximum, shared: true });
        (wanted[module] ??= {})[name] = kind === 'memory' ? memory() : () => {};
      }
      return wanted;
    };
    expect(() => new WebAssembly.Instance(new WebAssembly.Module(binary), imports(2048))).not.toThrow();
    expect(() => new WebAssembly.Instance(new WebAssembly.Module(binary), imports(20000))).toThrow(WebAssembly.LinkError);
  }
});

it('a binary without one, or that ends early, is an error', () => {
  expect(() => importedMemory(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).toThrow('imports no memory');
  expect(() => importedMemory(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 2))).toThrow('ends too early');
});
