/** Which way imports may point. Each rule is one sentence of .github/CONTRIBUTING.md. */
const inside = (...folders) => `^src/(${folders.join('|')})/`;

/** `from` imports nothing of `to`; what is only a type may come along where `types` says so. */
const never = (name, comment, from, to, types = {}) => ({ name, comment, severity: 'error', from, to: { ...to, ...types } });
const tests = '\\.test\\.ts$|/testing/'; // and what tests alone share

module.exports = {
  forbidden: [
    never('no-circular', 'Nothing imports itself by way of others.', {}, { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }),
    never('not-to-tests', 'Tests are imported by nobody.', { pathNot: tests }, { path: tests }),
    never(
      'render-draws',
      'render and export draw and write what they are given: they know neither state nor views nor the engine’s worker.',
      { path: inside('render', 'export') },
      { path: inside('state', 'views', 'lab', 'bench') },
    ),
    never(
      'engine-stands-alone',
      'The engine is a library of its own.',
      { path: inside('engine') },
      { path: inside('state', 'views', 'render', 'export', 'bench', 'lab', 'lessons', 'models', 'foreign') },
    ),
    never(
      'engine-by-its-door',
      'Others import the engine through its index, and workers through its worker-side.',
      { path: inside('views', 'state', 'models', 'render', 'export', 'lab', 'lessons'), pathNot: tests },
      { path: inside('engine'), pathNot: '^src/engine/(index|types|worker-side)\\.ts$' },
    ),
    never('state-without-views', 'State is shown by views and knows none.', { path: inside('state'), pathNot: tests }, { path: inside('views') }),
    never(
      'lessons-are-data',
      'Lessons are data: types alone may be imported.',
      { path: inside('lessons'), pathNot: tests },
      { pathNot: inside('lessons') },
      { dependencyTypesNot: ['type-only'] },
    ),
    never(
      'bench-apart',
      'The benchmark brings other people’s libraries: its view, its state, what times single nets, and nobody else imports it.',
      { path: '^src/', pathNot: ['^src/bench/', '^src/views/benchmark/', '^src/state/(bench|timings)\\.svelte\\.ts$'] },
      { path: inside('bench') },
    ),
    never(
      'bench-needs-no-page',
      'The benchmark runs without the page.',
      { path: inside('bench') },
      { path: inside('state', 'views', 'render', 'export', 'lab', 'lessons') },
    ),
    never(
      'no-orphans',
      'What nobody imports is left over.',
      {
        orphan: true,
        pathNot: ['\\.d\\.ts$', tests, '^src/(main|trusted)\\.ts$', '(^|/)[^/]*worker\\.ts$', '^src/bench/source\\.ts$', '\\.config\\.[cm]?[jt]s$'],
      },
      {},
    ),
    never('only-what-is-declared', 'Packages are those of package.json.', {}, { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'undetermined'] }),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^src/[^/]+/pkg/'] },
    exclude: { path: ['^src/[^/]+/pkg/', '^virtual:'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'svelte', 'browser', 'default'] },
  },
};
