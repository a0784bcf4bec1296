import type { DeployedImages } from '../../infra/targets/kubernetes/images.ts';

/** What the tests deploy: references that the nodes have, or can pull. */
export function testImages(): DeployedImages {
  const text = process.env['TEST_IMAGES'];
  if (text === undefined)
    throw new Error(
      'TEST_IMAGES is not set: run these tests by npm run test:kubernetes, which ' +
        'builds the images and names them there as JSON.',
    );
  return JSON.parse(text) as DeployedImages;
}
