import { expect, it } from 'vitest';
import type { Paths } from '../../../lab';
import { curves, findings } from './measure';
import { checked, found } from './words';

const paths: Paths = { label: 'cat', classIndex: 3, whole: 2, byLength: [0.1, 0.4, 0.6, 0.3, 0.02], share: [1, 4, 6, 4, 1].map((n) => n / 16), error: 2e-7 };

it('parts are measured against the whole', () => {
  expect(findings(paths)).toMatchObject({ blocks: 4, peak: 2, largest: 0.3, from: 1, to: 3, usual: 2, upTo: 15 / 16, error: 2e-7 });
  expect(curves(paths)[0]!.points[2]).toEqual({ x: 2, y: 0.3 });
});

it('a gradient without length, and one that is nowhere large, are no accident', () => {
  expect(findings({ ...paths, whole: 0 })).toMatchObject({ peak: 0, largest: 0, from: 0, to: 0 });
  expect(findings({ ...paths, byLength: [0.01, 0.02, 0.01, 0, 0] })).toMatchObject({ peak: 1, from: 1, to: 1 });
});

it('says so in words', () => {
  expect(found(findings(paths))).toContain('4 blocks make 2⁴ paths');
  expect(found(findings(paths))).toContain('goes through 2: 30.0% of the whole');
  expect(found(findings(paths))).toContain('93.8% of all paths go through no more than 3');
  expect(checked(2e-7)).toContain('by 2 × 10⁻⁷ of its length');
});
