/**
 * The only loads and stores. Arrays are bare pointers; index i counts elements.
 * The debug target keeps the asserts: every access must lie inside memory and be aligned.
 */

// @ts-ignore: decorator
@inline
function check(address: usize, bytes: usize): void {
  // Without the guard the release target would still compute the condition, at every access.
  if (!ASC_NO_ASSERT) assert(address != 0 && address % bytes == 0 && u64(address) + bytes <= u64(memory.size()) << 16);
}

/** For code with constant offsets of its own: before it touches any of `bytes` bytes of vectors, or of smaller numbers. */
// @ts-ignore: decorator
@inline
export function checkRange(address: usize, bytes: usize): void {
  if (!ASC_NO_ASSERT) assert(address % 16 == 0);
  checkNumbers(address, bytes);
}

// @ts-ignore: decorator
@inline
export function checkNumbers(address: usize, bytes: usize): void {
  if (!ASC_NO_ASSERT) assert(address != 0 && u64(address) + bytes <= u64(memory.size()) << 16);
}

// @ts-ignore: decorator
@inline
export function getF64(array: usize, i: i32): f64 {
  const at = array + ((<usize>i) << 3);
  check(at, 8);
  return load<f64>(at);
}

// @ts-ignore: decorator
@inline
export function setF64(array: usize, i: i32, value: f64): void {
  const at = array + ((<usize>i) << 3);
  check(at, 8);
  store<f64>(at, value);
}

// @ts-ignore: decorator
@inline
export function addF64(array: usize, i: i32, value: f64): void {
  const at = array + ((<usize>i) << 3);
  check(at, 8);
  store<f64>(at, load<f64>(at) + value);
}

// @ts-ignore: decorator
@inline
export function getI32(array: usize, i: i32): i32 {
  const at = array + ((<usize>i) << 2);
  check(at, 4);
  return load<i32>(at);
}

// @ts-ignore: decorator
@inline
export function setI32(array: usize, i: i32, value: i32): void {
  const at = array + ((<usize>i) << 2);
  check(at, 4);
  store<i32>(at, value);
}

/** Element i counts 16 bytes. */
// @ts-ignore: decorator
@inline
export function getV128(array: usize, i: i32): v128 {
  const at = array + ((<usize>i) << 4);
  check(at, 16);
  return v128.load(at);
}

// @ts-ignore: decorator
@inline
export function setV128(array: usize, i: i32, value: v128): void {
  const at = array + ((<usize>i) << 4);
  check(at, 16);
  v128.store(at, value);
}

/** The f64 at index i in both lanes. */
// @ts-ignore: decorator
@inline
export function getSplat(array: usize, i: i32): v128 {
  const at = array + ((<usize>i) << 3);
  check(at, 8);
  return v128.load64_splat(at);
}

/** The two f64 at indices i and i + 1, at any multiple of 8 bytes. */
// @ts-ignore: decorator
@inline
export function getPair(array: usize, i: i32): v128 {
  const at = array + ((<usize>i) << 3);
  check(at, 8);
  return v128.load(at);
}

// @ts-ignore: decorator
@inline
export function setPair(array: usize, i: i32, value: v128): void {
  const at = array + ((<usize>i) << 3);
  check(at, 8);
  v128.store(at, value);
}

/** The f64 at index i of two arrays, one in each lane. */
// @ts-ignore: decorator
@inline
export function getBoth(first: usize, second: usize, i: i32): v128 {
  const at = first + ((<usize>i) << 3);
  const other = second + ((<usize>i) << 3);
  check(at, 8);
  check(other, 8);
  return v128.load64_lane(other, v128.load64_zero(at), 1);
}

/** 32 bytes: a site's or a force's (x, y) and (z, fourth number). Fields are loads at fixed offsets from one address. */
// @ts-ignore: decorator
@unmanaged
export class Four {
  xy: v128;
  zw: v128;
}

/** Element i counts 32 bytes. */
// @ts-ignore: decorator
@inline
export function fourAt(array: usize, i: i32): Four {
  const at = array + ((<usize>i) << 5);
  check(at, 16);
  check(at + 16, 16);
  return changetype<Four>(at);
}

/** 64 bytes, one cache line: eight f64. */
// @ts-ignore: decorator
@unmanaged
export class Line {
  a: v128;
  b: v128;
  c: v128;
  d: v128;
}

/** Element i counts 64 bytes. */
// @ts-ignore: decorator
@inline
export function lineAt(array: usize, i: i32): Line {
  const at = array + ((<usize>i) << 6);
  check(at, 16);
  check(at + 48, 16);
  return changetype<Line>(at);
}

/** Two i32. */
// @ts-ignore: decorator
@unmanaged
export class TwoI32 {
  first: i32;
  second: i32;
}

/** Element i counts 8 bytes. */
// @ts-ignore: decorator
@inline
export function twoI32At(array: usize, i: i32): TwoI32 {
  const at = array + ((<usize>i) << 3);
  check(at, 8);
  return changetype<TwoI32>(at);
}
