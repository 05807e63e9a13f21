/** Share of the titles whose vectors may be lost when a model takes over from another one, 0..1. */
const LOST_SHARE = 0.05;

/**
 * Whether a model without the vectors of `lost` titles may be put in the place of one that has them, of `total` titles.
 * A text or two that its provider refuses must not keep it waiting for ever; a provider that refuses many of them would
 * leave those titles without picks, so the last good set stays.
 */
export function mayTakeOver(lost: number, total: number): boolean {
  return lost === 0 || (lost < total && lost <= Math.max(1, Math.floor(total * LOST_SHARE)));
}
