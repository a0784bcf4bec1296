import { ownKubernetesKind } from '../containers.ts';
import { isText, listAt, valueAt, wordsOf } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import type { Subject } from '../subject.ts';

const DATA_WORDS: readonly string[] = ['data', 'pgdata'];
/** `postgres-data`, `postgresData`, `pgdata`; not `metadata` and not `database-config`. */
const holdsData = (name: unknown): boolean =>
  isText(name) && wordsOf(name).some((word) => DATA_WORDS.includes(word));

export const protectedData: ResourceRule = {
  name: 'protected-data',
  reason:
    'A destroy, a renamed resource or a changed name deletes a volume with all that is in it; ' +
    'Pulumi refuses that for one that is protected.',
  dependsOnStack: true,
  check: (subject, { isProduction }) => {
    if (!isProduction) return [];
    const { name, props, protect } = subject;
    const names = [name, ...ownNames(subject)];
    if (ownNames(subject).length > 0 && names.some(holdsData) && !protect) {
      return [
        {
          at: 'protect',
          got: 'false',
          allowed: 'true for data in production',
          remedy:
            'Set the resource option protect: true. To give the data up, first do it in one ' +
            'update without this pack.',
        },
      ];
    }
    return listAt(props, 'spec', 'volumeClaimTemplates').flatMap((claim, index): Violation[] => {
      const claimName = valueAt(claim, 'metadata', 'name');
      if (ownKubernetesKind(subject) !== 'StatefulSet' || !holdsData(claimName)) return [];
      return [
        {
          at: `spec.volumeClaimTemplates[${index}]`,
          got: `${String(claimName)}, a claim that Pulumi does not know`,
          allowed: 'a PersistentVolumeClaim of its own with protect: true',
          remedy: 'Make the claim a resource, and name it in the pod.',
        },
      ];
    });
  },
};

/** Name of a volume or claim on its target; nothing for other resources. */
function ownNames(subject: Subject): unknown[] {
  if (subject.type === 'docker:index/volume:Volume') return [subject.props['name']];
  return ownKubernetesKind(subject) === 'PersistentVolumeClaim'
    ? [valueAt(subject.props, 'metadata', 'name')]
    : [];
}
