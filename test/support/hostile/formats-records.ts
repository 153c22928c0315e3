/** What fits learn from and what runs and campaigns write down about themselves, as formats of hostile files. */
import { parseConfig } from '../../../src/campaign/config.ts';
import type { Json } from '../../../src/data/atoms.ts';
import { basisSize } from '../../../src/fit/basis.ts';
import { fitSchema } from '../../../src/fit/config.ts';
import { basisOf, parseDescriptor } from '../../../src/fit/descriptor-config.ts';
import { sampleOf } from '../../../src/fit/samples.ts';
import { formatUncertainty, type Uncertainty } from '../../../src/fit/uncertainty.ts';
import { parseFitsnap } from '../../../src/io/fitsnap.ts';
import { parseStructures } from '../../../src/io/structure.ts';
import { readClaims } from '../../../src/node/campaign-claim.ts';
import { createCampaign, readCampaign } from '../../../src/node/campaign-create.ts';
import { formatRecord, mergeLog, recordOf } from '../../../src/node/campaign-log.ts';
import { openStore, readJob } from '../../../src/node/campaign-store.ts';
import { uncertaintyFrom } from '../../../src/node/fit-limits.ts';
import { openRun } from '../../../src/node/run-folder.ts';
import { type MemoryDisk, memoryDisk } from '../memory-disk.ts';
import type { TextFormat } from './formats.ts';

const LABELS = [
  '2\nLattice="2.8665 0 0 0 2.8665 0 0 0 2.8665" Properties=species:S:1:pos:R:3:forces:R:3 energy=-8.02 stress="1e-3 0 0 0 2e-3 0 0 0 1e-3" config_type=bcc\nFe 0 0 0 0.1 0 0\nFe 1.43325 1.43325 1.43325 -0.1 0 0\n',
  '1\nLattice="3 0 0 0 3 0 0 0 3" Properties=species:S:1:pos:R:3:dft_force:R:3 dft_energy=-8 virial="1 0 0 0 2 0 0 0 1"\nW 1 2 3 0 0 0\n',
];

const configuration = {
  Positions: [
    [0, 0, 0],
    [1.6, 1.6, 1.6],
  ],
  AtomTypes: ['W', 'Be'],
  NumAtoms: 2,
  Lattice: [
    [3.2, 0, 0],
    [0, 3.2, 0],
    [0, 0.1, 3.2],
  ],
  Energy: -12.5,
  Forces: [
    [0.1, 0, 0],
    [-0.1, 0, 1e-3],
  ],
  Stress: [
    [1000, 1, 0],
    [1, 2000, 0],
    [0, 0, 3000],
  ],
};
const styles = {
  EnergyStyle: 'electronvolt',
  ForcesStyle: 'electronvoltperangstrom',
  StressStyle: 'bar',
  LatticeStyle: 'angstrom',
  PositionsStyle: 'angstrom',
};
const FITSNAP = [
  `# made by hand\n${JSON.stringify({ Dataset: { ...styles, Data: [configuration] } }, null, 1)}`,
  JSON.stringify({ Dataset: { Data: [configuration, configuration], Label: 'two' } }),
];

const FIT = [
  'data: [a.xyz, b]\ndescriptor: {kind: snap, twojmax: 8, rcut: 4.7 A}\nreference: zbl inner=4A outer=4.8A\nweights: {energy: 100, force: 1, stress: 1e-8 /bar}\ngroups:\n  bcc: {energy: 3}\nridge: gcv\ntest: 0.1\nseed: 3\nname: Ta\n',
  'data: x.xyz\ndescriptor: snap rcut=4.7A twojmax=6\nkeys: &k {energy: E0, forces: F}\nridge: 1e-8\nard: false\n',
];

const put = (disk: MemoryDisk, path: string, text: string | Uint8Array) => {
  const descriptor = disk.open(path, 'wx');
  disk.write(descriptor, typeof text === 'string' ? new TextEncoder().encode(text) : text);
  disk.close(descriptor);
};

const spec = { out: '/r', command: 'md', input: { steps: 6, files: { 'a.xyz': 'abc' } }, versions: { frenkel: '0' } };
const runRecord = (finished: boolean): string => {
  const disk = memoryDisk();
  const run = openRun({ ...spec, kernelHash: 'k', disk });
  if (finished) run.finish({ energy: -8.02, steps: 6 });
  run.close();
  return new TextDecoder().decode(disk.readFile('/r/run.json'));
};

