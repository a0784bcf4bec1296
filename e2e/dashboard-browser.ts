import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { dockerOutput, untilHealth, type DockerScope } from './docker.ts';
import { hardened } from './image-set-up.ts';
import { runImage } from './run-images.ts';

/** Debian's Chromium in a container of the scope; what it loads comes from that network. */
export interface LiveBrowser {
  /** A profile of its own. Everything that it or its pages complain about lands in `complaints`. */
  openProfile(options?: BrowserContextOptions): Promise<Profile>;
  close(): Promise<void>;
}

export interface Profile {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Errors of scripts and of the console, violations of the policy among them. */
  readonly complaints: string[];
}

/** `forward`, as host:port of that network, is what pages of 127.0.0.1:3001 come from. */
export async function openBrowser(
  scope: DockerScope,
  network: string,
  forward = '',
): Promise<LiveBrowser> {
  const image = await runImage('chromium');
  const id = await scope.run(
    ...hardened,
    '--tmpfs',
    '/tmp',
    '--network',
    network,
    '--env',
    `FORWARD=${forward}`,
    '-p',
    '127.0.0.1::9223',
    '--health-interval',
    '300ms',
    image,
  );
  await untilHealth(id, 'healthy');
  const browser: Browser = await chromium.connectOverCDP(
    `http://${await dockerOutput('port', id, '9223')}`,
  );
  return {
    async openProfile(options = {}) {
      const context = await browser.newContext(options);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on(
        'console',
        (message) => message.type() === 'error' && complaints.push(message.text()),
      );
      page.on('pageerror', (error) => complaints.push(error.message));
      return { context, page, complaints };
    },
    close: () => browser.close(),
  };
}
