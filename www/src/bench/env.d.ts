/** What vite.config.ts writes in. */
declare const __VERSION__: string;
/** Null where its wasm was not built. */
declare const __CANDLE_VERSION__: string | null;
