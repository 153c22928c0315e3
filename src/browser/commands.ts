/** What repeats a run with the same bits: a command line, and a short program. Nothing is computed here. */
import type { Flags, PotentialInput, Recipe, StructureInput, TaskName } from './protocol.ts';

export interface Repeatable {
  structure: StructureInput;
  potential: PotentialInput;
  task: TaskName;
  flags: Flags;
}

/** For a POSIX shell. */
const quoted = (text: string): string => (/^[\w.,+=/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

const fileOf = ({ element, defect }: Recipe): string => `${element}-${defect ?? 'perfect'}.xyz`;

const endOf = (recipe: Recipe): string => fileOf(recipe).replace(/\.xyz$/, `-${recipe.to ?? 0}.xyz`);

const structureFile = (structure: StructureInput): string =>
  'recipe' in structure ? fileOf(structure.recipe) : structure.file.name;

/** Names for -p: the files where no embedded name was chosen. */
function potentialNames({ specs, files }: PotentialInput): string[] {
  if (specs.length > 0) return specs;
  const names = files.map((file) => file.name);
  const snap = names.find((name) => name.endsWith('.snap'));
  return snap === undefined ? names : [snap];
}

/** One or two lines for a shell. */
export function asCommand({ structure, potential, task, flags }: Repeatable): string {
  const file = structureFile(structure);
  const lines: string[] = [];
  if ('recipe' in structure) {
    const { kind, element, a, repeat, defect, to } = structure.recipe;
    const made = defect === undefined ? '' : ` --defect ${quoted(defect)}`;
    const common = `npx frenkel build ${kind} --element ${element} -a ${quoted(a)} --repeat ${repeat}${made}`;
    lines.push(`${common} -o ${quoted(file)}`);
    if (task === 'neb' && to !== undefined) lines.push(`${common} --site ${to} -o ${quoted(endOf(structure.recipe))}`);
  }
  const ends = task === 'neb' && 'recipe' in structure ? ` ${quoted(endOf(structure.recipe))}` : '';
  const words = potentialNames(potential).map((name) => `-p ${quoted(name)}`);
  for (const [name, text] of Object.entries(flags)) words.push(text === '' ? `--${name}` : `--${name} ${quoted(text)}`);
  lines.push(`npx frenkel ${task} ${quoted(file)}${ends} ${words.join(' ')}`);
  return lines.join('\n');
}

const literal = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** The options of a task in the library's units, as src/browser/options.ts parses them. */
export type Parsed = Record<string, unknown>;

function optionsText(options: Parsed): string {
  const value = (v: unknown): string => {
    if (typeof v === 'bigint') return `${v}n`;
    if (Array.isArray(v)) return `[${v.join(', ')}]`;
    return typeof v === 'string' ? literal(v) : String(v);
  };
  return `{ ${Object.entries(options)
    .map(([key, v]) => `${key}: ${value(v)}`)
    .join(', ')} }`;
}

function structureLines(structure: StructureInput, names: Set<string>): string[] {
  if ('file' in structure) {
    names.add('readStructureFile');
    return [`const atoms = readStructureFile(${literal(structure.file.name)}).at(-1);`];
  }
  const { kind, element, a, repeat: n, defect, to } = structure.recipe;
  const length = Number.parseFloat(a);
  for (const name of ['lattice', 'repeat']) names.add(name);
  const crystal = `repeat(lattice({ kind: '${kind}', a: ${length}, elements: ['${element}'] }), [${n}, ${n}, ${n}])`;
  if (defect === undefined) return [`const atoms = ${crystal};`];
  for (const name of ['defectShape', 'placeDefect']) names.add(name);
  return [
    `const crystal = ${crystal};`,
    `const atoms = placeDefect(crystal, defectShape(${literal(defect)}, '${kind}'), { site: 0, a: ${length} });`,
    ...(to === undefined
      ? []
      : [
          `const last = placeDefect(crystal, defectShape(${literal(defect)}, '${kind}'), { site: ${to}, a: ${length} });`,
        ]),
  ];
}

function potentialLine(potential: PotentialInput, names: Set<string>): string {
  const specs = potentialNames(potential);
  if (potential.files.length === 0 && specs.length === 1 && /^[\w.-]+$/.test(specs[0])) {
    names.add('loadEmbedded');
    return `const potential = loadEmbedded(${literal(specs[0])});`;
  }
  names.add('readPotentialFile');
  return `const potential = readPotentialFile([${specs.map(literal).join(', ')}], { species: [...new Set(atoms.numbers)] });`;
}

function relaxLines(options: Parsed, names: Set<string>): string[] {
  const { method, fmax, steps, cell, pressure } = options;
  names.add('minimize');
  if (cell !== 'fixed') names.add('strained');
  const objective = cell === 'fixed' ? 'system' : `strained(system, { mode: '${cell}', pressure: ${pressure} })`;
  return [
    `const { status, energy, fmax } = minimize(${objective}, '${method}', { fmax: ${fmax}, steps: ${steps} });`,
    `console.log(status, energy, fmax); // eV${cell === 'fixed' ? '' : ' (with P·V)'}, eV/Å`,
  ];
}

function nebLines(options: Parsed, names: Set<string>): string[] {
  for (const name of ['describeNeb', 'startNeb', 'stepNeb']) names.add(name);
  return [
    `const options = ${optionsText(options)};`,
    'const neb = startNeb(engine, { atoms, last, potential, options });',
    "while (neb.state.stage !== 'done') stepNeb(neb);",
    'console.log(describeNeb(neb).barrier); // eV',
  ];
}

function mdLines(options: Parsed, names: Set<string>): string[] {
  for (const name of ['massesOf', 'startMd', 'stepMd']) names.add(name);
  return [
    `const options = ${optionsText(options)};`,
    'const state = startMd(system, massesOf(atoms, potential).values, options);',
    'while (state.step < options.steps) stepMd(system, state, options);',
    'console.log(state.step, state.energy); // eV',
  ];
}

/** A program for Node; `options` are those of the task, parsed. */
export function asScript({ structure, potential, task }: Repeatable, options: Parsed): string {
  const names = new Set(task === 'neb' ? [] : ['createSystem']);
  const body = [
    'const engine = await createEngine();',
    ...structureLines(structure, names),
    potentialLine(potential, names),
    ...(task === 'neb' ? [] : ['const system = createSystem(engine, atoms, potential);']),
    ...{ relax: relaxLines, md: mdLines, neb: nebLines }[task](options, names),
    'engine.close();',
  ];
  const fromNode = [...names].filter((name) => name.startsWith('read'));
  const others = [...names].filter((name) => !name.startsWith('read')).sort();
  return [
    `import { ${others.join(', ')} } from 'frenkel';`,
    `import { ${['createEngine', ...fromNode].join(', ')} } from 'frenkel/node';`,
    '',
    ...body,
    '',
  ].join('\n');
}
