import { join } from 'node:path';
import { Parcel } from '@parcel/core';

export async function build(distDir, from) {
  const parcel = new Parcel({
    entries: join(from, 'index.html'),
    defaultConfig: '@parcel/config-default',
    mode: 'production',
    shouldDisableCache: true,
    defaultTargetOptions: { distDir, publicUrl: './', sourceMaps: false },
  });
  await parcel.run();
}
