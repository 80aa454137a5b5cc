import { expect, it } from 'vitest';
import { isSvg, sized, svgSize } from './svg';

it('knows a drawing by its type, or by its name where it has none', () => {
  expect([
    isSvg({ type: 'image/svg+xml', name: 'a' }),
    isSvg({ type: '', name: 'a.SVG' }),
    isSvg({ type: 'image/png', name: 'a.svg' }),
    isSvg({ type: '', name: 'a.png' }),
  ]).toEqual([true, true, false, false]);
});

it.each([
  ['<svg width="200" height="100">', 1024, 512],
  [`<?xml version="1.0"?><svg xmlns="x" width='10px' height='20px' viewBox="0 0 1 1">`, 512, 1024],
  ['<svg viewBox="0 0 30 15">', 1024, 512],
  ['<svg width="100%" height="100%" viewBox="-5,-5 10 10">', 1024, 1024],
  ['<svg>', 1024, 1024],
  ['<svg width="0" height="5" viewBox="0 0 0 0">', 1024, 1024],
  ['<svg width="100000" height="1">', 1024, 1],
])('%s', (tag, width, height) => {
  expect(svgSize(tag)).toEqual({ width, height });
});

it('gives it that size, and keeps what it shows', () => {
  const size = { width: 1024, height: 512 };
  expect(sized('<svg width="200" height="100" id="a"><rect width="5"/></svg>', size)).toBe(
    '<svg width="1024" height="512" viewBox="0 0 200 100" id="a"><rect width="5"/></svg>',
  );
  expect(sized('<svg viewBox="0 0 2 1"/>', size)).toBe('<svg width="1024" height="512" viewBox="0 0 2 1"/>');
});
