import type { Settings } from '../settings/settings.ts';
import { namespaceName } from './kubernetes-names.ts';

export interface AppAddress {
  readonly appUrl: string;
  /** Empty where the app is not ours, and has no such routes. */
  readonly adminUrl: string;
}

/** Where the app is called: on this machine, inside the cluster, or at the host of its ingress. */
export function addressApp({
  target,
  environment,
  app,
  kubernetes: { ingress },
}: Settings): AppAddress {
  const place = (service: string): string =>
    target === 'docker' ? '127.0.0.1' : `${service}.${namespaceName(environment)}.svc`;
  return {
    appUrl:
      ingress === undefined || target === 'docker'
        ? `http://${place('app')}:${app.port}`
        : `${ingress.tlsSecret === undefined ? 'http' : 'https'}://${ingress.host}`,
    adminUrl:
      app.image === undefined
        ? `http://${place('app-admin')}:${app.adminPort}/api/admin/monitoring`
        : '',
  };
}
