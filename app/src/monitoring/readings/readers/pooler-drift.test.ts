import { expect, test } from '@jest/globals';
import {
  findDrift,
  renderShownConfig,
  type ShownKey,
} from '../../../../../pgbouncer/shown-config.ts';
import { toPoolerCounts } from './pooler-reader.ts';

const NOTHING_ELSE = { pools: [], lists: [], stats: [] };

/**
 * What a deploy finds, and what the dashboard shows: it gets its plan spelled as SHOW CONFIG prints
 * it.
 */
function driftsOf(config: Readonly<Record<string, string>>, shown: readonly ShownKey[]) {
  const rows = shown.map(({ key, value, stock }) => ({ key, value, default: stock }));
  const deployed = findDrift(config, shown).map((drift) => ({
    ...drift,
    shown: drift.shown ?? null,
  }));
  const counts = toPoolerCounts({ ...NOTHING_ELSE, config: rows }, renderShownConfig(config));
  return { deployed, monitored: counts.drift };
}

const row = (key: string, value: string, stock = '') => ({ key, value, stock });

test.each([
  ['a text that looks like a mode', {}, [row('auth_query', '511', '0777')]],
  ['a planned text that looks like a mode', { auth_user: '0777' }, [row('auth_user', '511')]],
  ['a stock mode', {}, [row('unix_socket_mode', '511', '0777')]],
  ['a planned mode', { unix_socket_mode: '0700' }, [row('unix_socket_mode', '448', '0777')]],
  ['another mode', { unix_socket_mode: '0700' }, [row('unix_socket_mode', '511', '0777')]],
  ['a changed stock mode', {}, [row('unix_socket_mode', '448', '0777')]],
  ['a large number', { server_lifetime: '1000000' }, [row('server_lifetime', '1e+06', '3600')]],
  ['an emptied number', { server_idle_timeout: '0' }, [row('server_idle_timeout', '', '600')]],
  ['a key that the process does not know', { stats_period: '10' }, []],
  ['a key set at the console', {}, [row('log_stats', '0', '1')]],
  ['the command line', {}, [row('conffile', '/etc/pgbouncer.ini'), row('verbose', '0')]],
])('a deploy and the dashboard agree on %s', (_what, config, shown) => {
  const { deployed, monitored } = driftsOf(config, shown);
  expect(monitored).toEqual(deployed);
});
