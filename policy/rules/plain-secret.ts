import { dockerContainer, ownKubernetesKind, podOf } from '../containers.ts';
import { isText, listAt, mapAt, valueAt } from '../props.ts';
import type { ResourceRule, Violation } from '../rule.ts';
import { findSecret } from '../secret-value.ts';
import type { Subject } from '../subject.ts';

export const plainSecret: ResourceRule = {
  name: 'plain-secret',
  reason:
    'The environment of a container is shown by docker inspect and kubectl describe, copied into ' +
    'child processes and crash reports, and stored in the state.',
  check: (subject) =>
    variables(subject).flatMap(({ at, name, value }): Violation[] => {
      const found = findSecret(name, value);
      if (found === undefined) return [];
      const got = `${found} (not shown)`;
      if (at.startsWith('data '))
        return [
          {
            at,
            got,
            allowed: 'what everyone may read',
            remedy: 'Put it into a Secret, and let the container mount that as a file.',
          },
        ];
      return [
        {
          at,
          got,
          allowed: 'the path of a file',
          remedy:
            'Put it into a file that only this container mounts, and name that one: ' +
            `${name}_FILE.`,
        },
      ];
    }),
};

interface Variable {
  readonly at: string;
  readonly name: string;
  readonly value: string;
}

function variables(subject: Subject): Variable[] {
  const onDocker = listAt(dockerContainer(subject), 'envs').flatMap((entry): Variable[] => {
    const [, name, value] = isText(entry) ? (/^([^=]*)=(.*)$/s.exec(entry) ?? []) : [];
    return name === undefined || value === undefined ? [] : [{ at: `envs ${name}`, name, value }];
  });
  const inPods = (podOf(subject)?.containers ?? []).flatMap(({ at, props }) =>
    listAt(props, 'env').flatMap((entry): Variable[] => {
      const [name, value] = [valueAt(entry, 'name'), valueAt(entry, 'value')];
      return isText(name) && isText(value) ? [{ at: `${at}.env ${name}`, name, value }] : [];
    }),
  );
  return [...onDocker, ...inPods, ...ofConfigMap(subject)];
}

/** What `envFrom` makes variables of; other keys are files. */
function ofConfigMap(subject: Subject): Variable[] {
  if (ownKubernetesKind(subject) !== 'ConfigMap') return [];
  return Object.entries(mapAt(subject.props, 'data')).flatMap(([name, value]) =>
    isText(value) && /^[A-Z][A-Z0-9_]*$/.test(name) ? [{ at: `data ${name}`, name, value }] : [],
  );
}
