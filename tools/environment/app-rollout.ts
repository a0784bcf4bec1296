import type { V1Deployment } from '@kubernetes/client-node';
import type { Settings } from '../../infra/settings/settings.ts';

/** How many pods the Deployment of the app asks for, and how many are there and ready. */
interface AppRollout {
  readonly wanted: number;
  readonly ready: number;
  /** What is not as planned, a line each. */
  readonly troubles: readonly string[];
}

/**
 * Whether the app that was planned serves, whole and alone: no pod of an earlier version beside it.
 */
export function judgeAppRollout(
  { metadata, spec, status }: V1Deployment,
  { replicas, maxReplicas }: Pick<Settings['app'], 'replicas' | 'maxReplicas'>,
): AppRollout {
  const [wanted = 1, ready = 0, present = 0, updated = 0] = [
    spec?.replicas,
    status?.readyReplicas,
    status?.replicas,
    status?.updatedReplicas,
  ];
  const isSeen = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  const troubles = [
    ...(isSeen ? [] : ['the cluster has not looked at the latest change of the app yet']),
    // Between the two it is for the autoscaler to decide.
    ...(wanted >= replicas && wanted <= maxReplicas
      ? []
      : [
          `the Deployment app asks for ${pods(wanted)}, but app.replicas is ${replicas} and ` +
            `app.maxReplicas ${maxReplicas}`,
        ]),
    ...(ready >= wanted ? [] : [`${ready} of ${pods(wanted)} of the app are ready`]),
    ...(updated >= wanted
      ? []
      : [`${updated} of ${pods(wanted)} of the app are of the latest version`]),
    ...(present <= updated
      ? []
      : [
          `${pods(present - updated)} of an earlier version of the app still ` +
            (present - updated === 1 ? 'serves' : 'serve'),
        ]),
  ];
  return { wanted, ready, troubles };
}

const pods = (count: number): string => `${count} ${count === 1 ? 'pod' : 'pods'}`;
