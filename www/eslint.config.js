/** What the linters hold the page, its tests and its tools to. Layout is Prettier's, directions are dependency-cruiser's. */
import { join } from 'node:path';
import globals from 'globals';
import svelte from 'eslint-plugin-svelte';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

const projects = [
  'tsconfig.json',
  'tsconfig.workers.json',
  'tsconfig.test.json',
  'tsconfig.node.json',
  'package/tsconfig.json',
  '../tests/browser/tsconfig.json',
  '../tests/package/tsconfig.json',
  '../tests/homes/tsconfig.json',
];
const unsafe = Object.fromEntries(['argument', 'assignment', 'call', 'member-access', 'return'].map((what) => [`@typescript-eslint/no-unsafe-${what}`, 'off']));

export default defineConfig(
  globalIgnores(['**/node_modules', '**/dist', '**/pkg', '**/test-results', '**/*.js', '**/*.cjs', '**/*.mjs']),
  ts.configs.recommendedTypeChecked, // no-floating-promises among them
  svelte.configs.recommended,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { project: projects.map((file) => join(import.meta.dirname, file)), extraFileExtensions: ['.svelte'] },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' }],
      '@typescript-eslint/require-await': 'off', // what an interface wants as a promise need not wait for anything
      '@typescript-eslint/unbound-method': 'off', // interfaces write their functions as methods; classes are not taken apart here
      '@typescript-eslint/prefer-promise-reject-errors': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }], // what was caught is passed on
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false, attributes: false, properties: false, variables: false } }],
      'svelte/prefer-svelte-reactivity': 'off', // a Map that is built within one $derived needs no signals
    },
  },
  // The linter sees `any` where Svelte infers types; svelte-check knows them and is as strict.
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } }, rules: unsafe },
  // What a page or a file answers is looked at, not typed.
  { files: ['**/*.test.ts', '**/testing/**', 'tests/browser/**', 'tests/homes/**'], rules: unsafe },
);
