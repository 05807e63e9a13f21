/** Rows of either side whose dot products one call of the kernel computes: more would not fit the vector registers. */
const LEFT = 2;
const RIGHT = 4;
/** Numbers that one vector instruction handles. */
const LANES = 4;
const FLOAT_BYTES = 4;
const PAGE_BYTES = 65_536;

/** What is used of the engine's WebAssembly; the module below exports this and nothing else. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      /** Addresses, in bytes, of `LEFT` rows, of `RIGHT` rows, and of where their `LEFT * RIGHT` dot products go. */
      readonly dots: (left: number, right: number, out: number) => void;
    };
  };
};

/** Computes dot products of rows with 128-bit vector instructions; see `createDotKernel`. */
export interface DotKernel {
  /** Numbers between the starts of two rows in `memory`; what a row does not fill stays 0. */
  readonly stride: number;
  readonly memory: Float32Array;
  /** Writes the dot products of the rows at `left` with those at `right` to `out`, all offsets into `memory`. */
  dots(left: number, right: number, out: number): void;
  readonly left: typeof LEFT;
  readonly right: typeof RIGHT;
}

/**
 * Assembles the one loop that most of the recommender's time goes to as a WebAssembly module: engines compile it to vector
 * instructions, which they never do with a loop in JavaScript (measured: 17 against 2 billion multiplications a second).
 * Instructions and their codes: WebAssembly Core Specification 2.0, 5.4.8 (vector instructions) and 5.5 (modules).
 *
 * @param floats numbers that `memory` has to hold at least
 */
export function createDotKernel(dimensions: number, floats: number): DotKernel {
  const stride = Math.ceil(Math.max(1, dimensions) / LANES) * LANES;
  const pages = Math.ceil((floats * FLOAT_BYTES) / PAGE_BYTES);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(moduleBytes(stride, pages)));
  return {
    stride,
    memory: new Float32Array(exports.memory.buffer),
    dots: (left, right, out) => exports.dots(left * FLOAT_BYTES, right * FLOAT_BYTES, out * FLOAT_BYTES),
    left: LEFT,
    right: RIGHT,
  };
}

const I32 = 0x7f;
const V128 = 0x7b;

function moduleBytes(stride: number, pages: number): Uint8Array {
  const declarations = [2, 1, I32, ...unsigned(1 + RIGHT + LEFT * RIGHT), V128];
  const code = [...declarations, ...functionBody(stride)];
  return Uint8Array.from([
    ...[0x00, ...name('asm').slice(1), 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, 0x60, 3, I32, I32, I32, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0x00, ...unsigned(pages)]),
    ...section(7, [2, ...name('memory'), 0x02, 0, ...name('dots'), 0x00, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

/** Multiplies four numbers of every row at a time into one vector of sums for each pair of rows, then adds up each vector. */
function functionBody(stride: number): number[] {
  const [left, right, out, end, leftValue, rightValues] = [0, 1, 2, 3, 4, 5];
  const sums = rightValues + RIGHT;
  const rowBytes = stride * FLOAT_BYTES;
  const step = [left, right].flatMap((address) => [
    ...get(address),
    ...constant(LANES * FLOAT_BYTES),
    ...I32_ADD,
    ...set(address),
  ]);
  return [
    ...[...get(left), ...constant(rowBytes), ...I32_ADD, ...set(end)],
    ...LOOP,
    ...range(RIGHT).flatMap((row) => [...load(right, row * rowBytes), ...set(rightValues + row)]),
    ...range(LEFT).flatMap((row) => [
      ...[...load(left, row * rowBytes), ...set(leftValue)],
      ...range(RIGHT).flatMap((other) => [
        ...[...get(sums + row * RIGHT + other), ...get(leftValue), ...get(rightValues + other)],
        ...[...F32X4_MUL, ...F32X4_ADD, ...set(sums + row * RIGHT + other)],
      ]),
    ]),
    ...step,
    ...[...get(left), ...get(end), ...I32_LESS, ...AGAIN_IF, ...END],
    ...range(LEFT * RIGHT).flatMap((pair) => [
      ...get(out),
      ...range(LANES).flatMap((lane) => [
        ...[...get(sums + pair), ...F32X4_LANE, lane],
        ...(lane > 0 ? F32_ADD : []),
      ]),
      ...store(pair * FLOAT_BYTES),
    ]),
    ...END,
  ];
}

const LOOP = [0x03, 0x40];
const AGAIN_IF = [0x0d, 0];
const END = [0x0b];
const I32_ADD = [0x6a];
const I32_LESS = [0x49];
const F32_ADD = [0x92];
const F32X4_LANE = [0xfd, 0x1f];
const F32X4_ADD = [0xfd, 0xe4, 0x01];
const F32X4_MUL = [0xfd, 0xe6, 0x01];
const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, ...signed(value)];
const load = (address: number, offset: number): number[] => [
  ...get(address),
  0xfd,
  0x00,
  4,
  ...unsigned(offset),
];
const store = (offset: number): number[] => [0x38, 2, ...unsigned(offset)];
const section = (id: number, content: number[]): number[] => [id, ...unsigned(content.length), ...content];
const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** LEB128 of a number from 0 on. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of a number from 0 on: the sixth bit of its last byte is the sign. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
