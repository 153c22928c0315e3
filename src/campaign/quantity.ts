/** A quantity in a campaign's file: a number in the internal unit, or text with a unit. */
import { z } from 'zod';
import { InputError } from '../data/errors.ts';
import { type Dimension, parseQuantity } from '../data/units.ts';

/** Positive. `bare`: the unit of a number without one. */
export const quantity = (dimension: Dimension, name: string, bare?: string) =>
  z.union([z.number(), z.string()]).transform((value, context) => {
    try {
      return parseQuantity(value, { dimension, name, sign: 'positive', ...(bare ? { bare } : {}) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      context.issues.push({ code: 'custom', message: error.message, input: value });
      return z.NEVER;
    }
  });
