// @vitest-environment happy-dom
import { flushSync, mount, unmount } from 'svelte';
import { expect, it } from 'vitest';
import type { DepthChart as Chart } from '../../render/charts/depth';
import DepthChart from './DepthChart.svelte';

/** A part that is not laid out yet has no width, and all its blocks stand in one place. Here nothing is ever laid out. */
it('a chart without any width is drawn all the same', () => {
  const chart: Chart = {
    key: 'size',
    title: 'Size',
    what: 'of F',
    mark: 'line',
    series: [{ name: 'F', colour: 'red', values: [1, 2, 3], intact: null }],
    format: String,
  };
  const stages = [1, 2, 3].map((stage, index) => ({ stage, first: index, last: index }));
  const target = document.createElement('div');
  const drawn = mount(DepthChart, {
    target,
    props: { chart, names: ['a', 'b', 'c'], stages, open: 0, hovered: -1, onhover: () => {}, onopen: () => {} },
  });
  flushSync(); // measured
  expect(target.querySelectorAll('.boundary')).toHaveLength(2);
  return unmount(drawn);
});
