import { Redis } from 'ioredis';
import type { Socket } from 'node:net';

/**
 * Sends what is asked for in one turn of the event loop in one write. With `enableAutoPipelining`,
 * the way of ioredis itself, commands and replies stay until a full collection of garbage, and
 * what is asked for waits until the batch before it is answered.
 */
export class BatchingRedis extends Redis {
  override sendCommand(...command: Parameters<Redis['sendCommand']>): unknown {
    // There is none before the first connection.
    const stream = this.stream as Socket | undefined;
    if (stream?.writableCorked === 0) {
      stream.cork();
      setImmediate(() => stream.uncork());
    }
    return super.sendCommand(...command);
  }
}
