/** What vite.config.ts writes in. */
declare const __VERSION__: string;
declare const __CANDLE_VERSION__: string;
