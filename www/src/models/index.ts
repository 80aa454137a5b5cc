/** Where models come from that no server of this site has: the hub, what the visitor opened, and what this browser keeps of both. */
export type { Answers } from './answers';
export { answersOf, discard, download, hostOf, pending, readHub, type DownloadOptions, type Hub, type HubModel } from './hub';
export { ModelStore, type ModelRecord, type Room } from './store';
