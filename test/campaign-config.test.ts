import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { campaignJsonSchema, parseCampaign, parseConfig } from '../src/campaign/config.ts';
import { countCampaign } from '../src/campaign/count.ts';
import { differences } from '../src/campaign/differences.ts';
import type { CampaignKind } from '../src/campaign/job.ts';
import { campaignKinds } from '../src/campaign/kinds.ts';
import { quantity } from '../src/campaign/quantity.ts';
import { InputError } from '../src/data/errors.ts';
import { cpuClock } from './support/cpu.ts';

const schema = z.strictObject({
  campaign: z.literal('try'),
  temperatures: z.array(z.number().positive()).default([300]),
  defect: z.union([z.literal('vacancy'), z.strictObject({ file: z.string(), copies: z.int() })]).default('vacancy'),
  named: z.record(z.string(), z.strictObject({ size: z.int() })).default({}),
  required: z.string(),
});
const kind: CampaignKind = {
  name: 'try',
  description: '',
  schema,
  example: '',
  gather: () => ({}),
  plan: () => [],
  tasks: new Map(),
};
const kinds = new Map([kind, countCampaign as CampaignKind].map((each) => [each.name, each]));
const parse = (text: string) => parseCampaign(text, 'c.yaml', kinds);

function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

describe("a campaign's file", () => {
  it('is read with defaults filled in', () => {
    expect(parse('campaign: try\nrequired: x # a comment\nnamed: {a: {size: 1e0}}\n').config).toEqual({
      campaign: 'try',
      temperatures: [300],
      defect: 'vacancy',
      named: { a: { size: 1 } },
      required: 'x',
    });
  });

  it.each([
    ['', "c.yaml: says no kind of campaign; 'campaign: try' was expected (there are try, count)"],
    ['campaign: coumt\n', 'c.yaml:1:11: campaign: found "coumt"; one of try, count was expected (did you mean count?)'],
    [
      'campaign: try\nrequired: x\ntempratures: [1]\n',
      'c.yaml:3:1: unknown key "tempratures" (did you mean temperatures?)',
    ],
    [
      'campaign: try\nrequired: x\ntemperatures:\n  - 300\n  - hot\n',
      'c.yaml:5:5: temperatures.1: found "hot"; expected number',
    ],
    [
      'campaign: try\nrequired: x\ntemperatures: [-3]\n',
      'c.yaml:3:16: temperatures.0: found -3; Too small: expected number to be >0',
    ],
    ['campaign: try\ntemperatures: [3]\n', 'c.yaml:1:1: required: is missing: expected string'],
    [
      'campaign: try\nrequired: x\ndefect: {fil: a, copies: 2}\n',
      'c.yaml:3:9: defect.file: is missing: expected string\n  and 3:10: defect: unknown key "fil" (did you mean file?)',
    ],
    [
      'campaign: try\nrequired: x\nnamed:\n  a:\n    size: 2\n    siz: 3\n',
      'c.yaml:6:5: named.a: unknown key "siz" (did you mean size?)',
    ],
    ['campaign: try\nrequired: x\nrequired: y\n', 'c.yaml:3:1: is no valid YAML: Map keys must be unique'],
    ['campaign: try\nrequired: [x\n', /^c\.yaml:3:1: is no valid YAML: Flow sequence/],
    ['campaign: try\nrequired: {}\n', 'c.yaml:2:11: required: found a mapping; expected string'],
    [`campaign: try\nrequired: x\ntemperatures: ${'['.repeat(40)}${']'.repeat(40)}\n`, /deeper than 30/],
    [`campaign: try\nrequired: x\ntemperatures: ${'- '.repeat(5000)}\n`, /c\.yaml/],
    [`a: &a [1]\nb: [${'*a,'.repeat(30)}]\n`, /more than 20 aliases/],
    ['campaign: try\nrequired: !!js/function x\n', /is no valid YAML: Unresolved tag/],
    ['campaign: try\nrequired: x\n__proto__: {y: 1}\n', /c\.yaml:3:1: unknown key "__proto__"/],
    ['x'.repeat(2 ** 15 + 1), 'c.yaml: is too large for a configuration'],
  ])('refused: %#', (text, message) => {
    if (typeof message === 'string') expect(refusal(text)).toBe(message);
    else expect(refusal(text)).toMatch(message);
  });

  it('refuses billion laughs in no time', () => {
    const lines = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    const taken = cpuClock();
    expect(refusal(`campaign: try\na0: &a0 [lol]\n${lines.join('\n')}\n`)).toMatch(/aliases/);
    expect(taken()).toBeLessThan(1000);
  });

  it.each([...campaignKinds.values()].map((each) => [each.name, each] as const))(
    '%s: the example is valid',
    (name, each) => {
      const found = parseCampaign(each.example, 'example', campaignKinds);
      expect(found.kind.name).toBe(name);
      const plain = JSON.parse(JSON.stringify(found.config));
      expect(each.schema.parse(plain)).toEqual(plain);
      const jobs = each.plan(plain, new Map());
      expect(jobs.length).toBeGreaterThan(0);
      expect(each.plan(plain, new Map())).toEqual(jobs);
    },
  );

  it('has a JSON Schema', () => {
    const found = JSON.parse(JSON.stringify(campaignJsonSchema(campaignKinds.values())));
    expect(found.oneOf).toHaveLength(campaignKinds.size);
    expect(found.oneOf[0].properties.campaign.const).toBe([...campaignKinds.keys()][0]);
    expect(found.oneOf[0].additionalProperties).toBe(false);
  });
});

