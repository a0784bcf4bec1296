import net from 'node:net';

/**
 * Asks a server to end what the session with this key runs, and waits until it hangs up.
 * https://www.postgresql.org/docs/17/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-CANCELREQUEST
 */
export async function sendCancelRequest(
  { host, port }: { readonly host: string; readonly port: number },
  { processID, secretKey }: { readonly processID: number; readonly secretKey: number },
): Promise<void> {
  const request = Buffer.alloc(16);
  [16, 80_877_102, processID, secretKey].forEach((value, index) =>
    request.writeInt32BE(value, index * 4),
  );
  const socket = net.connect(port, host);
  socket.end(request);
  await new Promise((resolve) => socket.on('close', resolve).resume());
}
