import { expect, test } from '@jest/globals';
import { findDrift, renderShownConfig } from './shown-config.ts';

const row = (key: string, value: string, stock = '') => ({ key, value, stock });

test('a process that shows the planned values and stock ones elsewhere has no drift', () => {
  expect(
    findDrift({ stats_period: '10' }, [
      row('stats_period', '10', '60'),
      row('log_stats', '1', '1'),
    ]),
  ).toEqual([]);
});

test('a planned value that is not in force is drift', () => {
  expect(findDrift({ stats_period: '10' }, [row('stats_period', '60', '60')])).toEqual([
    { key: 'stats_period', planned: '10', shown: '60' },
  ]);
});

test('a key that was set by hand on the console is drift', () => {
  expect(findDrift({}, [row('log_stats', '0', '1')])).toEqual([
    { key: 'log_stats', planned: '1', shown: '0' },
  ]);
});

test('a planned key that the process does not know is drift', () => {
  expect(findDrift({ stats_period: '10' }, [])).toEqual([
    { key: 'stats_period', planned: '10', shown: undefined },
  ]);
});

test('the spellings of SHOW CONFIG for modes and long times are no drift, planned or stock', () => {
  expect(
    findDrift({ server_lifetime: '604800' }, [
      row('server_lifetime', '6.048e+05', '3600'),
      row('unix_socket_mode', '511', '0777'),
    ]),
  ).toEqual([]);
  expect(findDrift({ unix_socket_mode: '0700' }, [row('unix_socket_mode', '448', '0777')])).toEqual(
    [],
  );
  expect(findDrift({ unix_socket_mode: '0700' }, [row('unix_socket_mode', '511', '0777')])).toEqual(
    [{ key: 'unix_socket_mode', planned: '448', shown: '511' }],
  );
});

test('a value emptied by hand is drift, though an empty text counts as the number 0', () => {
  expect(findDrift({ server_idle_timeout: '0' }, [row('server_idle_timeout', '', '600')])).toEqual([
    { key: 'server_idle_timeout', planned: '0', shown: '' },
  ]);
});

test('the section as SHOW CONFIG prints it has modes in decimal and the rest as it is', () => {
  expect(
    renderShownConfig({ unix_socket_mode: '0777', listen_addr: '', stats_period: '10' }),
  ).toEqual({ unix_socket_mode: '511', listen_addr: '', stats_period: '10' });
});

test('what follows from the command line is no drift', () => {
  expect(
    findDrift({}, [row('conffile', '/etc/pgbouncer/pgbouncer.ini'), row('verbose', '0')]),
  ).toEqual([]);
});
