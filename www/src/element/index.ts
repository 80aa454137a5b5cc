export { define, SkipScopeElement, type ResultDetail } from './element';
export type { ElementModel } from './models';
export type { ElementPicture, View } from './scene.svelte';
import { define } from './element';

define();
