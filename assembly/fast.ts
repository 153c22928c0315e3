/** The fast target's module: all kernels with fused multiply-adds (fma.ts), and those in f32. */
export * from './index';
export { so4LinearSingle } from './potentials/so4-single';
