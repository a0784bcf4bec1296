import { expect, test } from '@jest/globals';
import { firstBackupWithinSeconds } from './backup.ts';

test('an update waits longer for the first backup of a larger volume, at most a day', () => {
  expect(firstBackupWithinSeconds({ podStartSeconds: 300, storageGiB: 1 })).toBe(300 + 52);
  expect(firstBackupWithinSeconds({ podStartSeconds: 300, storageGiB: 10 })).toBe(300 + 512);
  expect(firstBackupWithinSeconds({ podStartSeconds: 300, storageGiB: 1_024 })).toBe(300 + 52_429);
  expect(firstBackupWithinSeconds({ podStartSeconds: 300, storageGiB: 65_536 })).toBe(86_400);
});
