/** What one tab does at a time (Web Locks). Without a secure context there are no locks, and nothing that two tabs share either. */

const locks = (): LockManager | undefined => (globalThis.navigator as Navigator | undefined)?.locks;

/** After whoever does it now. */
export async function alone<R>(name: string, work: () => Promise<R>): Promise<R> {
  const manager = locks();
  return manager ? await manager.request(name, work) : work();
}

/** Null: somebody does it already. */
export async function aloneOrNot<R extends object>(name: string, work: () => Promise<R>): Promise<R | null> {
  const manager = locks();
  return manager ? await manager.request(name, { ifAvailable: true }, async (lock) => lock && work()) : work();
}
