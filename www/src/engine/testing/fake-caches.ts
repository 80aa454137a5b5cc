/** A Cache API that, like the browser's, stores a response once its body has ended well, and refuses what it has no room for. */
export class FakeCaches {
  readonly bodies = new Map<string, Blob>();
  room = Infinity;
  /** Keys that nothing is stored under. */
  refuses: RegExp | null = null;

  async open() {
    const { bodies } = this;
    return {
      keys: async () => [...bodies.keys()].map((url) => ({ url })),
      match: async (key: string) => (bodies.has(key) ? new Response(bodies.get(key)) : undefined),
      delete: async (key: string) => bodies.delete(key),
      put: async (key: string, response: Response) => {
        const body = await response.blob();
        if (this.refuses?.test(key) || this.bytes + body.size > this.room) throw new DOMException('no room', 'QuotaExceededError');
        bodies.set(key, body);
      },
    };
  }

  get bytes(): number {
    return [...this.bodies.values()].reduce((sum, { size }) => sum + size, 0);
  }
}
