import { expect, it } from 'vitest';
import type { BlockInfo } from '../engine';
import { describe, known, toggled } from './lesion';

const block = (name: string, shortcut: BlockInfo['shortcut']) => ({ name, shortcut }) as BlockInfo;

it('the tool cuts, and mends what is cut', () => {
  expect(toggled({ identity: 1, residual: 1 }, 'residual')).toEqual({ identity: 1, residual: 0 });
  expect(toggled({ identity: 0.5, residual: 0 }, 'residual')).toEqual({ identity: 0.5, residual: 1 });
  expect(toggled({ identity: 0.5, residual: 1 }, 'identity')).toEqual({ identity: 0, residual: 1 });
});

it('says what is changed', () => {
  expect(describe({ identity: 1, residual: 1 })).toBe('');
  expect(describe({ identity: 0.5, residual: 0 })).toBe('x × 0.5, F(x) cut');
});

it('a plain net has only F(x) to lose, and no net has blocks of another', () => {
  const lesion = { a: { identity: 0, residual: 0.5 }, b: { identity: 0, residual: 1 }, c: { identity: 0, residual: 0 } };
  expect(known(lesion, [block('a', 'none'), block('b', 'none')])).toEqual({ a: { identity: 1, residual: 0.5 } });
  expect(known(lesion, [block('b', 'identity')])).toEqual({ b: { identity: 0, residual: 1 } });
});
