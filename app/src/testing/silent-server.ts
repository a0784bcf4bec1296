import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Accepts every connection and says nothing: a server that hangs. */
export interface SilentServer {
  /** `host:port` */
  readonly address: string;
  /** How many connections it has accepted so far. */
  readonly accepted: number;
  /** Resolves once there were that many. */
  untilAccepted(count: number): Promise<void>;
  close(): void;
}

export async function openSilentServer(): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    accepted += 1;
    socket.on('error', () => undefined).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get accepted() {
      return accepted;
    },
    async untilAccepted(count) {
      while (accepted < count) await once(server, 'connection');
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
