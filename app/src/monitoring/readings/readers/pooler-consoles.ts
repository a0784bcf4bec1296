import { lookup } from 'node:dns/promises';
import type { DatabaseAddress } from '../../../environment/database-url.ts';
import { type MonitoredClient, openMonitoredClient } from './monitored-client.ts';

/** Consoles of all processes of PgBouncer: one answers for its own process only. */
export interface PoolerConsoles {
  /** Finds the processes that there are now, in an order that does not change by itself. */
  find(): Promise<readonly PoolerConsole[]>;
  cut(): void;
  close(): Promise<void>;
}

export interface PoolerConsole {
  /** Directory of its socket, or its address. */
  readonly host: string;
  readonly client: MonitoredClient;
}

/** Gives the addresses that a host name stands for. */
type Resolve = (name: string) => Promise<readonly string[]>;

const resolveAll: Resolve = async (name) =>
  (await lookup(name, { all: true })).map(({ address }) => address);

/**
 * Opens nothing yet. Sockets are listed in the address; behind a host name there may be several
 * processes, which come and go.
 */
export function openPoolerConsoles(
  address: DatabaseAddress,
  resolve: Resolve = resolveAll,
): PoolerConsoles {
  const clients = new Map<string, MonitoredClient>();
  const hostsNow = async (): Promise<readonly string[]> =>
    address.host.startsWith('/')
      ? [address.host, ...(address.otherHosts ?? [])]
      : [...(await resolve(address.host))].sort();
  const open = (host: string): MonitoredClient => {
    const client = clients.get(host) ?? openMonitoredClient({ ...address, host });
    clients.set(host, client);
    return client;
  };
  return {
    async find() {
      const hosts = await hostsNow();
      for (const [host, client] of clients) {
        if (hosts.includes(host)) continue;
        clients.delete(host);
        void client.close();
      }
      return hosts.map((host) => ({ host, client: open(host) }));
    },
    cut() {
      for (const client of clients.values()) client.cut();
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}
