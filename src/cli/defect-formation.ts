/** frenkel defect formation: formation and binding energies, elastic dipoles, relaxation volumes. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Bulk, type DefectOptions, defectEnergy, measureBulk } from '../analysis/defect-energy.ts';
import { bindingEnergy } from '../analysis/formation.ts';
import type { Atoms } from '../data/atoms.ts';
import { parseElement } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { defectShape } from '../data/point-defects.ts';
import type { Potential } from '../data/potential.ts';
import type { CubicLattice } from '../data/vacancy-clusters.ts';
import type { Engine } from '../engine/engine.ts';
import { kernelHash } from '../generated/kernels.ts';
import { memoryLimit } from '../node/memory.ts';
import { fingerprint } from '../node/run.ts';
import { createEngine } from '../node/threads.ts';
import { defectList } from './build-defects.ts';
import {
  type Crystal,
  chemicalPotentials,
  crystalStart,
  type Entry,
  fileEntry,
  isName,
  namedEntry,
  readAll,
  relaxCrystal,
} from './defect-entries.ts';
import { entryKey, openStore, type Store, type StoredEnergy } from './defect-store.ts';
import { type BulkReport, changed, type Row, reportOf, saveTable, summaryOf, warningsOf } from './defect-table.ts';
import { EXIT, Exit } from './exit.ts';
import { integer, jsonFlag, potentialFlags, quantity } from './flags.ts';
import { type PotentialFlags, readPotential, readStructure } from './input.ts';
import { print } from './output.ts';
import { createProgress } from './progress.ts';

interface Flags extends PotentialFlags {
  types?: string[];
  threads?: number;
  skin?: number;
  bulk?: string;
  element?: string;
  lattice?: CubicLattice;
  a?: number;
  size?: number;
  sizes?: number[];
  single?: string;
  reservoir?: string[];
  mu?: string[];
  relax: boolean;
  cell?: boolean;
  check?: boolean;
  fmax: number;
  steps: number;
  out: string;
  force?: boolean;
  json?: boolean;
}

/** Conventional cells each way where none are given. */
const USUAL = 5;

const collect = (value: string, before: string[] | undefined) => [...(before ?? []), value];

export function formationCommand(): Command {
  const command = new Command('formation')
    .description('formation and binding energy, elastic dipole, relaxation volume')
    .argument('<defects...>', 'structures in any known format with --bulk, or names with --element');
  potentialFlags(command)
    .option('--bulk <file>', 'the perfect crystal that files belong to: the same cell, or one that it is made of')
    .option('-e, --element <symbol>', 'of named defects')
    .addOption(
      new Option('--lattice <kind>', 'of named defects (default: that of the element)').choices(['bcc', 'fcc']),
    )
    .addOption(quantity('-a, --a <length>', 'where the relaxation of the lattice constant starts', 'length', 'A'))
    .addOption(integer('--size <n>', `conventional cells each way of named defects (default: ${USUAL})`, 2))
    .addOption(new Option('--sizes <list>', 'several sizes, and what they tend to: 3,4,5,6').argParser(parseSizes))
    .option('--single <defect>', 'of which binding energies count n: a name, or a file with its own energy')
    .addOption(new Option('--reservoir <file>', 'an element: its energy per atom; repeatable').argParser(collect))
    .addOption(new Option('--mu <element=energy>', "a chemical potential: 'He=-0.1 eV'; repeatable").argParser(collect))
    .option('--no-relax', 'take the positions as they are')
    .option('--cell', 'relax the cell also: relaxation volume by itself, energy at zero stress')
    .option('--check', 'lowest eigenvalue of the Hessian: says whether a symmetric start ended on a saddle')
    .addOption(quantity('--fmax <force>', 'stop when no atom feels more', 'force', 'eV/A', '1e-4 eV/A'))
    .addOption(integer('--steps <n>', 'most steps of a relaxation', 0, 2000))
    .option('--out <dir>', 'folder of the results', 'runs/defects')
    .option('--force', 'compute again what is in it')
    .addOption(jsonFlag())
    .addHelpText(
      'after',
      `
Named defects are put into the crystal relaxed to zero stress, and relaxed in its cell:
${defectList()}
E_f = E − Σ N μ with μ of the bulk; binding = n E_f(single) − E_f, positive where the parts attract each other; single is
the vacancy, or the ⟨110⟩ (bcc) or ⟨100⟩ (fcc) dumbbell. The dipole P (eV) is the residual stress times −V; the relaxation
volume (in atoms of the bulk) follows from it and the elastic constants, and with --cell also from the relaxed cell.
What a defect turned into is said on stderr and below the table. Results are kept in the folder: entries that are there are not computed again.
--json prints for one defect {"name","size","atoms","sites","energy","unrelaxed","binding","single","relaxationVolume",
"dipole","relaxationVolumeByCell","energyAtZeroStress","lowestEigenvalue" (eV/Å²),"converged","fmax","steps","moved","kept","became","wignerSeitz",
"bulk":{"a","energy" (eV/atom),"volume" (Å^3/atom),"modulus" (GPa)}}, for several {"bulk","defects":[…],"limits":[{"name",
"energy","relaxationVolume","spread"}]} (of infinite cells: lines in 1/N; spread, eV: how far the two largest cells alone lead elsewhere). Exit code 3: one of them did not converge;
4: one that was asked for by name turned into another (files may: then it is said, and the code is 0).

Examples:
  frenkel defect formation vacancy.xyz --bulk bulk.xyz -p Fe-Ackland-2004
  frenkel defect formation vacancy dumbbell-110 I2-gao I4-C15 --element Fe --size 6 -p Fe-Ackland-2004
  frenkel defect formation vacancy --element Fe --sizes 3,4,5,6,8 -p Fe-Ackland-2004`,
    )
    .action(formation);
  return command;
}

