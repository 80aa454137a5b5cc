/** The built site, served for the tests. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';

export const WWW = join(import.meta.dirname, '../../www');

/** Fixed for a checkout, different in another: two may be tested at once. */
const PORT = Number(
  process.env.TEST_PORT ??
    4300 +
      (createHash('sha256')
        .update(import.meta.dirname)
        .digest()
        .readUInt16BE() %
        600),
);

export const address = `http://localhost:${PORT}`;

export const webServer = {
  command: 'npx vite preview',
  cwd: WWW,
  env: { PORT: String(PORT) },
  url: `${address}/`,
  reuseExistingServer: false,
  timeout: 180_000,
};
