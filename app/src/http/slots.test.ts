import { expect, test } from '@jest/globals';
import { createSlots } from './slots.ts';

test('holds what was added until it is taken away, however often places are used again', () => {
  const slots = createSlots<number>();
  const [takeFirst, takeSecond] = [slots.add(1), slots.add(2)];
  takeFirst();
  expect(slots.all()).toEqual([2]);
  const takeThird = slots.add(3);
  expect([...slots.all()].toSorted()).toEqual([2, 3]);
  takeSecond();
  takeThird();
  expect(slots.all()).toEqual([]);
});