describe('differences', () => {
  it('names the places', () => {
    expect(differences({ a: 1, b: [1, 2], c: { d: 'x' } }, { c: { d: 'y' }, b: [1, 3], e: null })).toEqual([
      'a: 1 became nothing',
      'b.1: 2 became 3',
      'c.d: "x" became "y"',
      'e: nothing became null',
    ]);
    expect(differences({ a: [1, 2] }, { a: [1] })).toEqual(['a: [1,2] became [1]']);
    expect(differences({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });
});

describe('what configurations seldom say', () => {
  const nested = z.strictObject({
    pair: z.tuple([z.strictObject({ a: z.int() }), z.strictObject({ b: z.int() })]).optional(),
    list: z.array(z.strictObject({ c: z.int() })).optional(),
    either: z.union([z.int(), z.boolean()]).optional(),
    length: quantity('length', 'length', 'A').optional(),
    plain: quantity('energy', 'plain').optional(),
  });
  const read = (text: string) => parseConfig(text, 'f.yaml', nested);
  const said = (text: string) => {
    try {
      read(text);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      return (error as Error).message;
    }
    throw new Error('was accepted');
  };

  it('is found in lists and tuples', () => {
    expect(said('pair: [{ a: 1 }, { a: 2 }]')).toBe(
      'f.yaml:1:18: pair.1.b: is missing: expected number\n  and 1:20: pair.1: unknown key "a" (did you mean b?)',
    );
    expect(said('pair: [{ a: 1 }, { bb: 2 }]')).toMatch(/pair\.1: unknown key "bb".*b/);
    expect(said('list: [{ c: 1 }, { d: 1 }]')).toMatch(/list\.1: unknown key "d"/);
    expect(said('{}\nx')).toMatch(/^f\.yaml:2:1: is no valid YAML/);
    expect(said('7')).toMatch(/^f\.yaml:1:1: /);
    expect(said('')).toMatch(/^f\.yaml: /);
    expect(said('either: text')).toMatch(/either: found "text"; /);
  });

  it('is a quantity with a unit, or a bare number', () => {
    expect(read('length: 5\nplain: 2')).toEqual({ length: 5, plain: 2 });
    expect(read('length: 1 nm')).toEqual({ length: 10 });
    expect(said('length: -5 A')).toMatch(/^f\.yaml:1:9: length: .*positive/);
    expect(said('length: 5 eV')).toMatch(/length/);
    expect(said('plain: [1]')).toMatch(/plain/);
  });

  it('is no kind where it is no name', () => {
    expect(refusal('campaign: 7')).toBe('c.yaml:1:11: campaign: found 7; one of try, count was expected');
    expect(refusal('campaign: tri')).toContain('(did you mean try?)');
    expect(refusal('campaign: [try]')).toMatch(/^c\.yaml:1:11: campaign: found /);
    expect(refusal('- campaign')).toContain(
      "says no kind of campaign; 'campaign: try' was expected (there are try, count)",
    );
  });

  it('is nested too deep, however it is written', () => {
    const block = Array.from({ length: 70 }, (_, k) => `${' '.repeat(k)}a:`).join('\n');
    expect(said(`${block} 1`)).toMatch(/^f\.yaml:\d+:\d+: nested deeper than 30 levels$/);
    expect(said(`${'['.repeat(40)}${']'.repeat(40)}`)).toBe('f.yaml: is nested deeper than 30 levels');
    expect(said('x'.repeat(40_000))).toBe('f.yaml: is too large for a configuration');
  });
});

it('differences are told as sentences, a few of them', () => {
  const before = { a: { b: [1, { c: 2 }], long: 'x'.repeat(100) }, n: null, gone: 1 };
  const after = { a: { b: [1, { c: 3 }], long: 'x' }, n: {}, more: [1] };
  expect(differences(before, after)).toEqual([
    'a.b.1.c: 2 became 3',
    `a.long: "${'x'.repeat(56)}… became "x"`,
    'n: null became {}',
    'gone: 1 became nothing',
    'more: nothing became [1]',
  ]);
  expect(differences(before, after, 2)).toHaveLength(2);
  expect(differences({ a: [1, 2] }, { a: [1] })).toEqual(['a: [1,2] became [1]']);
  expect(differences({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
});
