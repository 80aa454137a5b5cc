/** The engine's own binary with a fault built in, so that what follows a trap can be tried without a way in for it in the engine. */

class Reader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    return this.bytes[this.at++]!;
  }

  integer(): number {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  take(length: number): Buffer {
    return this.bytes.subarray(this.at, (this.at += length));
  }

  text(): string {
    return this.take(this.integer()).toString();
  }
}

function leb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...leb(Math.floor(value / 128))];
}

function signed(value: number): number[] {
  const byte = value & 127;
  const rest = value >> 7;
  return (rest === 0 && !(byte & 64)) || (rest === -1 && byte & 64) ? [byte] : [byte | 128, ...signed(rest)];
}

const CODE = 10;

interface Section {
  id: number;
  bytes: Buffer;
}

function sectionsOf(wasm: Buffer): Section[] {
  const reader = new Reader(wasm, 8);
  const sections: Section[] = [];
  while (reader.at < wasm.length) sections.push({ id: reader.byte(), bytes: reader.take(reader.integer()) });
  return sections;
}

/** Rewrites functions, which are counted without the imported ones. */
function rewrite(wasm: Buffer, sections: Section[], change: (body: Buffer, index: number) => Buffer): Buffer {
  const written = sections.map(({ id, bytes }) => {
    if (id !== CODE) return Buffer.concat([Buffer.from([id, ...leb(bytes.length)]), bytes]);
    const reader = new Reader(bytes);
    const count = reader.integer();
    const bodies = Array.from({ length: count }, (_, index) => {
      const body = change(reader.take(reader.integer()), index);
      return Buffer.concat([Buffer.from(leb(body.length)), body]);
    });
    const content = Buffer.concat([Buffer.from(leb(count)), ...bodies]);
    return Buffer.concat([Buffer.from([id, ...leb(content.length)]), content]);
  });
  return Buffer.concat([wasm.subarray(0, 8), ...written]);
}

function importedFunctions(sections: Section[]): number {
  const reader = new Reader(sections.find(({ id }) => id === 2)!.bytes);
  let functions = 0;
  const limits = () => {
    const flags = reader.integer();
    reader.integer();
    if (flags & 1) reader.integer();
  };
  for (let left = reader.integer(); left > 0; left--) {
    reader.text();
    reader.text();
    const kind = reader.byte();
    if (kind === 0) reader.integer();
    if (kind === 0) functions++;
    if (kind === 1) reader.byte();
    if (kind === 1 || kind === 2) limits();
    if (kind === 3) reader.take(2);
    if (kind === 4) {
      reader.byte();
      reader.integer();
    }
  }
  return functions;
}

/** An exported function that traps at its first instruction. */
export function trapIn(wasm: Buffer, exported: string): Buffer {
  const sections = sectionsOf(wasm);
  const reader = new Reader(sections.find(({ id }) => id === 7)!.bytes);
  let target = -1;
  for (let left = reader.integer(); left > 0; left--) {
    const name = reader.text();
    const kind = reader.byte();
    const index = reader.integer();
    if (kind === 0 && name === exported) target = index - importedFunctions(sections);
  }
  if (target < 0) throw new Error(`nothing exported is called ${exported}`);
  return rewrite(wasm, sections, (body, index) => (index === target ? Buffer.from([0, 0x00, 0x0b]) : body)); // no locals, unreachable, end
}

/** A word of memory that nothing uses: below the stack, which grows down to address 0 and never gets there. */
export const COMMAND = 16;

/**
 * Every function of a helper traps as soon as `COMMAND` is not 0. Threads are told apart by their stacks: the first one's lies at
 * the bottom of memory, the helpers' are taken from the heap.
 */
export function trapInHelpers(wasm: Buffer): Buffer {
  const FIRST_STACK = 1 << 20; // rustc's
  const check = Buffer.from([
    ...[0x41, COMMAND, 0x28, 2, 0], // i32.load (COMMAND)
    ...[0x04, 0x40, 0x23, 0, 0x41, ...signed(FIRST_STACK), 0x4b], // if stack pointer > FIRST_STACK
    ...[0x04, 0x40, 0x00, 0x0b, 0x0b], // unreachable
  ]);
  return rewrite(wasm, sectionsOf(wasm), (body) => {
    const reader = new Reader(body);
    for (let left = reader.integer(); left > 0; left--) {
      reader.integer(); // so many locals
      reader.byte(); // of this type
    }
    return Buffer.concat([body.subarray(0, reader.at), check, body.subarray(reader.at)]);
  });
}
