/** Runs of minutes: only where FRENKEL_LONG=1 is set, so that the suite stays short; otherwise they are skipped by name. */
export const long = process.env.FRENKEL_LONG === '1';

/** What the name of a skipped test says. */
export const needsLong = '(needs FRENKEL_LONG=1)';
