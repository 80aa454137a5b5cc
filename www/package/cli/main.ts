#!/usr/bin/env node
/** `npx skipscope`: the page, served from the package; `npx skipscope classify`: pictures, in the terminal. */
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { classify } from './classify';
import { serve } from './serve';
import { Usage } from './usage';

const HELP = `skipscope [--port N]               serves the page on http://localhost:8080, or the next free port
skipscope classify IMAGE...        names what pictures show: JPEG, PNG, WebP, GIF (the first frame) or BMP

  --port N         this port, and no other
  --model MODEL    classify: a model file (.gguf), or resnet20, resnet50; else resnet50 where it has been fetched, else resnet20
  --top K          classify: how many classes are named (5)
  --json           classify: a JSON object a line for each picture
  --yes            fetch ResNet-50 (95 MB, once) without asking
  --help, --version`;

const options = {
  port: { type: 'string' },
  model: { type: 'string' },
  top: { type: 'string' },
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  help: { type: 'boolean' },
  version: { type: 'boolean' },
} satisfies ParseArgsConfig['options'];

async function run(): Promise<number> {
  let parsed;
  try {
    parsed = parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new Usage((error as Error).message);
  }
  const { values, positionals } = parsed;
  const [command, ...rest] = positionals;
  if (values.help) return say(HELP);
  if (values.version) return say(__VERSION__);
  if (command === 'classify') return classify(rest, values);
  if (command === undefined || command === 'serve') {
    await serve(values);
    return 0;
  }
  throw new Usage(`there is no command “${command}”`);
}

function say(text: string): number {
  console.log(text);
  return 0;
}

run().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(`skipscope: ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof Usage) console.error(`\n${HELP}`);
    process.exitCode = error instanceof Usage ? 2 : 1;
  },
);
