import { expect, test } from '@jest/globals';
import { type ResourceChange, summarizeResources } from './resource-changes.ts';

const change = (
  operation: ResourceChange['operation'],
  type: string,
  name: string,
): ResourceChange => ({ operation, type, name, paths: [], isKept: false });

test('a new group of resources is shown as a part, and not as the server it is named after', () => {
  const { create, created } = summarizeResources([
    change('create', 'spywatcher:environment:Postgres', 'postgres'),
    change('create', 'docker:index/container:Container', 'postgres'),
  ]);
  expect(create).toBe(2);
  expect(created).toEqual(['Container postgres', 'part postgres']);
});
