import { expect, test } from '@jest/globals';
import { firstBackupWithinSeconds } from './backup.ts';

test('an update waits for the first backup of a small volume for minutes, of a large one for hours, and never beyond a day', () => {
  expect(firstBackupWithinSeconds({ podStartSeconds: 300, storageGiB: 1 })).toBe(300 + 52);
  expect(firstBackupWithinSeconds({ podStartSeconds: 300, storageGiB: 10 })).toBe(300 + 512);
  expect(firstBackupWithinSeconds({ podStartSeconds: 300, storageGiB: 1_024 })).toBe(300 + 52_429);
  expect(firstBackupWithinSeconds({ podStartSeconds: 300, storageGiB: 65_536 })).toBe(86_400);
});
