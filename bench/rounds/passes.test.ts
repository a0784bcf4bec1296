import { expect, test } from '@jest/globals';
import { measurePasses, ratioOf } from './passes.ts';

const signal = new AbortController().signal;
const report = () => undefined;

test('each pass measures each side once, and each side uses its instances in turn', async () => {
  const measured: string[] = [];
  const instance = (name: string) => ({
    containers: [],
    measure: () => Promise.resolve(measured.push(name)),
  });
  const sides = [
    { name: 'ours', instances: [instance('ours 1'), instance('ours 2')] },
    { name: 'floor', instances: [instance('floor 1')] },
  ] as const;
  await measurePasses({ sides, passes: 4, report, signal });
  const passes = [0, 2, 4, 6].map((start) => measured.slice(start, start + 2).sort());
  const [odd, even] = [
    ['floor 1', 'ours 1'],
    ['floor 1', 'ours 2'],
  ];
  expect(passes).toEqual([odd, even, odd, even]);
});

test('a ratio is made within each pass', async () => {
  let pass = 0;
  const sides = [
    { name: 'ours', instances: [{ containers: [], measure: () => Promise.resolve(6) }] },
    { name: 'floor', instances: [{ containers: [], measure: () => Promise.resolve(3) }] },
  ] as const;
  const measured = await measurePasses({ sides, passes: 6, report, signal });
  const busier = measured.map(({ ours, floor }) => {
    pass += 1;
    return { ours: ours * pass, floor: floor * pass };
  });
  expect(ratioOf(busier, ['ours', 'floor'], (value) => value)).toEqual({
    median: 2,
    low: 2,
    high: 2,
    pairs: 6,
  });
});

test('what fails is named by its side, and nothing is measured after an end', async () => {
  const failing = [
    {
      name: 'ours',
      instances: [{ containers: [], measure: () => Promise.reject(new Error('refused')) }],
    },
  ] as const;
  const parts = { sides: failing, passes: 1, report };
  await expect(measurePasses({ ...parts, signal })).rejects.toThrow('ours: refused');
  await expect(
    measurePasses({ ...parts, signal: AbortSignal.abort(new Error('ended')) }),
  ).rejects.toThrow('ended');
});

test('a round that others disturb is repeated, four times at most', async () => {
  const measureWith = async (quietAfter: number): Promise<readonly number[]> => {
    let count = 0;
    const instance = {
      containers: [],
      measure: () => Promise.resolve((count += 1)),
      isDisturbed: (round: number) => round < quietAfter,
    };
    const sides = [{ name: 'ours', instances: [instance] }] as const;
    const [pass] = await measurePasses({ sides, passes: 1, report, signal });
    return [pass?.ours ?? NaN, count];
  };
  expect(await measureWith(1)).toEqual([1, 1]);
  expect(await measureWith(3)).toEqual([3, 3]);
  expect(await measureWith(9)).toEqual([4, 4]);
});
