/** Models that come with the package, by name. */
export const SHIPPED: Readonly<Record<string, string>> = { resnet20: new URL('./resnet20.gguf', import.meta.url).href };
