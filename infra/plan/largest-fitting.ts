/**
 * The largest integer from `from` to `to` that fits, found by halving: `from` must fit, and above
 * one that does not fit none may.
 */
export function largestFitting(
  { from, to }: { readonly from: number; readonly to: number },
  fits: (value: number) => boolean,
): number {
  let [fitting, above] = [from, to + 1];
  while (above - fitting > 1) {
    const middle = Math.floor((fitting + above) / 2);
    if (fits(middle)) fitting = middle;
    else above = middle;
  }
  return fitting;
}
