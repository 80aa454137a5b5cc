import { defineConfig } from 'vitest/config';

// Machines that are busy wait: installing a tarball takes npm a second, or ten.
export default defineConfig({ test: { include: ['*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 2 } });
