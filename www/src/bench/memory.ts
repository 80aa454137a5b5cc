/** Which WebAssembly memories a library makes: none of them tells. */

/** Runs `load` and returns, beside its result, a function for the bytes of all memories made while it ran. */
export async function watchMemory<T>(load: () => Promise<T>): Promise<{ value: T; bytes: () => number }> {
  const memories = new Set<WebAssembly.Memory>();
  const { Memory, instantiate, instantiateStreaming } = WebAssembly;
  const note = (result: WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource) => {
    const { exports } = 'instance' in result ? result.instance : result;
    for (const value of Object.values(exports)) if (value instanceof Memory) memories.add(value);
    return result;
  };
  const noting = <F extends typeof instantiate | typeof instantiateStreaming>(original: F) =>
    ((...parameters: never[]) => (original as (...p: never[]) => Promise<WebAssembly.Instance>)(...parameters).then(note)) as unknown as F;
  Object.assign(WebAssembly, {
    Memory: new Proxy(Memory, {
      construct(target, parameters) {
        const memory = new target(...(parameters as [WebAssembly.MemoryDescriptor]));
        memories.add(memory);
        return memory;
      },
    }),
    instantiate: noting(instantiate),
    instantiateStreaming: noting(instantiateStreaming),
  });
  try {
    const value = await load();
    return { value, bytes: () => [...memories].reduce((sum, memory) => sum + memory.buffer.byteLength, 0) };
  } finally {
    Object.assign(WebAssembly, { Memory, instantiate, instantiateStreaming });
  }
}
