/** Harmonic entropy of a structure, and what its defect adds to that of the perfect crystal, as `frenkel entropy`. */
import {
  classicalThermal,
  formationEntropy,
  localEntropiesInParts,
  publishedEntropy,
  quantumThermal,
  type Thermal,
} from '../analysis/entropy.ts';
import { hessianInParts } from '../analysis/hessian.ts';
import { type LogFrequencies, logFrequenciesInParts, type Oscillator, quantaInParts } from '../analysis/modes.ts';
import { settling } from '../analysis/settle.ts';
import { vibrationBytes } from '../analysis/vibrations.ts';
import type { Atoms } from '../data/atoms.ts';
import { symbolOf } from '../data/elements.ts';
import { InputError } from '../data/errors.ts';
import { inHundredths, under } from '../data/in-parts.ts';
import type { Engine } from '../engine/engine.ts';
import { createSystem, type System } from '../engine/system.ts';
import { massesOf } from '../tasks/masses.ts';
import { type EntropyOptions, entropyOptions } from './options.ts';
import type { Flags, ResultRow } from './protocol.ts';
import type { StepRun } from './runs.ts';
import { stagedRun } from './staged-run.ts';

interface Vibrations extends LogFrequencies {
  atoms: number;
  positions: Float64Array;
  fmax: number;
  evaluations: number;
  quanta?: Float64Array;
  /** (n) k_B. */
  local?: Float64Array;
}

interface Found {
  defect: Vibrations;
  bulk?: Vibrations;
}

/** A tab has no more for dense matrices. */
const MOST_BYTES = 1.5 * 2 ** 30;
/** Displacements of a stage, and what `frenkel entropy` takes where no temperature is given. */
const PART = 60;
const ROOM = 300;

/** The product of the frequencies; each of them at a temperature, K; the shares of the atoms at another. */
function* frequenciesOf(
  engine: Engine,
  oscillator: Oscillator,
  temperature?: number,
  shares?: number,
): Generator<string, Pick<Vibrations, 'sum' | 'modes' | 'quanta' | 'local'>> {
  yield 'modes 0 %';
  const found: Pick<Vibrations, 'sum' | 'modes' | 'quanta' | 'local'> = yield* inHundredths(
    'modes',
    logFrequenciesInParts(engine, oscillator),
  );
  if (temperature !== undefined) found.quanta = yield* inHundredths('quanta', quantaInParts(engine, oscillator));
  if (shares !== undefined)
    found.local = yield* inHundredths('shares of the atoms', localEntropiesInParts(engine, oscillator, shares));
  return found;
}

export function startEntropy(engine: Engine, system: System, perfect: Atoms | undefined, flags: Flags): StepRun {
  const options = entropyOptions(flags);
  const { atoms, potential } = system;
  const local = options.local === undefined ? undefined : (options.temperature ?? ROOM);
  function* vibrations(structure: Atoms, name: string, shares?: number): Generator<string, Vibrations> {
    const needed = vibrationBytes(structure.numbers.length, { local: shares });
    if (needed > MOST_BYTES)
      throw new InputError(
        `${name}: the modes need ${(needed / 2 ** 30).toFixed(1)} GiB of memory, of ${MOST_BYTES / 2 ** 30} in a tab: use a smaller cell, or frenkel entropy`,
      );
    const mark = engine.mark();
    try {
      const own = createSystem(engine, structure, potential, { skin: 0.1 });
      const rest = yield* under(name, settling(own, options.relax));
      const parts = hessianInParts(own);
      for (let from = 0; from < parts.total; from += PART) {
        yield `${name}: ${from} of ${parts.total} displacements`;
        parts.advance(from, Math.min(parts.total, from + PART));
      }
      const hessian = parts.result();
      const positions = own.x.slice();
      const masses = massesOf(structure, potential).values;
      const oscillator = { hessian, atoms: { ...structure, positions }, masses };
      engine.release(mark);
      return {
        ...(yield* under(name, frequenciesOf(engine, oscillator, options.temperature, shares))),
        atoms: structure.numbers.length,
        positions,
        fmax: rest,
        evaluations: hessian.evaluations,
      };
    } finally {
      engine.release(mark);
    }
  }
  function* work(): Generator<string, Found> {
    const defect = yield* vibrations(atoms, 'defect', local);
    if (!perfect || perfect.numbers.length === atoms.numbers.length) return { defect };
    return { defect, bulk: yield* vibrations(perfect, 'perfect crystal') };
  }
  return stagedRun<Found>({
    options,
    total: 0,
    work,
    system,
    show: ({ defect }) => {
      if (!options.relax) return undefined;
      system.x.set(defect.positions);
      system.evaluate();
      return 'relaxed';
    },
    rows: (found) => rows(found, options),
    value: ({ defect }) => publishedEntropy(defect),
    bits: ({ defect, bulk }) => [
      defect.positions,
      [defect.sum, defect.modes],
      ...(bulk ? [[bulk.sum, bulk.modes]] : []),
      ...(defect.local ? [defect.local] : []),
    ],
    atoms: ({ defect }) => ({ ...atoms, positions: defect.positions }),
    values: ({ defect, bulk }) => defect.local && above(defect.local, bulk, local ?? ROOM),
    files: (found) =>
      found.defect.local ? [{ name: 'local.csv', text: localTable(atoms, found, local ?? ROOM) }] : [],
  });
}

