import { expect, test } from '@jest/globals';
import { UNKNOWN } from '../subject.ts';
import { container, deployment, placesIn, subjectOf } from '../testing/subjects.ts';
import { pinnedImage } from './pinned-image.ts';

const id = `sha256:${'0123456789abcdef'.repeat(4)}`;

test.each(['redis', 'redis:latest', 'registry:5000/redis', 'example/redis:latest'])(
  '%s is refused, wherever an image is named',
  (reference) => {
    expect(placesIn(pinnedImage, container({ image: reference }))).toEqual(['image']);
    expect(
      placesIn(pinnedImage, subjectOf('docker:index/remoteImage:RemoteImage', { name: reference })),
    ).toEqual(['name']);
    expect(
      placesIn(pinnedImage, subjectOf('docker:index/image:Image', { imageName: reference })),
    ).toEqual(['imageName']);
    expect(placesIn(pinnedImage, deployment({ container: { image: reference } }))).toEqual([
      'spec.template.spec.containers[0] (app).image',
    ]);
  },
);

test.each(['redis:8.0.2', 'registry:5000/redis:8', `redis@${id}`, `redis:latest@${id}`, id])(
  '%s passes',
  (reference) => {
    expect(placesIn(pinnedImage, container({ image: reference }))).toEqual([]);
    expect(placesIn(pinnedImage, deployment({ container: { image: reference } }))).toEqual([]);
  },
);

test('the id of an image that is yet to be built passes', () => {
  expect(placesIn(pinnedImage, container({ image: UNKNOWN }))).toEqual([]);
});

test('pods that are made by a schedule are judged as well', () => {
  const job = {
    jobTemplate: {
      spec: { template: { spec: { containers: [{ name: 'nightly', image: 'redis' }] } } },
    },
  };
  expect(placesIn(pinnedImage, subjectOf('kubernetes:batch/v1:CronJob', { spec: job }))).toEqual([
    'spec.jobTemplate.spec.template.spec.containers[0] (nightly).image',
  ]);
});