function parseSizes(text: string): number[] {
  const sizes = text.split(',').map((part) => (/^\s*\d{1,3}\s*$/.test(part) ? Number(part) : Number.NaN));
  if (sizes.every((n) => n >= 2 && n <= 100)) return [...new Set(sizes)].sort((a, b) => a - b);
  throw new InvalidArgumentError('Expected whole numbers of cells from 2, such as 3,4,5,6.');
}

async function formation(words: string[], flags: Flags): Promise<void> {
  checkFlags(words, flags);
  const named = words.every(isName);
  const bulk = named ? undefined : readStructure(flags.bulk ?? '', flags.types);
  const files = named ? [] : readAll(words, flags.types);
  const single = !named && flags.single !== undefined ? readStructure(flags.single, flags.types) : undefined;
  const reservoirs = readAll(flags.reservoir ?? [], flags.types);
  const start = named ? crystalStart(flags) : undefined;
  if (start) for (const name of [...words, ...(flags.single ? [flags.single] : [])]) defectShape(name, start.lattice);
  const all = [
    ...files,
    ...reservoirs,
    ...(bulk ? [bulk] : []),
    ...(start ? [start.unit] : []),
    ...(single ? [single] : []),
  ];
  const potential = readPotential(flags, all);
  const store = openStore(flags.out, flags.force);
  const engine = await createEngine({ threads: flags.threads });
  try {
    const crystal = start && relaxCrystal(engine, start, potential);
    const perfect = crystal?.unit ?? bulk;
    if (perfect === undefined) throw new InputError('--bulk: the perfect crystal is missing');
    const context: Context = {
      engine,
      potential,
      store,
      flags,
      bulk: measureBulk(engine, perfect, potential, { skin: flags.skin }),
      potentials: chemicalPotentials(engine, potential, reservoirs, flags.mu ?? []),
    };
    const rows = crystal ? namedRows(context, words, crystal) : fileRows(context, words, files, single);
    await finish(context, rows, crystal);
  } finally {
    engine.close();
  }
}

function checkFlags(words: string[], flags: Flags): void {
  const names = words.filter(isName);
  if (names.length > 0 && names.length < words.length) {
    throw new InputError(`${names[0]} is a name and ${words.find((word) => !isName(word))} a file: one kind at a time`);
  }
  const named = names.length > 0;
  const wrong = named
    ? (['bulk', 'mu', 'reservoir'] as const).find((name) => flags[name] !== undefined)
    : (['element', 'lattice', 'a', 'size', 'sizes'] as const).find((name) => flags[name] !== undefined);
  if (wrong !== undefined) throw new InputError(`--${wrong}: it is for ${named ? 'files' : 'named defects'}`);
  if (!named && flags.bulk === undefined)
    throw new InputError('--bulk: files need the perfect crystal that they belong to');
  if (flags.size !== undefined && flags.sizes !== undefined) throw new InputError('--size and --sizes: one of them');
  if (flags.cell && !flags.relax) throw new InputError('--cell: it relaxes, and --no-relax was given');
  if (flags.element !== undefined) parseElement(flags.element, '--element');
}

