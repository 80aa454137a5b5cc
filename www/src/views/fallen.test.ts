import { expect, it } from 'vitest';
import { fallenWords } from './fallen';

it('says which build did not start, and why', () => {
  expect(fallenWords({ flavour: 'threads', threads: 2, fell: [] })).toBeNull();
  const fell = [
    { flavour: 'threads-simd128', why: 'its threads did not start' },
    { flavour: 'simd128', why: 'The engine’s worker failed.' },
  ];
  expect(fallenWords({ flavour: 'scalar', threads: 1, fell })).toBe(
    'The engine runs as “scalar”, slower than it could: its build “threads-simd128” did not start (its threads did not start).',
  );
});
