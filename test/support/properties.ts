/** fast-check with the same examples in every run; FRENKEL_LONG=1 draws others each time, and says its seed where it fails. */
import fc from 'fast-check';
import { long } from './long.ts';

if (!long) fc.configureGlobal({ seed: 20261121 });

export default fc;
