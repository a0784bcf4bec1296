import { expect, test } from '@jest/globals';
import { openPoolerConsoles } from './pooler-consoles.ts';

const login = { port: 1, user: 'u', password: 'p', database: 'pgbouncer' };

test('sockets are found in the order in which the address lists them', async () => {
  const consoles = openPoolerConsoles(
    { ...login, host: '/run/pgbouncer', otherHosts: ['/run/pgbouncer/2'] },
    () => Promise.reject(new Error('a directory is no name')),
  );
  const hosts = (await consoles.find()).map(({ host }) => host);
  expect(hosts).toEqual(['/run/pgbouncer', '/run/pgbouncer/2']);
  await consoles.close();
});

test('processes behind a name come and go, and one that stays keeps its connection', async () => {
  let addresses = ['10.0.0.2', '10.0.0.1'];
  const consoles = openPoolerConsoles({ ...login, host: 'pgbouncer-each' }, () =>
    Promise.resolve(addresses),
  );
  const before = await consoles.find();
  expect(before.map(({ host }) => host)).toEqual(['10.0.0.1', '10.0.0.2']);
  addresses = ['10.0.0.3', '10.0.0.2'];
  const after = await consoles.find();
  expect(after.map(({ host }) => host)).toEqual(['10.0.0.2', '10.0.0.3']);
  expect(after[0]?.client).toBe(before[1]?.client);
  await expect(before[0]?.client.query('SHOW LISTS')).rejects.toThrow('Connection is closed');
  await consoles.close();
  await expect(after[1]?.client.query('SHOW LISTS')).rejects.toThrow('Connection is closed');
});

test('the addresses of a name are those that the resolver gives', async () => {
  const consoles = openPoolerConsoles({ ...login, host: 'localhost' });
  const hosts = (await consoles.find()).map(({ host }) => host);
  expect(hosts).toContain('127.0.0.1');
  await consoles.close();
});
