export interface Mutant {
  key: string;
  kind: string;
  start: number;
  end: number;
  text: string;
  before: string;
  line: number;
}
export function mutantsOf(path: string, source: string): Mutant[];
