import { expect, test } from '@jest/globals';
import * as docker from '@pulumi/docker';
import * as pulumi from '@pulumi/pulumi';
import { requestedResources } from './mock-engine.ts';
import { type RecordedResource, recordResource } from './recorded-resource.ts';

async function record(program: () => void): Promise<Readonly<Record<string, RecordedResource>>> {
  const recorded = (await requestedResources('dev', () => Promise.resolve(program()))).map(
    recordResource,
  );
  return Object.fromEntries(recorded.map((resource) => [resource.name, resource]));
}

test('a resource is recorded with its parent, aliases, options and what it waits for', async () => {
  const { part, data } = await record(() => {
    const part = new pulumi.ComponentResource('spywatcher:docker:Postgres', 'part', {});
    const first = new docker.Network('first', { name: 'first' });
    const options = {
      parent: part,
      aliases: [{ parent: pulumi.rootStackResource }, { name: 'old' }],
      protect: true,
      retainOnDelete: true,
      deleteBeforeReplace: true,
      ignoreChanges: ['labels'],
      dependsOn: [first],
    };
    new docker.Volume('data', { name: 'data' }, options);
  });
  expect(part).toEqual({ name: 'part', type: 'spywatcher:docker:Postgres', inputs: {} });
  expect(data).toEqual({
    name: 'data',
    type: 'docker:index/volume:Volume',
    parent: 'part Postgres',
    options: {
      protect: true,
      retainOnDelete: true,
      deleteBeforeReplace: true,
      ignoreChanges: ['labels'],
      aliases: [{ parent: 'none' }, { name: 'old', parent: 'part Postgres' }],
      dependsOn: ['first Network'],
    },
    inputs: { name: 'data' },
  });
});

test('a component is recorded with the outputs that it registers', async () => {
  class Part extends pulumi.ComponentResource {
    constructor() {
      super('spywatcher:environment:Postgres', 'part');
      this.registerOutputs({ host: 'postgres', password: pulumi.secret('hidden') });
    }
  }
  const { part } = await record(() => void new Part());
  expect(part?.outputs).toEqual({ host: 'postgres', password: '(secret)' });
});

test('a hook is recorded with the step that it runs at, and does not run', async () => {
  const { done } = await record(() => {
    const run = new pulumi.ResourceHook('run', () => {
      throw new Error('It ran.');
    });
    new pulumi.Stash('done', { input: 1 }, { hooks: { beforeCreate: [run] } });
  });
  expect(done?.options).toEqual({ hooks: { beforeCreate: ['run'] } });
});

test('the contents of a secret are left out, and the keys of a secret map stay', async () => {
  const { kept } = await record(() => {
    new pulumi.Stash('kept', {
      input: {
        text: pulumi.secret('hidden'),
        map: pulumi.secret({ password: 'hidden' }),
        plain: 'shown',
      },
    });
  });
  expect(kept?.inputs).toEqual({
    input: { map: { password: '(secret)' }, plain: 'shown', text: '(secret)' },
  });
});

test('another content of a build context records the same image', async () => {
  const image = async (content: string) =>
    (
      await record(
        () =>
          void new docker.RemoteImage('image', {
            name: `app:${content.slice(0, 12)}`,
            triggers: { content },
          }),
      )
    )['image'];
  const recorded = await image('a'.repeat(64));
  expect(recorded?.inputs).toEqual({
    name: 'app:<content hash>',
    triggers: { content: '<content hash>' },
  });
  expect(await image('b'.repeat(64))).toEqual(recorded);
});

test('a program that throws is not taken for one without resources', async () => {
  await expect(
    requestedResources('dev', () => {
      throw new Error('No engine.');
    }),
  ).rejects.toThrow('No engine.');
});