/** k_B, of one mode of the bulk. */
const meanOf = (bulk: LogFrequencies, temperature: number) => classicalThermal(bulk, temperature).entropy / bulk.modes;

/** (n) k_B: above three modes of the bulk, or of the mean atom. */
function above(local: Float64Array, bulk: LogFrequencies | undefined, temperature: number): Float64Array {
  const level = bulk ? 3 * meanOf(bulk, temperature) : local.reduce((sum, s) => sum + s, 0) / local.length;
  return local.map((s) => s - level);
}

function rows({ defect, bulk }: Found, { temperature, relax }: EntropyOptions): ResultRow[] {
  const k = (name: string, value: number): ResultRow => [name, value.toFixed(6), 'k_B'];
  const formation = bulk && formationEntropy(defect, bulk);
  return [
    ['status', 'done', ''],
    k('entropy, −Σ ln(ħω/1 eV)', publishedEntropy(defect)),
    ...(bulk ? [k('of the perfect crystal', publishedEntropy(bulk))] : []),
    ...(formation
      ? [
          k('formation entropy, mode matched', formation.modeMatched),
          k('formation entropy, as published', formation.asPublished),
        ]
      : []),
    ...(temperature === undefined ? [] : thermalRows(defect, temperature)),
    ['modes', String(defect.modes), ''],
    ['largest force', defect.fmax.toExponential(2), 'eV/Å'],
    ['atoms', relax ? 'relaxed first, the cell kept' : 'as they were', ''],
    ['evaluations', String(defect.evaluations + (bulk?.evaluations ?? 0)), ''],
  ];
}

function thermalRows(defect: Vibrations, temperature: number): ResultRow[] {
  const pair = (name: string, { entropy, free }: Thermal): ResultRow[] => [
    [`entropy at ${temperature} K, ${name}`, entropy.toFixed(6), 'k_B'],
    [`free energy at ${temperature} K, ${name}`, free.toFixed(6), 'eV'],
  ];
  return [
    ...pair('classical', classicalThermal(defect, temperature)),
    ...pair('quantum', quantumThermal(defect.quanta ?? [], temperature)),
  ];
}

/** As --local writes it. */
function localTable({ numbers }: Atoms, { defect, bulk }: Found, temperature: number): string {
  const mean = bulk && meanOf(bulk, temperature);
  const head = `atom,element,x (A),y (A),z (A),entropy at ${temperature} K (k_B)`;
  const lines = Array.from(defect.local ?? [], (s, i) => {
    const x = defect.positions.subarray(3 * i, 3 * i + 3);
    return [i, symbolOf(numbers[i]), ...x, s, ...(mean === undefined ? [] : [s - 3 * mean])].join(',');
  });
  return `${[`${head}${mean === undefined ? '' : ',above three modes of the bulk (k_B)'}`, ...lines].join('\n')}\n`;
}
