/** What the tab says of itself. */
export const LEAD =
  'A residual block computes x + F(x): what came in, and what its layers add to it. Each exhibit takes one claim about why that helps and lets you test it. ' +
  'Where the usual explanation does not hold, the numbers will say so.';
