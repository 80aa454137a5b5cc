// Disassembles built engines and checks that the micro-kernel's loop is as src/kernels/micro_kernel.rs writes it:
//     node pkg-scripts/check-inner-loop.mjs relaxed=target/wasm/relaxed.wasm [simd128=...]
// of files that still have their functions' names: other kernels have loops that look alike, and are none of its business.
// Per step: for every row one splat with its two products right behind it (the first row loads the two vectors of weights),
// then the pointers. Where halves of a panel read inputs of their own (grouped.rs), a splat for each product.
// Without the llvm-args of .cargo/config.toml LLVM moves the loads ahead, the browser runs out of registers, and everything
// still gives the right result, at half the speed.
import { readFileSync } from 'node:fs';

/** Rows of the largest tile, and the instructions of a product (lanes.rs). */
const FUSED = { rows: 6, product: ['f32x4.relaxed_madd'] };
const APART = { rows: 5, product: ['f32x4.mul', 'f32x4.add'] };
const FLAVOURS = { relaxed: FUSED, threads: FUSED, simd128: APART, 'threads-simd128': APART };
const NAMES = {
  0x20: 'local.get',
  0x21: 'local.set',
  0x22: 'local.tee',
  0x41: 'i32.const',
  0x6a: 'i32.add',
  0x6b: 'i32.sub',
  0x74: 'i32.shl',
  0x0d: 'br_if',
  0x45: 'i32.eqz',
};
const SIMD = { 0: 'v128.load', 9: 'v128.load32_splat', 11: 'v128.store', 0xe4: 'f32x4.add', 0xe6: 'f32x4.mul', 0x105: 'f32x4.relaxed_madd' };

/** What holds the micro-kernel: its own functions, and the matrix product's, which it is inlined into. */
const HOLDS_IT = /kernels\d+(micro_kernel|gemm|grouped)/;

/** The innermost loops of every function: [{ function, code: [instruction names] }]. Functions that are imported come first. */
function innermostLoops(bytes) {
  let at = 8; // magic and version
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  const many = (n) => () => {
    for (let i = 0; i < n; i++) leb();
  };
  const skip = (n) => () => {
    at += n;
  };
  const memory = () => {
    if (leb() & 64) leb();
    leb();
  };
  const vector = () => many(leb())();
  const nothing = () => {};

  /** Passes over an instruction's immediates; returns its name, a number where it is none of interest. */
  function instruction() {
    const op = bytes[at++];
    if (op === 0xfd) {
      const sub = leb();
      if (sub <= 11 || sub === 0x5c || sub === 0x5d) memory();
      else if (sub === 12 || sub === 13) at += 16;
      else if (sub >= 0x15 && sub <= 0x22) at += 1;
      else if (sub >= 0x54 && sub <= 0x5b) {
        memory();
        at += 1;
      }
      return SIMD[sub] ?? `simd ${sub}`;
    }
    if (op === 0xfe) {
      if (leb() === 3) at += 1;
      else memory();
    } else if (op === 0xfc) {
      const sub = leb();
      many([8, 10, 12, 14].includes(sub) ? 2 : sub > 8 ? 1 : 0)();
    } else if (op >= 0x28 && op <= 0x3e) memory();
    else
      (
        ({
          0x02: many(1),
          0x03: many(1),
          0x04: many(1),
          0x0c: many(1),
          0x0d: many(1),
          0x0e: () => (vector(), leb()),
          0x10: many(1),
          0x11: many(2),
          0x12: many(1),
          0x13: many(2),
          0x1c: vector,
          0x3f: many(1),
          0x40: many(1),
          0x41: many(1),
          0x42: many(1),
          0x43: skip(4),
          0x44: skip(8),
          0xd0: many(1),
          0xd2: many(1),
        })[op] ??
        (op >= 0x20 && op <= 0x26
          ? many(1)
          : op <= 0x1b || (op >= 0x45 && op <= 0xc4) || op === 0xd1
            ? nothing
            : () => {
                throw new Error(`unknown instruction 0x${op.toString(16)} at ${at}`);
              })
      )();
    return NAMES[op] ?? op;
  }

  const text = () => {
    const from = leb() + at;
    const start = at;
    at = from;
    return bytes.toString('utf8', start, from);
  };

  const loops = [];
  const names = new Map();
  let imported = 0;
  while (at < bytes.length) {
    const id = bytes[at++];
    const end = leb() + at;
    if (id === 2) {
      for (let n = leb(); n > 0; n--) {
        text();
        text();
        const kind = bytes[at++];
        const limits = () => many(bytes[at++] & 1 ? 2 : 1)();
        [
          () => {
            imported++;
            leb();
          },
          () => {
            at++;
            limits();
          },
          limits,
          () => {
            at += 2;
          },
        ][kind]();
      }
    } else if (id === 0 && text() === 'name') {
      while (at < end) {
        const part = bytes[at++];
        const next = leb() + at;
        if (part === 1)
          for (let n = leb(); n > 0; n--) {
            const index = leb();
            names.set(index, text());
          }
        at = next;
      }
    }
    if (id !== 10) {
      at = end;
      continue;
    }
    for (let index = 0, count = leb(); index < count; index++) {
      const last = leb() + at;
      for (let n = leb(); n > 0; n--) {
        leb();
        at++;
      } // locals: how many, of which type
      const open = []; // per block: the code of a loop, null of any other
      while (at < last) {
        const name = instruction();
        const loop = open.findLast((code) => code);
        if (name === 0x02 || name === 0x04) open.push(null);
        else if (name === 0x03) {
          if (loop) loop.inner = true;
          open.push([]);
        } else if (name === 0x0b) {
          const closed = open.pop();
          if (closed && !closed.inner) loops.push({ function: index, code: closed });
        } else loop?.push(name);
      }
    }
    at = end;
  }
  return loops.map((loop) => ({ ...loop, function: names.get(imported + loop.function) ?? '?' }));
}

