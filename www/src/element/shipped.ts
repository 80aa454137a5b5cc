/** Models that come with the package, by name. */
export const SHIPPED: Readonly<Record<string, string>> = {};
