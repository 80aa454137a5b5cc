/** The project’s command line, as the Rust tests have built it. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@playwright/test';

const PROGRAM = process.env.SKIPSCOPE_CLI ?? join(import.meta.dirname, '../../target/debug/skipscope');

/** Skips what is left of the test, and says so, where there is none. */
export function needsCommandLine(): void {
  const reason = `the command line is not built (cargo build): ${PROGRAM}`;
  const there = existsSync(PROGRAM);
  if (!there) console.log(`SKIPPED: ${reason}`);
  test.skip(!there, reason);
}

/** What it prints. Throws where it fails. */
export const commandLine = (...parameters: string[]): string => execFileSync(PROGRAM, parameters, { encoding: 'utf8' });
