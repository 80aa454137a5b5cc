/** What the page has put in front of this worker's script. */
export default (globalThis as unknown as { skipscopeBinary: string }).skipscopeBinary;
