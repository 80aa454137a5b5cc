import { join } from 'node:path';
import { Parcel } from '@parcel/core';

export async function build(distDir, from) {
  const parcel = new Parcel({
    entries: join(from, 'index.html'),
    defaultConfig: '@parcel/config-default',
    mode: 'production',
    shouldDisableCache: true,
    // Said here, since a package.json with `engines.node` above it would make Parcel build for Node.
    targets: { page: { distDir, publicUrl: './', sourceMap: false, context: 'browser', engines: { browsers: ['last 2 Chrome versions'] } } },
  });
  await parcel.run();
}
