export { cos, exp, log, pow, sin } from './math';
export { displacement2, extent, fillNeighbors, pairReverse, placeSites, updateSites, updateTypes, wrapAtoms } from './neighbors';
export { clearLocals, gatherPairs, heapBase, reduceTotals, scatterLocals } from './gather';
export { eamDensity, eamForce } from './potentials/eam';
export { finnisSinclairDensity, finnisSinclairForce } from './potentials/finnis-sinclair';
export { einsteinForce, hessianForce } from './potentials/harmonic';
export { ljForce } from './potentials/lj';
export { zblForce } from './potentials/zbl';
export { snap, snapDescriptors, snapQuadratic } from './potentials/snap';