function check(flavour, path) {
  const { rows, product } = FLAVOURS[flavour];
  const splat = 'v128.load32_splat';
  const problems = [];
  const intact = Array(rows + 1).fill(0);
  const inHalves = Array(rows + 1).fill(0);
  for (const { function: index, code } of innermostLoops(readFileSync(path))) {
    if (!HOLDS_IT.test(index)) continue;
    const count = (name) => code.filter((other) => other === name).length;
    const halves = count(splat) === count(product[0]); // a splat for each product
    const n = halves ? count(splat) / 2 : count(splat);
    if (n === 0 || count('v128.load') !== 2 || !product.every((name) => count(name) === 2 * n)) continue; // another loop
    const vectors = code.filter((name) => /^(simd|v128|f32x4)/.test(name));
    const weights = vectors.lastIndexOf('v128.load'); // may stand where the first row needs them
    const rest = vectors.filter((name) => name !== 'v128.load').join(' ');
    const step = [splat, ...product, ...(halves ? [splat] : []), ...product].join(' ');
    const early = vectors.slice(0, weights).filter((name) => name === splat).length <= (halves ? 2 : 1);
    const pointers = code.filter((name) => /^i32.(add|sub|shl|mul)/.test(name)).length; // of the rows, the weights, the count
    if (rest === Array(n).fill(step).join(' ') && early && (halves || pointers === n + 2)) (halves ? inHalves : intact)[n]++;
    else problems.push(`${n} rows, function ${index}, ${pointers} sums of pointers: ${vectors.map((name) => name.split('.').pop()).join(' ')}`);
  }
  // Once in the matrix product, once in Winograd's.
  if (!(intact[rows] >= 2)) problems.push(`${intact[rows] ?? 0} intact loops of ${rows} rows, 2 are needed`);
  if (inHalves[rows] !== 1) problems.push(`${inHalves[rows]} intact loops of ${rows} rows in halves, 1 is needed`);
  console.log(`${flavour}: intact loops of 1 to ${rows} rows: ${intact.slice(1).join(' ')}${problems.map((problem) => `\n   broken: ${problem}`).join('')}`);
  return problems.length === 0;
}

const results = process.argv.slice(2).map((argument) => check(...argument.split('=')));
process.exit(results.length > 0 && results.every(Boolean) ? 0 : 1);
