/** What the panel says. */
import { hostOf, type Hub, type HubModel, type ModelRecord, type Room } from '../../models';
import { bytes } from '../../render/numbers';
import type { Download } from '../../state/hub.svelte';

export const TITLE = 'Models';
export const OPEN_HINT = 'PyTorch (.safetensors, .pth, .pt), ONNX or GGUF: choose a file, or drop it on the page. It is read in this browser and goes nowhere.';
export const NONE_YET = 'None yet. A model that you open or download is kept in this browser until you delete it.';

/** What was answered when a model was opened is asked anew. */
export const EDIT = 'Edit details…';
export const DETAILS_OF = 'Details of';
export const CHANGE = 'Apply changes';
export const SAVE = 'Save…';
/** Where nothing beside it says of what. */
export const SAVE_FILE = 'Save as model file (.gguf)';

/** In the file that is SkipScope whole. */
export const NO_HUB = 'Everything here is in one file, which asks no network. The site has larger nets, and downloads others.';

/** Day, month and year. */
export function day(date: string): string {
  const read = new Date(date);
  return Number.isNaN(read.getTime()) ? '' : read.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });
}

export function cameWords({ origin, date }: ModelRecord): string {
  const when = day(date);
  return `${origin.charAt(0).toUpperCase()}${origin.slice(1)}${when && `, ${when}`}`;
}

/** Gigabytes from a thousand megabytes on. */
export function amount(count: number): string {
  return count < 1e9 ? bytes(count) : `${(count / 1e9).toFixed(1)} GB`;
}

export function roomWords({ usage, quota }: Room): string {
  return `This site takes ${amount(usage)} in this browser; about ${amount(Math.max(0, quota - usage))} more would fit.`;
}

/** Null: it fits, as far as the browser tells. What came and the model made of it are there at once. */
export function tightWords(room: Room | null, { bytes: size }: HubModel): string | null {
  const left = room && Math.max(0, room.quota - room.usage);
  return left === null || left > 2 * size ? null : `This browser has about ${amount(left)} left for this site: it may not fit.`;
}

/** Hosts that hand out what the hub has. */
export function storesOf({ redirects }: Hub): string {
  return redirects.map((source) => source.replace(/^https?:\/\/(\*\.)?/, '')).join(', ');
}

export function hubHint(hub: Hub): string {
  return `ResNets that timm publishes on ${hostOf(hub)}, another site. Nothing is asked of it until you agree to a download.`;
}

/** Where a download is. */
export function stageWords({ stage, received, total, seconds }: Download, host: string): string {
  const of = `${amount(received)} of ${amount(total)}`;
  switch (stage) {
    case 'coming':
      return received === 0 ? `Asking ${host}…` : of;
    case 'busy':
      return `${host} is busy and asks to wait ${seconds} s. It goes on by itself. ${of}`;
    case 'cut':
      return `The connection broke. It goes on by itself in ${seconds} s. ${of}`;
    case 'checking':
      return 'Checking that it is the file that was published…';
    case 'opening':
      return 'Opening it…';
    case 'here':
      return `All of it is here, ${amount(total)}.`;
    default:
      return received > 0 ? `${of} are here.` : '';
  }
}
