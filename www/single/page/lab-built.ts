/** In the place of src/lab/flavour.ts, for the page: it wants to know only whether there is a lab. */
export const built = true;
