import type { Settings } from '../settings/settings.ts';

/** A container on Docker that is not healthy by then fails the update. */
export const HEALTHY_WITHIN_SECONDS = 120;

/** How long a server may take from its start until it answers; the update fails after it. */
export const startDeadlineSeconds = ({
  target,
  kubernetes,
}: Pick<Settings, 'target' | 'kubernetes'>): number =>
  target === 'docker' ? HEALTHY_WITHIN_SECONDS : kubernetes.podStartSeconds;
