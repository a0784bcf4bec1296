import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A registry of images in this process, on 127.0.0.1, where Docker asks for no TLS. As much of the
 * protocol as `docker push` and `docker pull` use.
 */
export interface ImageStore {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Every manifest that was put, as `NAME:TAG` or `NAME@sha256:...`. */
  readonly manifests: ReadonlyMap<string, Manifest>;
  /** From now on nothing can be written. */
  refuse(): void;
  /** From now on only this user may read and write. */
  askFor(user: string, password: string): void;
  close(): void;
}

interface Manifest {
  readonly digest: string;
  readonly type: string;
  readonly content: Buffer;
}

export async function openImageStore(): Promise<ImageStore> {
  const blobs = new Map<string, Buffer>();
  const uploads = new Map<string, Buffer>();
  const manifests = new Map<string, Manifest>();
  let refuses = false;
  let login: string | undefined;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://store');
    const [, name = '', kind = '', rest = ''] =
      /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/(.*)$/.exec(pathname) ?? [];
    const reading = request.method === 'GET' || request.method === 'HEAD';
    const body = reading ? Buffer.alloc(0) : await readAll(request);
    const end = (
      status: number,
      headers: Record<string, string | number> = {},
      content: Buffer = Buffer.alloc(0),
    ): void =>
      void response
        .writeHead(status, { 'content-length': content.length, ...headers })
        .end(request.method === 'HEAD' ? undefined : content);
    const fail = (status: number, code: string): void =>
      end(
        status,
        { 'content-type': 'application/json' },
        Buffer.from(JSON.stringify({ errors: [{ code, message: code.toLowerCase() }] })),
      );
    const uploadAt = (id: string): Record<string, string> => ({
      location: `/v2/${name}/blobs/uploads/${id}`,
      range: `0-${Math.max(0, (uploads.get(id)?.length ?? 0) - 1)}`,
    });

    if (login !== undefined && request.headers.authorization !== login)
      return end(401, { 'www-authenticate': 'Basic realm="this test"' });
    if (pathname === '/v2/') return end(200);
    if (!reading && refuses) return fail(403, 'DENIED');
    if (kind === 'blobs' && reading) {
      const content = blobs.get(rest);
      return content === undefined
        ? fail(404, 'BLOB_UNKNOWN')
        : end(200, { 'docker-content-digest': rest }, content);
    }
    if (kind === 'manifests' && reading) {
      const found = manifests.get(`${name}${rest.startsWith('sha256:') ? '@' : ':'}${rest}`);
      return found === undefined
        ? fail(404, 'MANIFEST_UNKNOWN')
        : end(
            200,
            { 'content-type': found.type, 'docker-content-digest': found.digest },
            found.content,
          );
    }
    if (kind === 'manifests') {
      const manifest = {
        digest: sha256(body),
        type: String(request.headers['content-type']),
        content: body,
      };
      manifests.set(`${name}:${rest}`, manifest).set(`${name}@${manifest.digest}`, manifest);
      return end(201, { location: pathname, 'docker-content-digest': manifest.digest });
    }
    if (request.method === 'POST') {
      const id = randomUUID();
      uploads.set(id, Buffer.alloc(0));
      return end(202, uploadAt(id));
    }
    const content = Buffer.concat([uploads.get(rest) ?? Buffer.alloc(0), body]);
    if (request.method === 'PATCH') {
      uploads.set(rest, content);
      return end(202, uploadAt(rest));
    }
    const digest = searchParams.get('digest') ?? '';
    if (sha256(content) !== digest) return fail(400, 'DIGEST_INVALID');
    blobs.set(digest, content);
    return end(201, { location: `/v2/${name}/blobs/${digest}`, 'docker-content-digest': digest });
  };

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    manifests,
    refuse: () => (refuses = true),
    askFor: (user, password) =>
      (login = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const sha256 = (content: Buffer): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