interface Context {
  engine: Engine;
  potential: Potential;
  store: Store;
  flags: Flags;
  bulk: Bulk;
  potentials: Map<number, number>;
}

/** Computes an entry, or takes it from the folder. */
function compute(context: Context, entry: Entry): StoredEnergy {
  const { engine, potential, store, flags, bulk, potentials } = context;
  const { relax, cell, check, fmax, steps } = flags;
  const decisive = {
    atoms: fingerprint(entry.atoms),
    bulk: fingerprint(bulk.atoms),
    potential: fingerprint(potential),
    kernels: kernelHash,
    potentials: [...potentials],
    options: { relax, cell: cell ?? false, check: check ?? false, fmax, steps },
  };
  const key = entryKey(entry.name, entry.size, decisive);
  const known = store.find(key);
  if (known) return known;
  const options: DefectOptions = { relax, cell, fmax, steps, potentials, skin: flags.skin };
  const found = defectEnergy(engine, entry.atoms, potential, bulk, {
    ...options,
    ...(check ? { check: { memory: memoryLimit() } } : {}),
    reference: entry.reference,
    align: entry.align,
  });
  store.keep(key, found);
  const { relaxed: _, ...rest } = found;
  return rest;
}

function namedRows(context: Context, names: string[], crystal: Crystal): Row[] {
  const { flags } = context;
  const sizes = flags.sizes ?? [flags.size ?? USUAL];
  const entries = names.flatMap((name) => sizes.map((size) => namedEntry(name, size, crystal)));
  const progress = createProgress(false);
  const singles = new Map<string, StoredEnergy>();
  const singleOf = (entry: Entry): string =>
    flags.single ?? (entry.extra < 0 ? 'vacancy' : crystal.lattice === 'bcc' ? 'dumbbell-110' : 'dumbbell-100');
  const aloneOf = (name: string, size: number): StoredEnergy => {
    const key = `${name} ${size}`;
    const found = singles.get(key) ?? compute(context, namedEntry(name, size, crystal));
    singles.set(key, found);
    return found;
  };
  const rows = entries.map((entry, k): Row => {
    progress.update(() => `${entry.name} in ${entry.size}³ cells, ${k + 1} of ${entries.length}`);
    const result = compute(context, entry);
    const single = singleOf(entry);
    const alone = aloneOf(single, entry.size ?? USUAL);
    const row = { name: entry.name, size: entry.size, result, single };
    // energies of something else are not those of the parts
    if (alone.change?.kept === false) return { ...row, unbound: alone.change.text };
    return { ...row, binding: bindingEnergy(result.energy, Math.abs(entry.extra), alone.energy) };
  });
  progress.end();
  return rows;
}

function fileRows(context: Context, paths: string[], files: Atoms[], single: Atoms | undefined): Row[] {
  const { flags, bulk } = context;
  const entryOf = (path: string, atoms: Atoms) => fileEntry(path, atoms, bulk.atoms);
  const progress = createProgress(false);
  const alone = single && flags.single ? compute(context, entryOf(flags.single, single)).energy : undefined;
  const rows = files.map((atoms, k): Row => {
    progress.update(() => `${paths[k]}, ${k + 1} of ${files.length}`);
    const entry = entryOf(paths[k], atoms);
    const result = compute(context, entry);
    const n = Math.abs(result.atoms - result.sites);
    return {
      name: entry.name,
      result,
      ...(alone === undefined ? {} : { binding: bindingEnergy(result.energy, n, alone), single: flags.single }),
    };
  });
  progress.end();
  return rows;
}

async function finish({ bulk, store, flags }: Context, rows: Row[], crystal: Crystal | undefined): Promise<void> {
  const n = bulk.atoms.numbers.length;
  const perfect: BulkReport = {
    ...(crystal ? { a: crystal.a } : {}),
    energy: bulk.energy / n,
    volume: bulk.volume / n,
    C: bulk.C,
    stress: Array.from(bulk.virial, (w) => -w / bulk.volume),
  };
  const report = reportOf(rows, perfect);
  saveTable(store, rows, perfect, report);
  for (const warning of warningsOf(rows, perfect)) process.stderr.write(`frenkel: warning: ${warning}\n`);
  await print([flags.json ? `${JSON.stringify(report)}\n` : summaryOf(rows, perfect, store.folder)]);
  if (!rows.every(({ result }) => result.converged)) throw new Exit(EXIT.notConverged);
  // a name says what was asked for; a file is whatever it becomes
  if (crystal && rows.some((row) => changed(row) || row.unbound !== undefined)) throw new Exit(EXIT.physics);
}
