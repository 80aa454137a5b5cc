import { join } from 'node:path';
import { createRsbuild } from '@rsbuild/core';

export async function build(root, from) {
  const rsbuild = await createRsbuild({
    cwd: from,
    config: {
      source: { entry: { index: '../app.js' } },
      html: { template: join(from, 'index.html') },
      output: { assetPrefix: 'auto', distPath: { root }, cleanDistPath: true },
      performance: { printFileSize: false },
    },
  });
  await rsbuild.build();
}
