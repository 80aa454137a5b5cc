/** Classifies pictures in the terminal. */
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { load } from '../src/node';
import { RESNET50_MB, fetchResnet50, kept } from './resnet50';
import { Usage, whole } from './usage';

interface Values {
  model?: string;
  top?: string;
  json?: boolean;
  yes?: boolean;
}

/** 0: all pictures have their answers. */
export async function classify(files: string[], { model, top = '5', json = false, yes = false }: Values): Promise<number> {
  if (files.length === 0) throw new Usage('classify wants pictures');
  const topK = whole(top, 'top', 1, 1000);
  const net = await load(await chosen(model, yes));
  let failed = 0;
  try {
    for (const file of files) {
      try {
        if (!(await stat(file)).isFile()) throw new Error('it is no file');
        const { top: classes, milliseconds } = await net.classify(file, { topK });
        if (json) console.log(JSON.stringify({ file, top: classes, milliseconds }));
        else {
          console.log(`${file}  (${milliseconds.toFixed(0)} ms, ${net.card.title})`);
          for (const { index, label, probability } of classes) console.log(`  ${(100 * probability).toFixed(1).padStart(5)} %  ${label} (${index})`);
        }
      } catch (error) {
        failed++;
        const why = error instanceof Error ? error.message : String(error);
        if (json) console.log(JSON.stringify({ file, error: why }));
        console.error(`error: ${file}: ${why}`);
      }
    }
  } finally {
    net.dispose();
  }
  return failed ? 1 : 0;
}

/** What `load` takes: ResNet-50 where it is there or agreed to, else the small net inside the package. */
async function chosen(model: string | undefined, yes: boolean): Promise<string | URL> {
  if (model !== undefined && model !== 'resnet50') return model;
  const there = await kept();
  if (there) return there;
  if (yes || (await agreed())) return fetchResnet50();
  if (model === 'resnet50') throw new Error(`ResNet-50 has not been fetched: --yes fetches it (${RESNET50_MB} MB, once)`);
  console.error('ResNet-20 knows ten classes (CIFAR-10). With --yes ResNet-50 is fetched, which knows the thousand of ImageNet.');
  return 'resnet20';
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(
      (await ask.question(`Fetch ResNet-50 for ImageNet's thousand classes from the npm registry (${RESNET50_MB} MB, once)? [y/N] `)).trim(),
    );
  } finally {
    ask.close();
  }
}
