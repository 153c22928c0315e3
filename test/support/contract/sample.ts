/** One potential for the contract test to work on, and what the test must know of it. */
import type { Subject } from '../../../src/verify/subject.ts';

export interface Sample extends Subject {
  label: string;
  /** One that comes with the package: must be C1 and have all symmetries. */
  embedded?: boolean;
  /** An atom whose density vanishes feels the corner of the square root; with any other neighbour it does not. */
  cornerWhenAlone?: boolean;
}