const campaign = { kind: 'count', config: { jobs: 2 } as Json, resources: {}, source: 'campaign: count\n' };
const begun = (): MemoryDisk => {
  const disk = memoryDisk();
  createCampaign('/c', campaign as never, { disk, kernelHash: 'k' });
  return disk;
};
const campaignRecord = (disk: MemoryDisk) => {
  const found = readCampaign('/c', disk);
  if (found === undefined) throw new Error('no campaign');
  return found;
};

const JOB = '{"id":"count-0","input":{"k":1,"x":[0.5,2]},"needs":["a","b"],"task":"count"}\n';
const CLAIM = [
  '{"owner":{"pid":17,"host":"a","boot":"b","start":"5"},"from":3,"token":"x"}\n',
  '{"how":"crash","message":"its thread ended with code 3"}\n',
];
const LOG = [0, 1, 2]
  .map((k) => new TextDecoder().decode(formatRecord(k, { slice: k, x: [0.5 * k, -1e-300] })))
  .join('');

/** What two fits would have kept, of a bispectrum and of another descriptor. */
const uncertaintyText = (descriptor: string): string => {
  const size = basisSize(basisOf(parseDescriptor(descriptor), [74]));
  const numbers = (n: number) => Float64Array.from({ length: n }, (_, k) => ((k * 7919) % 13) / 13 - 0.4);
  const environments = {
    number: 74,
    count: 431,
    mean: numbers(size),
    whiten: numbers(size * size),
    farthest: 5.25,
    quantiles: [{ share: 0.5, distance: 2.25 }],
  };
  const uncertainty = { noise: 0.03, root: numbers(2 * (1 + size)), environments: [environments] };
  return formatUncertainty(uncertainty as unknown as Uncertainty, parseDescriptor(descriptor), false);
};
const UNCERTAINTY = [uncertaintyText('snap rcut=4.7A twojmax=2'), uncertaintyText('g2 rcut=5A neta=3 nrs=2')];

/** Refused where they are damaged. */
export const recordFormats: TextFormat[] = [
  {
    name: 'labels',
    seeds: LABELS,
    read: (text, file) =>
      parseStructures(text, { file, format: 'extxyz' }).map((atoms, k) => sampleOf(atoms, `${file}, frame ${k}`, 'g')),
  },
  {
    name: 'FitSNAP',
    seeds: FITSNAP,
    read: (text, file) => parseFitsnap(text, { file }).map((atoms) => sampleOf(atoms, file, 'g')),
  },
  { name: 'fit.yaml', seeds: FIT, read: (text, file) => parseConfig(text, file, fitSchema) },
  {
    name: 'uncertainty.json',
    seeds: UNCERTAINTY,
    read: (text, file) => uncertaintyFrom(text, file),
  },
  {
    name: 'run.json',
    seeds: [runRecord(true), runRecord(false)],
    read(text, file) {
      const disk = memoryDisk();
      const out = `/${file}`;
      disk.makeFolder(out);
      put(disk, `${out}/run.json`, text);
      const run = openRun({ ...spec, out, kernelHash: 'k', disk });
      run.close();
      return { status: run.status, result: run.result, messages: run.messages };
    },
  },
  {
    name: 'campaign.json',
    seeds: [new TextDecoder().decode(begun().readFile('/c/campaign.json'))],
    read(text, file) {
      const disk = memoryDisk();
      disk.makeFolder(`/${file}`);
      put(disk, `/${file}/campaign.json`, text);
      return readCampaign(`/${file}`, disk);
    },
  },
  {
    name: 'job.json',
    seeds: [JOB],
    read(text, file) {
      const disk = begun();
      const folder = `/${file}/jobs/count-0`;
      disk.makeFolder(folder);
      put(disk, `${folder}/job.json`, text);
      const store = openStore(`/${file}`, campaignRecord(disk), { disk });
      const job = readJob(store, 'count-0');
      return { job, key: store.jobKey(job) };
    },
  },
];

/** What is left of them serves, whatever happened to them: a log to its first damage, a claim without its owner. */
export const tolerantFormats: TextFormat[] = [
  {
    name: 'campaign log',
    seeds: [LOG],
    read(text, file) {
      const lines: Uint8Array[] = [];
      mergeLog(lines, new TextEncoder().encode(text), file);
      return lines.map(recordOf);
    },
  },
  {
    name: 'claim',
    seeds: CLAIM,
    read(text) {
      const disk = memoryDisk();
      disk.makeFolder('/j');
      put(disk, '/j/claim.1', text);
      put(disk, '/j/claim.1.end', text);
      return readClaims('/j', ['claim.1', 'claim.1.end'], disk);
    },
  },
];
