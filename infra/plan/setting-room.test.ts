import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findPlanFaults } from './plan.ts';
import type { Settings } from '../settings/settings.ts';
import { checkSettings } from '../settings/check-settings.ts';
import { LARGEST } from '../settings/largest.ts';
import { planSettingRoom, type SettingRoom } from './setting-room.ts';

type Setting = keyof SettingRoom;

function settingsOf(raw: Readonly<Record<string, unknown>>): Settings {
  const { settings, faults } = checkSettings(
    { target: 'docker', credentialsVersion: 1, ...raw },
    'dev',
  );
  expect(faults).toEqual([]);
  return settings;
}

const roomOf = (raw: Readonly<Record<string, unknown>>): SettingRoom =>
  planSettingRoom(settingsOf(raw));

describe('worked examples', () => {
  test('each setting rises to what the others leave', () => {
    expect(roomOf({})).toEqual({
      // 100 clients - 1 monitoring - 2 admin
      'app.poolMax': 97,
      // 87 offered - 5 reserve - 2 migrate - 1 monitoring - 3 direct
      'pooler.poolSize': 76,
      // the range ends before the 16384 file descriptors do
      'pooler.maxClientConn': 16_000,
      // (2048 MiB - 512 shared_buffers - 3 x 64 maintenance - 64) / (5 + 4 work_mem)
      'postgres.maxConnections': 142,
    });
  });

  test('work_mem takes room from maxConnections, reserved connections from the pool', () => {
    expect(roomOf({ postgres: { settings: { work_mem: '5MB' } } })['postgres.maxConnections']).toBe(
      128,
    );
    expect(roomOf({ postgres: { reservedConnections: 20 } })['pooler.poolSize']).toBe(66);
  });

  test('sidecars share what Postgres offers, and each has its own clients', () => {
    const room = roomOf({
      target: 'kubernetes',
      app: { replicas: 2, maxReplicas: 4 },
      pooler: { poolSize: 4, minPoolSize: 2, reservePoolSize: 2 },
    });
    // 87 offered - 2 migrate - 9 monitoring - 3 direct = 73 for 9 bouncers, each with 2 in reserve
    expect(room).toMatchObject({ 'pooler.poolSize': 6, 'app.poolMax': 97 });
  });

  test('a setting that cannot rise has the room it takes', () => {
    expect(roomOf({ app: { poolMax: 97 }, pooler: { poolSize: 76 } })).toMatchObject({
      'app.poolMax': 97,
      'pooler.poolSize': 76,
    });
  });

  test(
    'without a pooler the app is bound by Postgres, and only their range binds the settings ' +
      'of the pooler',
    () => {
      // 87 offered - 2 migrate - 1 monitoring - 3 direct
      expect(roomOf({ pooler: { enabled: false } })).toMatchObject({
        'app.poolMax': 81,
        'pooler.poolSize': 10_000,
        'pooler.maxClientConn': 16_000,
        'postgres.maxConnections': 142,
      });
    },
  );
});

/** The settings with one of them at another value. */
function withValue(settings: Settings, setting: Setting, value: number): Settings {
  const [group, field] = setting.split('.') as ['app' | 'pooler' | 'postgres', string];
  return { ...settings, [group]: { ...settings[group], [field]: value } };
}

const environments = fc
  .record({
    target: fc.constantFrom('docker', 'kubernetes'),
    app: fc.record({ poolMax: fc.integer({ min: 1, max: 40 }) }),
    pooler: fc.record({
      enabled: fc.boolean(),
      poolSize: fc.integer({ min: 5, max: 60 }),
      reservePoolSize: fc.integer({ min: 0, max: 10 }),
      maxClientConn: fc.integer({ min: 50, max: 15_000 }),
    }),
    postgres: fc.record({
      maxConnections: fc.integer({ min: 60, max: 500 }),
      memoryMiB: fc.integer({ min: 2_048, max: 16_384 }),
    }),
  })
  .map(settingsOf)
  .filter((settings) => findPlanFaults(settings).length === 0);

test('at its room every setting fits, and one more does not, or is out of range', () => {
  fc.assert(
    fc.property(environments, (settings) => {
      for (const [setting, room] of Object.entries(planSettingRoom(settings)) as [
        Setting,
        number,
      ][]) {
        expect({ setting, faults: findPlanFaults(withValue(settings, setting, room)) }).toEqual({
          setting,
          faults: [],
        });
        if (room === LARGEST[setting]) continue;
        expect({
          setting,
          fits: findPlanFaults(withValue(settings, setting, room + 1)).length === 0,
        }).toEqual({ setting, fits: false });
      }
    }),
    { numRuns: 200 },
  );
});
