/** frenkel analyze wigner-seitz: empty and crowded sites of a crystal, frame by frame. */
import { defectInertia, defectSites } from '../analysis/defect-inertia.ts';
import { type DefectState, defectState } from '../analysis/defect-state.ts';
import { cellMismatch, type WignerSeitz, wignerSeitz } from '../analysis/wigner-seitz.ts';
import type { Atoms } from '../data/atoms.ts';
import { InputError } from '../data/errors.ts';
import { parseOrientation } from '../data/orient.ts';
import { formatStructure } from '../io/structure.ts';
import { linePlot } from '../plot/line-plot.ts';
import { type AnalysisFlags, analysisCommand, readFrames, saveBoth } from './analyze-input.ts';
import { readStructure } from './input.ts';
import { print } from './output.ts';
import { refuseExisting, save } from './save.ts';

interface Flags extends AnalysisFlags {
  reference?: string;
  orient?: string;
  align?: boolean;
  output?: string;
}

export function wignerSeitzCommand() {
  return analysisCommand('wigner-seitz', 'vacancies and interstitials against the sites of a perfect crystal')
    .requiredOption('--reference <file>', 'the perfect crystal: its sites; a strained cell is mapped by fractions')
    .option('--align', 'take out a rigid shift of the crystal against the sites (less than half a distance)')
    .option(
      '--orient <directions>',
      "Miller directions along x, y, z, for the names of axes: '[1 1 0] [-1 1 0] [0 0 1]'",
    )
    .option(
      '-o, --output <file>',
      'extended XYZ of the sites that are not single, number of atoms in column `occupancy`',
    )
    .addHelpText(
      'after',
      `
Every atom counts for the nearest site. Sites near each other make one defect, which is named by what they hold.
--json prints {"frames":[{"vacancies","interstitials","antisites","ambiguous" (atoms about as near to a second site),
"farthest" (Å),"defects":[{"name","net","vacancies","interstitials","centre" (Å),"moments" (Å²)}],"emptySites",
"crowdedSites":[{"site","atoms"}],"inertia" (principal moments of all, Å²)}]}; sites and atoms are counted from 0.

Example:
  frenkel analyze wigner-seitz runs/md-vacancy/trajectory.xyz --reference bulk.xyz --csv defects.csv`,
    )
    .action(analyze);
}

/** Of a lattice vector: no crystal is strained so far. */
const FAR = 0.15;

async function analyze(file: string, flags: Flags): Promise<void> {
  refuseExisting(flags.output, flags.force);
  const reference = readStructure(flags.reference ?? '', flags.types);
  const orient = flags.orient === undefined ? undefined : parseOrientation(flags.orient);
  const frames = readFrames(file, flags);
  const found = frames.map((frame, k) => {
    try {
      return wignerSeitz(frame, reference, { align: flags.align });
    } catch (error) {
      if (error instanceof InputError) throw new InputError(`frame ${k + flags.skip}: ${error.message}`, { file });
      throw error;
    }
  });
  const mismatch = cellMismatch(frames[0], reference);
  if (mismatch > FAR) {
    process.stderr.write(
      `frenkel: warning: the cell differs from the reference's by ${Math.round(100 * mismatch)} %: is it the same number of cells, along the same axes?\n`,
    );
  }
  const x = Float64Array.from(frames, (_, k) => k + flags.skip);
  const column = (of: (ws: WignerSeitz) => number) => Float64Array.from(found, of);
  const [empty, extra] = [column((ws) => ws.vacancies.length), column((ws) => ws.interstitials)];
  const figure = () =>
    linePlot({
      title: 'Wigner–Seitz defects',
      x: { label: 'frame' },
      y: { label: 'number' },
      series: [
        { name: 'empty sites', x, y: empty },
        { name: 'atoms too many', x, y: extra },
      ],
    });
  await saveBoth(flags, { frame: x, vacancies: empty, interstitials: extra }, figure);
  if (flags.output) {
    await save(
      flags.output,
      [
        formatStructure(
          found.map((ws) => marked(reference, ws)),
          'extxyz',
        ),
      ],
      flags.force,
    );
  }
  const states = found.map((ws, k) => defectState(frames[k], reference, ws, orient));
  if (flags.json) {
    const report = states.map(({ spacing: _, ...state }, k) => ({
      ...state,
      farthest: found[k].farthest,
      emptySites: found[k].vacancies,
      crowdedSites: found[k].crowded,
      inertia: defectInertia(reference, defectSites(found[k])).moments,
    }));
    await print([`${JSON.stringify({ frames: report })}\n`]);
    return;
  }
  await print(summary(states));
}

/** Of the last frame. */
function summary(states: readonly DefectState[]): string[] {
  const last = states[states.length - 1];
  const counts = `${last.vacancies} empty sites, ${last.interstitials} atoms too many`;
  const foreign = last.antisites > 0 ? `, ${last.antisites} sites with another element` : '';
  const between = last.ambiguous > 0 ? `; ${last.ambiguous} atoms are about as near to a second site` : '';
  return [
    `${states.length > 1 ? `last of ${states.length} frames: ` : ''}${counts}${foreign}${between}\n`,
    ...last.defects.map(({ name, net, centre, moments }) => {
      const sign = net > 0 ? `+${net}` : `${net}`;
      return `  ${sign.padStart(3)}  ${name} at (${centre.map((c) => c.toFixed(3)).join(', ')}) Å, moments ${moments.map((m) => m.toFixed(2)).join(' ')} Å²\n`;
    }),
    ...(last.defects.length === 0 ? ['  no defect\n'] : []),
  ];
}

/** The sites that are empty or crowded, as atoms of their elements. */
function marked(reference: Atoms, { occupancy }: WignerSeitz): Atoms {
  const sites = [...occupancy.keys()].filter((s) => occupancy[s] !== 1);
  return {
    numbers: Uint8Array.from(sites, (s) => reference.numbers[s]),
    positions: Float64Array.from(sites.flatMap((s) => [...reference.positions.subarray(3 * s, 3 * s + 3)])),
    cell: reference.cell.slice(),
    pbc: [...reference.pbc],
    info: {},
    arrays: { occupancy: Float64Array.from(sites, (s) => occupancy[s]) },
  };
}
