/** What repeats a run with the same bits: a command line, and a short program. Nothing is computed here. */
import { SCREW } from './inputs.ts';
import type { Flags, PotentialInput, Recipe, StructureInput, TaskName, TextFile } from './protocol.ts';

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

/** The name that a structure has on the command line. */
const structureFile = (structure: StructureInput): string =>
  'recipe' in structure ? fileOf(structure.recipe) : structure.file.name;

/** That of the other end of a path; undefined where there is none. */
function endFile(structure: StructureInput): string | undefined {
  if (structure.last) return structure.last.name;
  return 'recipe' in structure && structure.recipe.to !== undefined ? endOf(structure.recipe) : undefined;
}

/** A structure with a file at the other end of a path, which gets another name where both have the same. */
export function withEnd(structure: StructureInput, last: TextFile): StructureInput {
  const taken = last.name === structureFile(structure);
  return { ...structure, last: taken ? { ...last, name: last.name.replace(/(\.[^.]*)?$/, '-end$1') } : last };
}

/** Names for -p: the files where no embedded name was chosen. */
function potentialNames({ specs, files }: PotentialInput): string[] {
  if (specs.length > 0) return specs;
  const names = files.map((file) => file.name);
  const snap = names.find((name) => name.endsWith('.snap'));
  return snap === undefined ? names : [snap];
}

const hasPerfect = ({ defect }: Recipe) => defect !== undefined && defect !== SCREW;

function buildCommand({ kind, element, a, repeat, defect, elastic, size }: Recipe): string {
  if (defect === SCREW) {
    const shape = `--elastic ${elastic} --size ${size ?? '15,9'} --length ${repeat}`;
    return `npx frenkel build screw-dipole --element ${element} -a ${quoted(a)} ${shape}`;
  }
  const made = defect === undefined ? '' : ` --defect ${quoted(defect)}`;
  return `npx frenkel build ${kind} --element ${element} -a ${quoted(a)} --repeat ${repeat}${made}`;
}

/** A few lines for a shell. */
export function asCommand({ structure, potential, task, flags }: Repeatable): string {
  const file = structureFile(structure);
  const lines: string[] = [];
  const extra: Flags = {};
  if ('recipe' in structure) {
    const common = buildCommand(structure.recipe);
    lines.push(`${common} -o ${quoted(file)}`);
    const { to } = structure.recipe;
    if (task === 'neb' && to !== undefined && !structure.last)
      lines.push(`${common} --site ${to} -o ${quoted(endOf(structure.recipe))}`);
    if (task === 'entropy' && hasPerfect(structure.recipe)) {
      const perfect = { ...structure.recipe, defect: undefined };
      lines.push(`${buildCommand(perfect)} -o ${quoted(fileOf(perfect))}`);
      extra.bulk = fileOf(perfect);
    }
  }
  // the command line wants it said
  if (task === 'free-energy') extra.temperature = '300 K';
  const end = task === 'neb' ? endFile(structure) : undefined;
  const ends = end === undefined ? '' : ` ${quoted(end)}`;
  const words = potentialNames(potential).map((name) => `-p ${quoted(name)}`);
  for (const [name, text] of Object.entries({ ...extra, ...flags }))
    words.push(text === '' ? `--${name}` : `--${name} ${quoted(text)}`);
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

const readLine = (name: string, file: string) => `const ${name} = readStructureFile(${literal(file)}).at(-1);`;

function structureLines(structure: StructureInput, names: Set<string>): string[] {
  const { last, ...first } = structure;
  if (last) {
    names.add('readStructureFile');
    const alone = 'recipe' in first ? { recipe: { ...first.recipe, to: undefined } } : first;
    return [...structureLines(alone, names), readLine('last', last.name)];
  }
  if ('file' in structure) {
    names.add('readStructureFile');
    return [readLine('atoms', structure.file.name)];
  }
  const { kind, element, a, repeat: n, defect, to, elastic, size = '15,9' } = structure.recipe;
  const length = Number.parseFloat(a);
  if (defect === SCREW) {
    for (const name of ['cubicVoigt', 'screwDipole', 'parseElement']) names.add(name);
    const shape = `C: cubicVoigt(${elastic}), size: [${size}], length: ${n}`;
    return [`const atoms = screwDipole({ z: parseElement('${element}', 'element'), a: ${length}, ${shape} });`];
  }
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

function phononLines(options: Parsed, names: Set<string>): string[] {
  for (const name of ['crystalThermal', 'forceConstants', 'meshFrequencies', 'phonons']) names.add(name);
  const { supercell, step, mesh } = options as { supercell: number[]; step: number; mesh: number[] };
  return [
    `const constants = forceConstants(engine, atoms, potential, { supercell: [${supercell.join(', ')}], step: ${step} });`,
    `const mesh = meshFrequencies(engine, phonons(constants), [${mesh.join(', ')}]);`,
    'const [zero, room] = crystalThermal(mesh, [0, 300]);',
    'console.log(zero.energy, room); // eV; K, eV, k_B',
  ];
}

function entropyLines(options: Parsed, names: Set<string>): string[] {
  names.add('vibrations');
  return [
    `const { sum, modes, fmax } = vibrations(engine, atoms, potential, { relax: ${options.relax === true} });`,
    'console.log(-sum, modes, fmax); // k_B, eV/Å',
  ];
}

function freeEnergyLines(options: Parsed, names: Set<string>): string[] {
  for (const name of ['drawReference', 'errorReached', 'freeEnergyMethods', 'nextReplica']) names.add(name);
  for (const name of ['prepareSampling', 'startReplicas', 'stepReplica', 'takeRecords']) names.add(name);
  names.add('totalFreeEnergy');
  const { kind, k, relax, ...sampling } = options;
  const reference = k === undefined ? `{ kind: '${kind}' }` : `{ kind: '${kind}', k: ${k} }`;
  return [
    `const options = ${optionsText(sampling)};`,
    `const prepared = prepareSampling(engine, atoms, potential, { reference: ${reference}, relax: ${relax}, temperature: ${sampling.temperature} });`,
    'const { target, reference } = prepared;',
    'const records = [drawReference(target, reference, options)].filter(Boolean);',
    'const replicas = startReplicas(prepared, options);',
    'while (nextReplica(replicas) && !errorReached(records, replicas, prepared, options)) {',
    '  const next = nextReplica(replicas);',
    '  stepReplica(next);',
    '  records.push(...takeRecords(next.state));',
    '}',
    'const found = freeEnergyMethods[options.method].estimate(records, { ...options, modes: reference.modes });',
    'const { F, error } = totalFreeEnergy(found, prepared, { temperature: options.temperature, atoms: atoms.numbers.length });',
    'console.log(found.passed, F, error); // eV',
  ];
}

const writers: Record<TaskName, (options: Parsed, names: Set<string>) => string[]> = {
  relax: relaxLines,
  md: mdLines,
  neb: nebLines,
  phonons: phononLines,
  entropy: entropyLines,
  'free-energy': freeEnergyLines,
};

/** A program for Node; `options` are those of the task, parsed. */
export function asScript({ structure, potential, task }: Repeatable, options: Parsed): string {
  const own = task !== 'relax' && task !== 'md';
  const names = new Set(own ? [] : ['createSystem']);
  const body = [
    'const engine = await createEngine();',
    ...structureLines(structure, names),
    potentialLine(potential, names),
    ...(own ? [] : ['const system = createSystem(engine, atoms, potential);']),
    ...writers[task](options, names),
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
