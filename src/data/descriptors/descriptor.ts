/**
 * A descriptor as data: its parts in order (a hybrid has several), each a record's name with its settings; and what a record
 * in this folder is: which settings there are, and how they become the numbers of a kernel (assembly/descriptors/block.ts).
 */
import type { SettingKey, Settings } from './settings.ts';

export interface DescriptorPart {
  /** Name in the registry: 'g2', 'afs', … */
  name: string;
  settings: Settings;
}

/** The components are those of the parts, one after the other. */
export type Descriptor = readonly DescriptorPart[];

/** What the framework gives to a kernel. */
export interface Block {
  /** The kernel: its number in assembly/descriptors/index.ts. */
  kind: number;
  /** Names of the components; their number is the size. */
  labels: string[];
  /** Laid out as the header of the kernel's file says. */
  numbers: ArrayLike<number>;
  /** Bytes of its own for one atom. */
  scratch: number;
  /** f64 of its own for one neighbour. */
  own: number;
  /** Å; neighbours at this distance and beyond do not count. */
  cutoff: number;
}

export interface DescriptorRecord {
  name: string;
  /** In words, with the source (DOI). */
  title: string;
  keys: readonly SettingKey[];
  /** Throws InputError for settings that do not go together. `species`: atomic numbers, in the order of element indices. */
  blocks(settings: Settings, species: readonly number[]): Block[];
}
