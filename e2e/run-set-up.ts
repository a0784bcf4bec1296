import { ownImages, stackImages } from './run-images.ts';

/**
 * Runs before the first end-to-end test: builds the images that nearly every file needs, side by
 * side.
 */
export default async function setUpRun(): Promise<void> {
  ownImages();
  await stackImages();
}
