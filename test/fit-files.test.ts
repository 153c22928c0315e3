import { afterAll, describe, expect, it } from 'vitest';
import { snapPotential } from '../src/data/potentials/snap.ts';
import { fillGauss } from '../src/data/rng.ts';
import { createEngine as createPlainEngine } from '../src/engine/engine.ts';
import { withCoefficients } from '../src/fit/basis.ts';
import { type BispectrumConfig, bispectrumOf, parseDescriptor } from '../src/fit/descriptor-config.ts';
import { createDesigner } from '../src/fit/design.ts';
import { predict } from '../src/fit/evaluate.ts';
import { parsePot } from '../src/io/milady.ts';
import { formatPot } from '../src/io/milady-write.ts';
import { parseSnap, parseSnapCompanion } from '../src/io/snap.ts';
import { formatSnap } from '../src/io/snap-write.ts';
import { bases, disorder } from './support/fits.ts';

const engine = await createPlainEngine();
afterAll(() => engine.close());

describe('files of a fitted potential', () => {
  const names = { file: 'T.snap' };

  it.each(bases.filter(([, basis]) => !basis.diagonal))('are read with the same bits: %s', (_, basis) => {
    const width = createDesigner(engine, basis).columns;
    const x = new Float64Array(width);
    fillGauss(x, 6n, 'trials', 0);
    const options = withCoefficients(basis, x);
    const files = formatSnap(options, 'T', { inner: 4, outer: 4.8 });
    const alone = parseSnap({ text: files.snapcoeff }, { text: files.snapparam });
    expect(alone.params).toEqual(snapPotential(options).params);
    const read = (name: string) => (name === 'T.snapcoeff' ? files.snapcoeff : files.snapparam);
    const whole = parseSnapCompanion(files.snap, read, names);
    expect(whole.parts?.map((part) => part.kernel).sort()).toEqual(
      [basis.quadraticflag ? 'snap-quadratic' : 'snap', 'zbl'].sort(),
    );
  });

  it.each(['bso4 rcut=4.7A jmax=2', 'bso4 rcut=4.7A jmax=1.5 diagonal=1 quadratic=1'])('are .pot for %s', (text) => {
    const basis = bispectrumOf(parseDescriptor(text) as BispectrumConfig, [26]);
    const x = new Float64Array(createDesigner(engine, basis).columns);
    fillGauss(x, 6n, 'trials', 0);
    const options = withCoefficients(basis, x);
    const atoms = disorder(9, [26], 4);
    const given = predict(engine, { atoms, name: 'x' }, snapPotential(options));
    const read = predict(engine, { atoms, name: 'x' }, parsePot(formatPot(options)));
    expect(Math.abs(read.energy - given.energy)).toBeLessThan(1e-12 * Math.abs(given.energy));
  });
});
