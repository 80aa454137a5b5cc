/** What the page's thread asks of the lab: whether there is one. */
export const built = true;
